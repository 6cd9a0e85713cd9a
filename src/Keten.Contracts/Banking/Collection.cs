using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>
/// A Creditor bills a Debtor and is paid by the rail that both chose: e-money, a SEPA direct debit, a credit transfer, or another. The Gateway reads the bank's files and says what the
/// bank did. What a bank takes back is owed again, and late.
/// </summary>
/// <param name="Creditor">Who bills, and is paid.</param>
/// <param name="Debtor">Who owes, and pays.</param>
/// <param name="Gateway">Whose account at the bank the money goes through: it passes on what came, and takes back what the bank took.</param>
/// <param name="Terms">How the Debtor pays.</param>
/// <param name="Mandate">The Debtor's leave to be debited at the bank, while there is one.</param>
/// <param name="Use">How far that has been used.</param>
/// <param name="Debt">What is owed.</param>
/// <param name="Shortfall">What the Creditor owes the Gateway, where a bank took back more than the Creditor had left.</param>
/// <param name="Reminders">How often the Debtor has been reminded of the arrears that there are.</param>
public sealed record Collection(
    Party Creditor, Party Debtor, Party Gateway, CollectionTerms Terms, SepaMandate? Mandate, MandateUse Use, Debt Debt, Amount Shortfall, byte Reminders)
{
    /// <summary>A debit is announced at most so many days ahead.</summary>
    public const int DaysAhead = 366;

    /// <summary>No more is owed at a time, in the smallest part of the currency; and no fee is more than a millionth of it.</summary>
    public const long OwedAtMost = 1L << 60;

    public static readonly Refusal<Collection> NotThreeParties = new(1, "Creditor, debtor and gateway are three parties.");
    public static readonly Refusal<Collection> NotThisMoney = new(2, "The amount is of another unit, of nothing, more than can be billed, or the money expires.");
    public static readonly Refusal<Collection> NotAMandate = new(3, "The mandate's reference, its creditor identifier or its day is not such as banks take, or the day is yet to come.");
    public static readonly Refusal<Collection> NoMandate = new(4, "There is no mandate: none was given, it was revoked or used up, or it lapsed after 36 months.");
    public static readonly Refusal<Collection> NotThisRail = new(5, "The two have agreed on another rail.");
    public static readonly Refusal<Collection> BilledAlready = new(6, "This invoice has been billed already.");
    public static readonly Refusal<Collection> NoSuchBill = new(7, "There is no such invoice, or less of it is left to credit.");
    public static readonly Refusal<Collection> NothingOwed = new(8, "Nothing is open, less than a cent, less than that, or nothing can be collected now.");
    public static readonly Refusal<Collection> NotABankDay = new(9, "The day is not one on which banks settle.");
    public static readonly Refusal<Collection> NotInTime = new(10, "The day is sooner than the debtor must be told before, or more than a year ahead.");
    public static readonly Refusal<Collection> NoSuchDebit = new(11, "There is no such debit, or it is not at the step that this follows.");
    public static readonly Refusal<Collection> TooLate = new(12, "The scheme does not let a debit be undone in this way, or no more after so long.");
    public static readonly Refusal<Collection> NotAReason = new(13, "The reason is not 1 to 35 signs that banks take.");
    public static readonly Refusal<Collection> CountedAlready = new(14, "The bank's entry has been counted already.");
    public static readonly Refusal<Collection> NotAPayer = new(15, "Only creditor and debtor give leave here.");

    /// <summary>What was billed, by the commitment of the invoice.</summary>
    public static readonly Records<Hash, Invoice> Invoices = new(1);

    /// <summary>The debits, numbered from 1.</summary>
    public static readonly Records<DebitNumber, Debit> Debits = new(2);

    /// <summary>What came in otherwise, by the bank's entry.</summary>
    public static readonly Records<Hash, Receipt> Receipts = new(3);

    public readonly record struct Invoice(Amount Cost, Amount Credited);
    public readonly record struct DebitNumber(uint Number);
    public readonly record struct Receipt(Amount Amount);

    private Unit Currency => Shortfall.Unit;

    /// <summary>Creditor and Debtor agree.</summary>
    /// <param name="Creditor">Who bills, and is paid.</param>
    /// <param name="Debtor">Who owes, and pays.</param>
    /// <param name="Gateway">Who reads the bank's files.</param>
    /// <param name="Terms">How the Debtor pays.</param>
    /// <param name="Mandate">The Debtor's leave to be debited at the bank, where there is one.</param>
    /// <param name="Leave">The Debtor's leave to be charged on the ledger, where there is one.</param>
    /// <param name="Safeguard">The Creditor's leave, by which the Gateway takes back what the bank took.</param>
    public sealed record Agree(
        Party Creditor, Party Debtor, Party Gateway, CollectionTerms Terms, SepaMandate? Mandate, Mandate? Leave, Mandate Safeguard) : IOpening<Collection>
    {
        public Signers MustSign(Facts facts) => Signers.All(Creditor, Debtor);

        public Outcome<Collection> Decide(Facts facts)
        {
            if (Creditor == Debtor || Creditor == Gateway || Debtor == Gateway) return NotThreeParties;
            var currency = Safeguard.InAll.Unit;
            if (!facts.CanBeHeld(currency)) return NotThisMoney;
            if (!IsFee(Terms.Fee, currency) || (Leave is { } asked && asked.InAll.Unit != currency)) return NotThisMoney;
            if (Mandate is { } given && !Fits(given, facts)) return NotAMandate;
            var begun = new Collection(Creditor, Debtor, Gateway, Terms, Mandate, new MandateUse(0, Mandate?.SignedOn ?? default, false), Debt.None(currency), currency.Of(0), 0);
            var agreed = facts.Accept(begun).Allow(Creditor, Safeguard);
            if (Leave is { } leave) agreed.Allow(Debtor, leave);
            if (Mandate is { } mandate) agreed.Wake(new Lapse(), at: SepaMandate.LapsesAfter(mandate.SignedOn));
            return agreed.Emit(new Agreed(Creditor, Debtor, Terms));
        }
    }

    /// <summary>The Creditor bills.</summary>
    /// <param name="Invoice">Commitment to the invoice; each is billed once.</param>
    /// <param name="Cost">What it comes to.</param>
    public readonly record struct Bill(Hash Invoice, Amount Cost) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (!agreed.IsSome(Cost) || Cost.Minor > OwedAtMost - agreed.Debt.Open.Minor - agreed.Debt.Underway.Minor) return NotThisMoney;
            if (facts.Find(Invoices, Invoice) is not null) return BilledAlready;
            return facts.Accept(agreed with { Debt = agreed.Debt.Owed(Cost) }).Put(Invoices, Invoice, new Invoice(Cost, agreed.Currency.Of(0))).Emit(new Billed(Invoice, Cost));
        }
    }

    /// <summary>The Creditor credits a bill, or a part of it: less is owed, and what of it has been paid already goes back to the Debtor's account on the ledger.</summary>
    /// <param name="Invoice">Commitment to the invoice.</param>
    /// <param name="Amount">How much less it is.</param>
    /// <param name="Note">Commitment to the credit note.</param>
    public readonly record struct Credit(Hash Invoice, Amount Amount, Hash Note) : ICorrection<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (!agreed.IsSome(Amount)) return NotThisMoney;
            if (facts.Find(Invoices, Invoice) is not { } was || Amount > was.Cost - was.Credited) return NoSuchBill;
            var less = Amount.OrAtMost(agreed.Debt.Open);
            var back = Amount - less;
            return agreed.After(agreed.Debt.Paid(less), facts).Move(back, from: agreed.Creditor, to: agreed.Debtor)
                .Put(Invoices, Invoice, was with { Credited = was.Credited + Amount }).Emit(new Credited(Invoice, Amount, back, Note));
        }
    }

    /// <summary>The Creditor tells the Debtor of a debit to come: all that is open, in whole cents. What is smaller waits until more comes to it.</summary>
    /// <param name="On">The day of collection, as its first moment.</param>
    /// <param name="Last">Whether it is the last under the mandate.</param>
    public readonly record struct Announce(Instant On, bool Last) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (agreed.Terms.Rail != Rail.DirectDebit) return NotThisRail;
            if (agreed.Mandate is not { } mandate || agreed.Use.Final || On >= SepaMandate.LapsesAfter(agreed.Use.Last)) return NoMandate;
            if (!TargetCalendar.IsOpen(On)) return NotABankDay;
            if (On.DayNumber - facts.Now.DayNumber is var ahead && (ahead < agreed.Terms.DaysOfNotice || ahead < 1 || ahead > DaysAhead)) return NotInTime;
            var amount = agreed.Debt.InCents(facts.Describe(agreed.Currency)!.Decimals);
            if (amount.IsZero) return NothingOwed;

            var number = new DebitNumber((uint)facts.Count(Debits) + 1);
            var sequence = mandate.OneOff ? Sequence.OneOff : Last ? Sequence.Final : agreed.Use.Live == 0 ? Sequence.First : Sequence.Recurring;
            var debit = new Debit(amount, On, sequence, mandate, agreed.Terms.PayTo, facts.Now, Stage.Announced, null, null, "");
            var used = new MandateUse(agreed.Use.Live + 1, On > agreed.Use.Last ? On : agreed.Use.Last, sequence is Sequence.Final or Sequence.OneOff);
            return (agreed with { Mandate = mandate with { Amended = null }, Use = used }).After(agreed.Debt.Taken(amount), facts)
                .Put(Debits, number, debit).Wake(new Lapse(), at: SepaMandate.LapsesAfter(used.Last)).Emit(new Announced(number.Number, amount, On, sequence, mandate.Reference));
        }
    }

    /// <summary>The Creditor drops a debit that has not been handed to the bank: it is open again.</summary>
    /// <param name="Number">Of the debit.</param>
    public readonly record struct Drop(uint Number) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            facts.Find(Debits, new DebitNumber(Number)) is not { Stage: Stage.Announced } debit ? NoSuchDebit
            : agreed.Reopen(Number, debit, Undoing.Cancellation, "", facts);
    }

    /// <summary>The Gateway hands a debit to the bank, in a file with others: once, and in one file.</summary>
    /// <param name="Number">Of the debit.</param>
    /// <param name="File">The hash of what the file says.</param>
    public readonly record struct Present(uint Number, Hash File) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (facts.Find(Debits, new DebitNumber(Number)) is not { Stage: Stage.Announced } debit) return NoSuchDebit;
            if (agreed.Mandate is null) return NoMandate;
            return facts.Accept(agreed).Put(Debits, new DebitNumber(Number), debit with { Stage = Stage.Presented, File = File }).Emit(new Presented(Number, File));
        }
    }

    /// <summary>The bank has taken a debit in.</summary>
    /// <param name="Number">Of the debit.</param>
    public readonly record struct TakeIn(uint Number) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            facts.Find(Debits, new DebitNumber(Number)) is not { Stage: Stage.Presented } debit ? NoSuchDebit
            : facts.Accept(agreed).Put(Debits, new DebitNumber(Number), debit with { Stage = Stage.Accepted }).Emit(new TakenIn(Number));
    }

    /// <summary>The bank has booked a debit, and the Gateway passes the money on.</summary>
    /// <param name="Number">Of the debit.</param>
    /// <param name="On">The bank's day of booking, as its first moment.</param>
    /// <param name="Entry">Commitment to the bank's entry.</param>
    public readonly record struct Settle(uint Number, Instant On, Hash Entry) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            facts.Find(Debits, new DebitNumber(Number)) is not { IsAtBank: true } debit ? NoSuchDebit
            : On.Seconds % Instant.Day != 0 ? NotABankDay
            : agreed.After(agreed.Debt.Arrived(debit.Amount), facts).Move(debit.Amount, from: agreed.Gateway, to: agreed.Creditor)
                .Put(Debits, new DebitNumber(Number), debit with { Stage = Stage.Settled, SettledOn = On }).Emit(new Settled(Number, debit.Amount, Entry));
    }

    /// <summary>
    /// A debit is undone, at the bank or on the way there. What the Creditor had of it goes back to the Gateway, to the cent; it is owed again, and late unless the Creditor undid it.
    /// </summary>
    /// <param name="Number">Of the debit.</param>
    /// <param name="How">What undoes it.</param>
    /// <param name="Reason">Why, by its code of ISO 20022.</param>
    /// <param name="On">The bank's day of booking, as its first moment.</param>
    public readonly record struct Undo(uint Number, Undoing How, string Reason, Instant On) : ICorrection<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (!SepaIdentifiers.IsReference(Reason)) return NotAReason;
            if (facts.Find(Debits, new DebitNumber(Number)) is not { } debit) return NoSuchDebit;
            if (How is Undoing.Reject or Undoing.Refusal or Undoing.Cancellation) return debit.IsAtBank ? agreed.Reopen(Number, debit, How, Reason, facts) : NoSuchDebit;
            if (debit is not { Stage: Stage.Settled, SettledOn: { } settled }) return NoSuchDebit;
            if (UndoingTimes.LastDay(debit.Under.Scheme, How, Reason == UndoingTimes.Unauthorised, settled) is not { } last || On.DayNumber > last) return TooLate;
            return agreed.Reopen(Number, debit, How, Reason, facts);
        }
    }

    /// <summary>The Gateway says what came in by a credit transfer or another rail, and passes it on; what is more than is open is the Debtor's, on the ledger.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Entry">Commitment to the bank's entry; each counts once.</param>
    public readonly record struct Receive(Amount Amount, Hash Entry) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (!agreed.IsSome(Amount)) return NotThisMoney;
            if (facts.Find(Receipts, Entry) is not null) return CountedAlready;
            var paid = Amount.OrAtMost(agreed.Debt.Open);
            return agreed.After(agreed.Debt.Paid(paid), facts)
                .Move(paid, from: agreed.Gateway, to: agreed.Creditor).Move(Amount - paid, from: agreed.Gateway, to: agreed.Debtor)
                .Put(Receipts, Entry, new Receipt(Amount)).Emit(new Received(Amount, paid, Entry));
        }
    }

    /// <summary>The Creditor collects on the ledger, under the Debtor's leave: what is open, as far as the leave and the Debtor's account go.</summary>
    public readonly record struct Collect : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (agreed.Terms.Rail != Rail.EMoney) return NotThisRail;
            var amount = facts.UnderMandate(agreed.Debt.Open, agreed.Debtor);
            return amount.IsZero ? NothingOwed
                : agreed.After(agreed.Debt.Paid(amount), facts).Move(amount, from: agreed.Debtor, to: agreed.Creditor).Emit(new Paid(amount));
        }
    }

    /// <summary>The Debtor pays on the ledger, whatever the rail: so can arrears be met at once.</summary>
    /// <param name="Amount">At most what is open.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Debtor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            !agreed.IsSome(Amount) ? NotThisMoney : Amount > agreed.Debt.Open ? NothingOwed
            : agreed.After(agreed.Debt.Paid(Amount), facts).Move(Amount, from: agreed.Debtor, to: agreed.Creditor).Emit(new Paid(Amount));
    }

    /// <summary>The Gateway has back, under the Creditor's safeguard, what a bank took and the Creditor had not left.</summary>
    public readonly record struct Recover : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            var amount = facts.UnderMandate(agreed.Shortfall, agreed.Creditor);
            return amount.IsZero ? NothingOwed
                : facts.Accept(agreed with { Shortfall = agreed.Shortfall - amount }).Move(amount, from: agreed.Creditor, to: agreed.Gateway).Emit(new Recovered(amount));
        }
    }

    /// <summary>The Debtor gives a mandate, in the place of the one before.</summary>
    /// <param name="Mandate">Its words; nothing in it has been amended yet.</param>
    public readonly record struct GiveMandate(SepaMandate Mandate) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Debtor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            !Fits(Mandate, facts) ? NotAMandate
            : facts.Accept(agreed with { Mandate = Mandate, Use = new MandateUse(0, Mandate.SignedOn, false) })
                .Wake(new Lapse(), at: SepaMandate.LapsesAfter(Mandate.SignedOn)).Emit(new MandateGiven(Mandate.Reference, Mandate.SignedOn));
    }

    /// <summary>The Debtor moves to another account at a bank; the mandate goes with it.</summary>
    /// <param name="Account">Commitment to the account.</param>
    public readonly record struct MoveAccount(Hash Account) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Debtor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            agreed.Mandate is not { } mandate ? NoMandate
            : facts.Accept(agreed with { Mandate = mandate with { Account = Account, Amended = (mandate.Amended ?? default) with { OtherAccount = true } } })
                .Emit(new MandateAmended(mandate.Reference));
    }

    /// <summary>The Creditor gives the mandate another reference, or has another identifier itself.</summary>
    /// <param name="Reference">The reference from now on.</param>
    /// <param name="CreditorId">The identifier from now on.</param>
    public readonly record struct Rename(string Reference, string CreditorId) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts)
        {
            if (agreed.Mandate is not { } was) return NoMandate;
            var now = was with { Reference = Reference, CreditorId = CreditorId };
            if (!now.IsWellFormed) return NotAMandate;
            var before = was.Amended ?? default;
            var amended = before with
            {
                Reference = before.Reference ?? (Reference == was.Reference ? null : was.Reference), CreditorId = before.CreditorId ?? (CreditorId == was.CreditorId ? null : was.CreditorId),
            };
            return facts.Accept(agreed with { Mandate = now with { Amended = amended == default ? null : amended } }).Emit(new MandateAmended(Reference));
        }
    }

    /// <summary>The Debtor revokes the mandate: nothing more is handed to the bank.</summary>
    public readonly record struct Revoke : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Debtor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            agreed.Mandate is not { } mandate ? NoMandate
            : facts.Accept(agreed with { Mandate = null }).Cancel(new Lapse()).Emit(new MandateEnded(mandate.Reference));
    }

    /// <summary>Both choose other terms, another rail too.</summary>
    /// <param name="Terms">From now on.</param>
    public readonly record struct Choose(CollectionTerms Terms) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(agreed.Creditor, agreed.Debtor);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            !IsFee(Terms.Fee, agreed.Currency) ? NotThisMoney : facts.Accept(agreed with { Terms = Terms }).Emit(new Chosen(Terms));
    }

    /// <summary>The Creditor renews the safeguard, or the Debtor the leave.</summary>
    /// <param name="Payer">Whose.</param>
    /// <param name="Leave">In the place of the one before.</param>
    public readonly record struct Renew(Party Payer, Mandate Leave) : IClause<Collection>
    {
        public Signers MustSign(Collection agreed, Facts facts) => Signers.All(Payer);

        public Outcome<Collection> Decide(Collection agreed, Facts facts) =>
            Payer != agreed.Creditor && Payer != agreed.Debtor ? NotAPayer : Leave.InAll.Unit != agreed.Currency ? NotThisMoney
            : facts.Accept(agreed).Allow(Payer, Leave).Emit(new Renewed(Payer, Leave));
    }

    /// <summary>The mandate has not been used for 36 months.</summary>
    public readonly record struct Lapse : IDue<Collection>
    {
        public Accepted<Collection> Decide(Collection agreed, Facts facts) =>
            agreed.Mandate is not { } mandate ? facts.Accept(agreed) : facts.Accept(agreed with { Mandate = null }).Emit(new MandateEnded(mandate.Reference));
    }

    /// <summary>The Debtor is reminded of arrears.</summary>
    public readonly record struct Remind : IDue<Collection>
    {
        public Accepted<Collection> Decide(Collection agreed, Facts facts)
        {
            if (agreed.Debt.Arrears.IsZero) return facts.Accept(agreed);
            var reminded = facts.Accept(agreed with { Reminders = (byte)(agreed.Reminders + 1) }).Emit(new Reminded(agreed.Debt.Arrears, (byte)(agreed.Reminders + 1)));
            return agreed.Reminders + 1 < CollectionTerms.RemindersAtMost ? reminded.Wake(new Remind(), at: facts.Now.PlusDays(agreed.Terms.DaysToRemind)) : reminded;
        }
    }

    public readonly record struct Agreed(Party Creditor, Party Debtor, CollectionTerms Terms) : IEvent;
    public readonly record struct Billed(Hash Invoice, Amount Cost) : IEvent;
    public readonly record struct Credited(Hash Invoice, Amount Amount, Amount GivenBack, Hash Note) : IEvent;
    public readonly record struct Announced(uint Number, Amount Amount, Instant On, Sequence Sequence, string Mandate) : IEvent;
    public readonly record struct Presented(uint Number, Hash File) : IEvent;
    public readonly record struct TakenIn(uint Number) : IEvent;
    public readonly record struct Settled(uint Number, Amount Amount, Hash Entry) : IEvent;
    public readonly record struct Undone(uint Number, Undoing How, string Reason, Amount Amount, Amount Fee, Amount GivenBack) : IEvent;
    public readonly record struct Received(Amount Amount, Amount Paid, Hash Entry) : IEvent;
    public readonly record struct Paid(Amount Amount) : IEvent;
    public readonly record struct Recovered(Amount Amount) : IEvent;
    public readonly record struct MandateGiven(string Reference, Instant SignedOn) : IEvent;
    public readonly record struct MandateAmended(string Reference) : IEvent;
    public readonly record struct MandateEnded(string Reference) : IEvent;
    public readonly record struct Chosen(CollectionTerms Terms) : IEvent;
    public readonly record struct Renewed(Party Payer, Mandate Leave) : IEvent;
    public readonly record struct Reminded(Amount Arrears, byte Time) : IEvent;

    public static readonly Contract<Collection> Contents = new Contract<Collection>(code: 8, version: 1, Codecs.Collection.State)
        .Opens(1, Codecs.Collection.Agree).Does(2, Codecs.Collection.Bill).Corrects(3, Codecs.Collection.Credit).Does(4, Codecs.Collection.Announce).Does(5, Codecs.Collection.Drop)
        .Does(6, Codecs.Collection.Present).Does(7, Codecs.Collection.TakeIn).Does(8, Codecs.Collection.Settle).Corrects(9, Codecs.Collection.Undo).Does(10, Codecs.Collection.Receive)
        .Does(11, Codecs.Collection.Collect).Does(12, Codecs.Collection.Pay).Does(13, Codecs.Collection.Recover).Does(14, Codecs.Collection.GiveMandate)
        .Does(15, Codecs.Collection.MoveAccount).Does(16, Codecs.Collection.Rename).Does(17, Codecs.Collection.Revoke).Does(18, Codecs.Collection.Choose).Does(19, Codecs.Collection.Renew)
        .FallsDue(20, Codecs.Collection.Lapse).FallsDue(21, Codecs.Collection.Remind)
        .Tells(1, Codecs.Collection.Agreed).Tells(2, Codecs.Collection.Billed).Tells(3, Codecs.Collection.Credited).Tells(4, Codecs.Collection.Announced)
        .Tells(5, Codecs.Collection.Presented).Tells(6, Codecs.Collection.TakenIn).Tells(7, Codecs.Collection.Settled).Warns(8, "returned-debit", Codecs.Collection.Undone)
        .Tells(9, Codecs.Collection.Received).Tells(10, Codecs.Collection.Paid).Tells(11, Codecs.Collection.Recovered).Tells(12, Codecs.Collection.MandateGiven)
        .Tells(13, Codecs.Collection.MandateAmended).Tells(14, Codecs.Collection.MandateEnded).Tells(15, Codecs.Collection.Chosen).Tells(16, Codecs.Collection.Renewed)
        .Warns(17, "arrears", Codecs.Collection.Reminded)
        .Keeps(Invoices, Codecs.Collection.Invoice).Keeps(Debits, Codecs.Collection.DebitNumberKey, Codecs.Debit).Keeps(Receipts, Codecs.Collection.Receipt)
        .Refuses(NotThreeParties, NotThisMoney, NotAMandate, NoMandate, NotThisRail, BilledAlready, NoSuchBill, NothingOwed, NotABankDay, NotInTime, NoSuchDebit, TooLate)
        .Refuses(NotAReason, CountedAlready, NotAPayer);

    private static bool Fits(in SepaMandate mandate, Facts facts) => mandate is { IsWellFormed: true, Amended: null } && mandate.SignedOn <= facts.Now && SepaMandate.LapsesAfter(mandate.SignedOn) > facts.Now;

    private static bool IsFee(Amount fee, Unit currency) => fee.Unit == currency && fee.Minor is >= 0 and <= OwedAtMost / 1_000_000;

    private bool IsSome(Amount amount) => amount.Unit == Currency && amount.Minor > 0;

    // With a debt that is other than before: no reminder waits where nothing is late any more.
    private Accepted<Collection> After(Debt debt, Facts facts)
    {
        var met = debt.Arrears.IsZero && !Debt.Arrears.IsZero;
        var accepted = facts.Accept(this with { Debt = debt, Reminders = met ? (byte)0 : Reminders });
        return met ? accepted.Cancel(new Remind()) : accepted;
    }

    private Outcome<Collection> Reopen(uint number, in Debit debit, Undoing how, string reason, Facts facts)
    {
        var (settled, byCreditor, unauthorised) = (debit.Stage == Stage.Settled, how is Undoing.Cancellation or Undoing.Reversal, reason == UndoingTimes.Unauthorised);
        var nothing = Currency.Of(0);
        var back = settled ? facts.UnderMandate(debit.Amount, Creditor) : nothing;
        // Who denies the mandate is asked for no fee.
        var fee = byCreditor || unauthorised ? nothing : Terms.Fee;
        var debt = (settled ? Debt.Owed(debit.Amount) : Debt.Stopped(debit.Amount)).Owed(fee);
        var late = Debt.Arrears.IsZero && !byCreditor;
        var next = this with
        {
            Debt = byCreditor ? debt : debt.Late(debit.Amount + fee), Shortfall = settled ? Shortfall + debit.Amount - back : Shortfall,
            Mandate = MandateAfter(debit, settled, reason), Use = settled || Mandate?.Reference != debit.Under.Reference ? Use : UseWithout(debit),
        };
        var undone = facts.Accept(next).Move(back, from: Creditor, to: Gateway)
            .Put(Debits, new DebitNumber(number), debit with { Stage = (Stage)how, Reason = reason }).Emit(new Undone(number, how, reason, debit.Amount, fee, back));
        if (late) undone.Wake(new Remind(), at: facts.Now.PlusDays(Terms.DaysToRemind));
        if (next.Mandate is null && Mandate is { } ended) undone.Cancel(new Lapse()).Emit(new MandateEnded(ended.Reference));
        return undone;
    }

    // A mandate that was denied, or whose debtor has died, is no more. What a failed debit told the bank of amendments, the next tells again.
    private SepaMandate? MandateAfter(in Debit debit, bool settled, string reason) =>
        reason is UndoingTimes.Unauthorised or UndoingTimes.Deceased ? null
        : settled || Mandate is not { Amended: null } mandate || mandate.Reference != debit.Under.Reference ? Mandate
        : mandate with { Amended = debit.Under.Amended };

    private MandateUse UseWithout(in Debit debit) => Use with { Live = Use.Live == 0 ? 0 : Use.Live - 1, Final = Use.Final && debit.Sequence is not (Sequence.Final or Sequence.OneOff) };
}
