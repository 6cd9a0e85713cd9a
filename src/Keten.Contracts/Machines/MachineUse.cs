using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>
/// A User works with an Owner's machine and pays by use, each month, for what the machine's own counter has signed. Time that it stood is credited; wear calls the Servicer. Of every payment a Bank
/// has its instalment and an Insurer its premium, if there are any. What cannot be paid is owed.
/// </summary>
/// <param name="Owner">Who provides the machine, and is paid.</param>
/// <param name="User">Who works with it, and pays.</param>
/// <param name="Machine">The machine's counter, which signs its readings with a key of its own.</param>
/// <param name="Terms">Prices, service, shares, notice.</param>
/// <param name="Last">What the counter showed last.</param>
/// <param name="Month">What has been used in the month that is running.</param>
/// <param name="Upkeep">Whether a service is waited for.</param>
/// <param name="Dues">What is owed, and what has been paid.</param>
/// <param name="Leaves">When it ends, where notice has been given.</param>
/// <param name="Over">Whether it has ended but for what is owed.</param>
public sealed record MachineUse(
    Party Owner, Party User, Party Machine, MachineTerms Terms, Counter Last, Month Month, Upkeep Upkeep, Dues Dues, Instant? Leaves, bool Over) : IReadBy
{
    /// <summary>A machine's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<MachineUse> NotThreeParties = new(1, "Owner, user and machine are three parties, and neither user nor machine is bank or insurer.");
    public static readonly Refusal<MachineUse> NotTheseTerms = new(2, "Prices are of one money and in order, shares are more than nothing and together no more than the whole, a service has a day at least.");
    public static readonly Refusal<MachineUse> NotThisMoney = new(3, "The amount is of another unit, or of nothing, or the money expires or cannot be passed on.");
    public static readonly Refusal<MachineUse> NotTheMachine = new(4, "The reading is not signed by the machine, or is for another agreement.");
    public static readonly Refusal<MachineUse> CountedAlready = new(5, "The reading of that number has been counted already.");
    public static readonly Refusal<MachineUse> OlderThanLast = new(6, "A reading of a higher number has been counted already.");
    public static readonly Refusal<MachineUse> RunsBack = new(7, "The counter shows less of something, or an earlier time, than in its last reading.");
    public static readonly Refusal<MachineUse> AheadOfTime = new(8, "The reading is of a later time than it is.");
    public static readonly Refusal<MachineUse> MoreThanTime = new(9, "The machine would have run and stood for longer than the time since its last reading.");
    public static readonly Refusal<MachineUse> MoreThanAMonth = new(10, "That is more in one month than can be counted.");
    public static readonly Refusal<MachineUse> NothingOwed = new(11, "Nothing is owed, or less than that, or nothing can be collected now.");
    public static readonly Refusal<MachineUse> NoSuchMonth = new(12, "No month that began then has been settled, or less of it is left to credit.");
    public static readonly Refusal<MachineUse> NoServiceCalled = new(13, "No service is waited for.");
    public static readonly Refusal<MachineUse> NotNow = new(14, "Notice has been given already, or the agreement is over but for what is owed, or is not over.");
    public static readonly Refusal<MachineUse> NotAPartyHere = new(15, "Only owner and user give notice.");

    /// <summary>The months that have been settled, by their first moment.</summary>
    public static readonly Records<Instant, Bill> Bills = new(1);

    /// <summary>What a machine signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Counter">What the counter shows.</param>
    /// <param name="Condition">How worn the machine is.</param>
    public readonly record struct Reading(Agreement<MachineUse> For, Counter Counter, Condition Condition);

    /// <summary>Those who work with the machine. Bank and insurer read no more than the User grants them: see <see cref="UsageFeed"/>.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Owner, User, Machine, Terms.Service.Servicer);

    /// <summary>Owner and User agree; bank and insurer, where there are any, agree to their shares.</summary>
    /// <param name="Owner">Who provides the machine, and is paid.</param>
    /// <param name="User">Who works with it, and pays.</param>
    /// <param name="Machine">The machine's counter.</param>
    /// <param name="Terms">Prices, service, shares, notice.</param>
    /// <param name="Start">What the counter shows now; only what comes after is paid for.</param>
    /// <param name="Leave">The User's mandate: up to so much a month, so much in all, until.</param>
    /// <param name="Deposit">What the User leaves as security; may be nothing.</param>
    public sealed record Agree(Party Owner, Party User, Party Machine, MachineTerms Terms, Counter Start, Mandate Leave, Amount Deposit) : IOpening<MachineUse>
    {
        public Signers MustSign(Facts facts)
        {
            var all = Signers.All(Owner, User);
            if (Terms.Instalment is { } instalment) all = all.And(Signers.All(instalment.Bank));
            return Terms.Premium is { } premium ? all.And(Signers.All(premium.Insurer)) : all;
        }

        public Outcome<MachineUse> Decide(Facts facts)
        {
            var currency = Terms.Tariff.Currency;
            var begun = new MachineUse(Owner, User, Machine, Terms, Start, Month.From(facts.Now, currency), new Upkeep(Start.Failures, null), Dues.None(currency), null, false);
            if (!begun.HasThreeParties) return NotThreeParties;
            if (!Terms.AreWhole) return NotTheseTerms;
            if (Deposit.Unit != currency || Deposit.Minor < 0 || Leave.InAll.Unit != currency) return NotThisMoney;
            // What expires while it is held could never be given back, and what cannot be passed on could not be paid.
            if (facts.Describe(currency) is not { } money || money.Rules.HasFlag(UnitRules.Expires) || money.Rules.HasFlag(UnitRules.Personal)) return NotThisMoney;
            if (Start.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            return facts.Accept(begun).Hold(Deposit, from: User).Allow(User, Leave).Wake(new Settle(), at: begun.Month.Ends).Emit(new Agreed(Owner, User, Machine, Deposit));
        }
    }

    /// <summary>What the machine signed is counted. Anybody may hand it in; it belongs to the month in which that is done.</summary>
    /// <param name="Reading">Signed by the machine.</param>
    public readonly record struct Count(Signed<Reading> Reading) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.Anyone;

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            var (by, (agreement, now, shown)) = Reading;
            var last = agreed.Last;
            if (by != agreed.Machine || agreement != facts.Self<MachineUse>()) return NotTheMachine;
            if (agreed.Over) return NotNow;
            if (now.Number <= last.Number) return now.Number == last.Number ? CountedAlready : OlderThanLast;
            if (now.RunsBehind(last)) return RunsBack;
            if (now.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            if (now.OutrunsTime(last)) return MoreThanTime;
            if (!agreed.Month.HasRoomFor(last, now)) return MoreThanAMonth;

            var cause = agreed.Upkeep.Called is null ? agreed.Terms.Service.Calls(shown, now.Failures - agreed.Upkeep.Served) : null;
            var month = agreed.Month.Plus(last, now);
            var next = cause is null ? agreed with { Last = now, Month = month }
                : agreed with { Last = now, Month = month with { Services = month.Services + 1 }, Upkeep = agreed.Upkeep with { Called = facts.Now } };
            var counted = facts.Accept(next).Emit(new Counted(now.Number, now.Pieces - last.Pieces, now.Seconds - last.Seconds, now.Down - last.Down));
            if (cause is { } why) counted.Wake(new Overdue(), at: facts.Now.PlusDays(agreed.Terms.Service.Days)).Emit(new ServiceCalled(why, shown));
            return counted;
        }
    }

    /// <summary>The month is over: it is priced, and paid with what was owed before, as far as the mandate and the User's account go.</summary>
    public readonly record struct Settle : IDue<MachineUse>
    {
        public Accepted<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            var (month, following) = (agreed.Month, Month.From(agreed.Month.Ends, agreed.Currency));
            var bill = agreed.Terms.Tariff.BillFor(month, month.Ends);
            var dues = agreed.Dues.With(bill.Due);
            var payment = Payment.Of(dues, agreed.Terms, facts.UnderMandate(dues.Owed, agreed.User));
            var settled = facts.Accept(agreed with { Month = following, Dues = payment.After }).Put(Bills, month.Began, bill).Wake(new Settle(), at: following.Ends);
            return agreed.FromUser(settled, payment).Emit(Told(bill, payment.After.Paid - dues.Paid, payment.After.Owed));
        }
    }

    /// <summary>The Owner collects what is owed, as far as the mandate and the User's account go.</summary>
    public readonly record struct Collect : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            var amount = facts.UnderMandate(agreed.Dues.Owed, agreed.User);
            return amount.IsZero ? NothingOwed : agreed.Receive(amount, facts);
        }
    }

    /// <summary>The User pays what is owed, or a part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.User);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney : Amount > agreed.Dues.Owed ? NothingOwed : agreed.Receive(Amount, facts);
    }

    /// <summary>The Owner credits a part of a month that has been settled: less is owed, and what of it has been paid goes back to the User. Bank and insurer keep what they have.</summary>
    /// <param name="Began">The month's first moment.</param>
    /// <param name="Amount">How much less it is.</param>
    /// <param name="Note">Commitment to the credit note.</param>
    public readonly record struct Credit(Instant Began, Amount Amount, Hash Note) : ICorrection<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Bills, Began) is not { } bill || Amount > bill.Due - bill.Corrected) return NoSuchMonth;
            var less = Amount.OrAtMost(agreed.Dues.Owed);
            var credited = agreed.After(agreed.Dues with { Owed = agreed.Dues.Owed - less }, facts);
            return credited.Move(Amount - less, from: agreed.Owner, to: agreed.User)
                .Put(Bills, Began, bill with { Corrected = bill.Corrected + Amount }).Emit(new Credited(Began, Amount, Amount - less, Note));
        }
    }

    /// <summary>The Servicer has done the service that was called.</summary>
    /// <param name="Report">Commitment to what was done.</param>
    public readonly record struct Serve(Hash Report) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Terms.Service.Servicer);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts) =>
            agreed.Upkeep.Called is not { } called ? NoServiceCalled
            : facts.Accept(agreed with { Upkeep = new Upkeep(agreed.Last.Failures, null) }).Cancel(new Overdue()).Emit(new Served(called, Report));
    }

    /// <summary>The service that was called has not come in time: the User is credited for it.</summary>
    public readonly record struct Overdue : IDue<MachineUse>
    {
        public Accepted<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            if (agreed.Upkeep.Called is not { } called) return facts.Accept(agreed);
            var late = agreed.Terms.Service.Late;
            return facts.Accept(agreed with { Month = agreed.Month with { Late = agreed.Month.Late + late } }).Emit(new ServiceLate(called, late));
        }
    }

    /// <summary>The User replaces the mandate by a new one.</summary>
    /// <param name="Leave">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Leave) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.User);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts) =>
            Leave.InAll.Unit != agreed.Currency ? NotThisMoney : facts.Accept(agreed).Allow(agreed.User, Leave).Emit(new Renewed(Leave));
    }

    /// <summary>Owner and User agree on other prices, for the month that is running and from then on.</summary>
    /// <param name="Tariff">In the same money.</param>
    public readonly record struct Revise(MachineTariff Tariff) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Owner, agreed.User);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts) =>
            Tariff.Currency != agreed.Currency ? NotThisMoney : !Tariff.IsPriceable ? NotTheseTerms
            : facts.Accept(agreed with { Terms = agreed.Terms with { Tariff = Tariff } }).Emit(new Revised(Tariff));
    }

    /// <summary>Owner and User accept another counter, of this machine or of one in its place. What the month has counted stays.</summary>
    /// <param name="Machine">Who signs from now on.</param>
    /// <param name="Start">What the counter shows now.</param>
    public readonly record struct Exchange(Party Machine, Counter Start) : IClause<MachineUse>
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Owner, agreed.User);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            var next = agreed with { Machine = Machine, Last = Start, Upkeep = agreed.Upkeep with { Served = Start.Failures } };
            return agreed.Over ? NotNow : !next.HasThreeParties ? NotThreeParties : Start.At > facts.Now.Plus(SecondsAhead) ? AheadOfTime
                : facts.Accept(next).Emit(new Exchanged(agreed.Machine, Machine, Start));
        }
    }

    /// <summary>Owner or User gives notice. The Owner need not wait while more is owed than the deposit covers.</summary>
    /// <param name="By">Which of them.</param>
    public readonly record struct Leave(Party By) : IClause<MachineUse>, IExit
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(By);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            if (By != agreed.Owner && By != agreed.User) return NotAPartyHere;
            var atOnce = By == agreed.Owner && agreed.Dues.Owed > facts.Held(agreed.Currency);
            if (agreed.Over || (agreed.Leaves is not null && !atOnce)) return NotNow;
            var at = atOnce ? facts.Now : facts.Now.PlusDays(agreed.Terms.DaysOfNotice);
            return facts.Accept(agreed with { Leaves = at }).Wake(new Finish(), at).Emit(new NoticeGiven(By, at));
        }
    }

    /// <summary>
    /// The agreement is over: the last month is settled up to this moment, out of the deposit too, and what is left of that is the User's again. It goes on only while something is owed.
    /// </summary>
    public readonly record struct Finish : IDue<MachineUse>, IExit
    {
        public Accepted<MachineUse> Decide(MachineUse agreed, Facts facts)
        {
            var month = agreed.Month;
            var until = agreed.Leaves is { } at && at > month.Began ? at : month.Began;
            var bill = agreed.Terms.Tariff.BillFor(month, until);
            var (dues, deposit) = (agreed.Dues.With(bill.Due), facts.Held(agreed.Currency));
            var first = Payment.Of(dues, agreed.Terms, facts.UnderMandate(dues.Owed, agreed.User));
            var second = Payment.Of(first.After, agreed.Terms, first.After.Owed.OrAtMost(deposit));
            var (paid, back) = (second.After.Paid - dues.Paid, deposit - (second.After.Paid - first.After.Paid));
            var finished = facts.Accept(agreed with { Month = Month.From(until, agreed.Currency), Upkeep = agreed.Upkeep with { Called = null }, Dues = second.After, Over = true })
                .Pay(second.ToOwner, to: agreed.Owner).Pay(second.ToBank, to: agreed.Bank).Pay(second.ToInsurer, to: agreed.Insurer).Pay(back, to: agreed.User)
                .Put(Bills, month.Began, bill).Cancel(new Settle()).Cancel(new Overdue());
            agreed.FromUser(finished, first).Emit(Told(bill, paid, second.After.Owed)).Emit(new Finished(second.After.Owed, agreed.RestOfInstalment(second.After), back));
            return second.After.Owed.IsZero ? finished.End() : finished;
        }
    }

    /// <summary>The Owner lets go what is still owed when all is over.</summary>
    public readonly record struct Waive : IClause<MachineUse>, IExit
    {
        public Signers MustSign(MachineUse agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<MachineUse> Decide(MachineUse agreed, Facts facts) =>
            !agreed.Over ? NotNow : agreed.After(agreed.Dues with { Owed = agreed.Currency.Of(0) }, facts).Emit(new Waived(agreed.Dues.Owed));
    }

    public readonly record struct Agreed(Party Owner, Party User, Party Machine, Amount Deposit) : IEvent;
    public readonly record struct Counted(uint Number, uint Pieces, uint Seconds, uint Down) : IEvent;
    public readonly record struct ServiceCalled(ServiceCause Cause, Condition Shown) : IEvent;
    public readonly record struct Served(Instant Called, Hash Report) : IEvent;
    public readonly record struct ServiceLate(Instant Called, Amount Credit) : IEvent;
    public readonly record struct Settled(Instant Began, Instant Until, uint Pieces, uint Seconds, uint Down, Amount Cost, Amount Credit, Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Received(Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Credited(Instant Began, Amount Amount, Amount GivenBack, Hash Note) : IEvent;
    public readonly record struct Renewed(Mandate Leave) : IEvent;
    public readonly record struct Revised(MachineTariff Tariff) : IEvent;
    public readonly record struct Exchanged(Party Was, Party Is, Counter Start) : IEvent;
    public readonly record struct NoticeGiven(Party By, Instant Leaves) : IEvent;
    public readonly record struct Finished(Amount Owed, Amount RestOfInstalment, Amount DepositBack) : IEvent;
    public readonly record struct Waived(Amount Owed) : IEvent;

    public static readonly Contract<MachineUse> Contents = new Contract<MachineUse>(code: 20, version: 1, Codecs.MachineUse.State)
        .Opens(1, Codecs.MachineUse.Agree).Does(2, Codecs.MachineUse.Count).FallsDue(3, Codecs.MachineUse.Settle).Does(4, Codecs.MachineUse.Collect).Does(5, Codecs.MachineUse.Pay)
        .Corrects(6, Codecs.MachineUse.Credit).Does(7, Codecs.MachineUse.Serve).FallsDue(8, Codecs.MachineUse.Overdue).Does(9, Codecs.MachineUse.Renew).Does(10, Codecs.MachineUse.Revise)
        .Does(11, Codecs.MachineUse.Exchange).Does(12, Codecs.MachineUse.Leave).FallsDue(13, Codecs.MachineUse.Finish).Does(14, Codecs.MachineUse.Waive)
        .Tells(1, Codecs.MachineUse.Agreed).Tells(2, Codecs.MachineUse.Counted).Warns(3, "service", Codecs.MachineUse.ServiceCalled).Tells(4, Codecs.MachineUse.Served)
        .Warns(5, "service", Codecs.MachineUse.ServiceLate).Tells(6, Codecs.MachineUse.Settled).Tells(7, Codecs.MachineUse.Received).Tells(8, Codecs.MachineUse.Credited)
        .Tells(9, Codecs.MachineUse.Renewed).Tells(10, Codecs.MachineUse.Revised).Tells(11, Codecs.MachineUse.Exchanged).Tells(12, Codecs.MachineUse.NoticeGiven)
        .Tells(13, Codecs.MachineUse.Finished).Tells(14, Codecs.MachineUse.Waived)
        .Keeps(Bills, Codecs.Bill)
        .Refuses(NotThreeParties, NotTheseTerms, NotThisMoney, NotTheMachine, CountedAlready, OlderThanLast, RunsBack, AheadOfTime, MoreThanTime, MoreThanAMonth, NothingOwed)
        .Refuses(NoSuchMonth, NoServiceCalled, NotNow, NotAPartyHere);

    private Unit Currency => Dues.Owed.Unit;

    // Where there is no bank or no insurer its share is nothing, whoever has it.
    private Party Bank => Terms.Instalment is { } instalment ? instalment.Bank : Owner;

    private Party Insurer => Terms.Premium is { } premium ? premium.Insurer : Owner;

    private bool HasThreeParties =>
        Owner != User && Owner != Machine && User != Machine && Bank != User && Bank != Machine && Insurer != User && Insurer != Machine;

    private Amount RestOfInstalment(in Dues dues) => Terms.Instalment is { } instalment ? instalment.InAll - dues.ToBank : Currency.Of(0);

    private Accepted<MachineUse> FromUser(Accepted<MachineUse> accepted, in Payment payment) =>
        accepted.Move(payment.ToOwner, from: User, to: Owner).Move(payment.ToBank, from: User, to: Bank).Move(payment.ToInsurer, from: User, to: Insurer);

    private Accepted<MachineUse> Receive(Amount amount, Facts facts)
    {
        var payment = Payment.Of(Dues, Terms, amount);
        return FromUser(After(payment.After, facts), payment).Emit(new Received(amount, payment.After.Owed));
    }

    // What is over ends with the last of what is owed.
    private Accepted<MachineUse> After(in Dues dues, Facts facts)
    {
        var accepted = facts.Accept(dues == Dues ? this : this with { Dues = dues });
        return Over && dues.Owed.IsZero && !Dues.Owed.IsZero ? accepted.End() : accepted;
    }

    private static Settled Told(in Bill bill, Amount paid, Amount owed) =>
        new(bill.Month.Began, bill.Until, bill.Month.Pieces, bill.Month.Seconds, bill.Month.Down, bill.Cost, bill.Credit, paid, owed);
}
