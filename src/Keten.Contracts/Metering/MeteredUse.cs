using Keten.Contracts.Devices;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Contracts.Metering;

/// <summary>
/// A Customer uses what the Provider's meters count, and pays by use under a published tariff: out of what was paid in before, then under the Customer's mandate. What a meter
/// signs is priced and paid at once. A wrong charge is credited; a contested one is put on hold until it is settled, and the Arbiter has the last word.
/// </summary>
/// <param name="Provider">Who provides, and is paid.</param>
/// <param name="Customer">Who uses, and pays.</param>
/// <param name="Arbiter">Who rules on what the two cannot settle.</param>
/// <param name="Tariff">What use costs.</param>
/// <param name="Arrears">What the Customer owes on all sessions together.</param>
/// <param name="Overpaid">What the Provider owes on all sessions together.</param>
/// <param name="Register">Where meters have to be enrolled and in force, where both agreed to that.</param>
/// <param name="Wish">What the Customer set beforehand for a session, where anything.</param>
public sealed record MeteredUse(
    Party Provider, Party Customer, Party Arbiter, Agreement<Tariff> Tariff, Amount Arrears, Amount Overpaid, Agreement<DeviceRegister>? Register, SessionWish? Wish)
{
    /// <summary>The Customer can dispute a session for so many days after it was charged.</summary>
    public const int DaysToDispute = 60;

    /// <summary>The Provider has so many days to answer; then the Customer is right.</summary>
    public const int DaysToAnswer = 14;

    /// <summary>The Arbiter has so many days from the answer to rule; then the Provider is right.</summary>
    public const int DaysToRule = 60;

    /// <summary>So many disputes at once; each has one deadline, and an agreement may have 16.</summary>
    public const int DisputesAtMost = 15;

    /// <summary>A meter's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<MeteredUse> NotThreeParties = new(1, "Provider, customer and arbiter are three parties.");
    public static readonly Refusal<MeteredUse> NotThisMoney = new(2, "The money is not the tariff's currency, is nothing, or expires.");
    public static readonly Refusal<MeteredUse> NotTheMeter = new(3, "The reading is not signed by an accepted meter, or is for another agreement.");
    public static readonly Refusal<MeteredUse> ChargedAlready = new(4, "That meter document has been charged already.");
    public static readonly Refusal<MeteredUse> RunsBack = new(5, "A time or a register runs back within the reading, or behind the meter's last reading.");
    public static readonly Refusal<MeteredUse> NoReading = new(6, "The reading has no points.");
    public static readonly Refusal<MeteredUse> AheadOfTime = new(7, "The reading ends later than it is.");
    public static readonly Refusal<MeteredUse> NoTariffThen = new(8, "No terms of the tariff were in force when the session began.");
    public static readonly Refusal<MeteredUse> CannotBePriced = new(9, "The reading is not in the tariff's unit, lacks what a price depends on, or is longer or larger than can be priced.");
    public static readonly Refusal<MeteredUse> NoSuchSession = new(10, "No session has been charged for that meter document.");
    public static readonly Refusal<MeteredUse> NotLess = new(11, "The right cost or its VAT is more than what was charged, or less than nothing.");
    public static readonly Refusal<MeteredUse> InDispute = new(12, "That has to wait until the dispute is settled.");
    public static readonly Refusal<MeteredUse> NotInDispute = new(13, "The session is not in dispute, or is past that step.");
    public static readonly Refusal<MeteredUse> CannotBeDisputed = new(14, "The session cost nothing, has been disputed before, or was charged over 60 days ago.");
    public static readonly Refusal<MeteredUse> TooManyDisputes = new(15, "At most 15 disputes are open at once.");
    public static readonly Refusal<MeteredUse> NothingToCollect = new(16, "Nothing is open on the session, or nothing can be collected now.");
    public static readonly Refusal<MeteredUse> NotAMeterHere = new(17, "The meter has been accepted already, or is not accepted.");
    public static readonly Refusal<MeteredUse> NotAPayer = new(18, "Only provider and customer give mandates here.");
    public static readonly Refusal<MeteredUse> NotInForce = new(19, "The meter is not in the agreed register, is revoked, or its calibration was not in force.");
    public static readonly Refusal<MeteredUse> NotAWish = new(20, "A wish is of the tariff's units and of more than nothing, and an hour to be full by needs the energy that is wanted.");

    /// <summary>Meters, and what each showed last under this agreement.</summary>
    public static readonly Records<Party, Meter> Meters = new(1);

    /// <summary>What has been charged, by the commitment of the signed meter document.</summary>
    public static readonly Records<Hash, Session> Sessions = new(2);

    /// <summary>Disputes that are open.</summary>
    public static readonly Records<Hash, OpenDispute> Disputes = new(3);

    /// <summary>Wishes of before, by the moment from which they were no longer in force.</summary>
    public static readonly Records<Instant, SessionWish> EarlierWishes = new(4);

    public readonly record struct Meter(bool Accepted, Amount? Register, Instant? At);

    /// <summary>What a meter signs of one session.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Document">Commitment to the signed meter document.</param>
    /// <param name="Points">The meter's readings in order.</param>
    public sealed record Usage(Agreement<MeteredUse> For, Hash Document, Many<MeterPoint> Points);

    private Unit Currency => Arrears.Unit;

    /// <summary>Provider and Customer agree.</summary>
    /// <param name="Provider">Who provides, and is paid.</param>
    /// <param name="Customer">Who uses, and pays.</param>
    /// <param name="Arbiter">Who rules on what the two cannot settle.</param>
    /// <param name="Tariff">What use costs.</param>
    /// <param name="Meters">Whose readings both accept.</param>
    /// <param name="PaidIn">What the Customer pays in at once; may be nothing.</param>
    /// <param name="Leave">The Customer's mandate for what is not paid in, where there is one.</param>
    /// <param name="Safeguard">The Provider's mandate, by which contested money is put on hold.</param>
    public sealed record Agree(
        Party Provider, Party Customer, Party Arbiter, Agreement<Tariff> Tariff, Many<Party> Meters, Amount PaidIn, Mandate? Leave, Mandate Safeguard) : IOpening<MeteredUse>
    {
        public Signers MustSign(Facts facts) => Signers.All(Provider, Customer);

        public Outcome<MeteredUse> Decide(Facts facts)
        {
            if (Provider == Customer || Provider == Arbiter || Customer == Arbiter) return NotThreeParties;
            var currency = facts.Of(Tariff).State.Terms.Currency;
            if (PaidIn.Unit != currency || PaidIn.Minor < 0 || Safeguard.InAll.Unit != currency || (Leave is { } asked && asked.InAll.Unit != currency)) return NotThisMoney;
            if (!facts.CanBeHeld(currency)) return NotThisMoney;
            var agreed = facts.Accept(new MeteredUse(Provider, Customer, Arbiter, Tariff, currency.Of(0), currency.Of(0), null, null))
                .Hold(PaidIn, from: Customer).Allow(Provider, Safeguard);
            if (Leave is { } leave) agreed.Allow(Customer, leave);
            foreach (var meter in Meters) agreed.Put(MeteredUse.Meters, meter, new Meter(true, null, null));
            return agreed.Emit(new Agreed(Provider, Customer, Tariff));
        }
    }

    /// <summary>
    /// What a meter signed is priced and paid, up to what the Customer wished that it cost at most: the rest is the Provider's, who could have stopped in time. Anybody may hand it in: the meter's own
    /// signature is proof enough.
    /// </summary>
    /// <param name="Usage">Signed by an accepted meter.</param>
    public readonly record struct Charge(Signed<Usage> Usage) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.Anyone;

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            var (by, (agreement, document, points)) = Usage;
            if (agreement != facts.Self<MeteredUse>() || facts.Find(Meters, by) is not { Accepted: true } meter) return NotTheMeter;
            if (facts.Find(Sessions, document) is not null) return ChargedAlready;
            if (points.Count == 0) return NoReading;
            var (first, last) = (points[0], points[^1]);
            if (first.At < meter.At || first.Register.Minor < meter.Register?.Minor) return RunsBack;
            if (last.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            if (agreed.Register is { } register && (facts.Of(register).Find(DeviceRegister.Devices, by) is not { } device || !device.IsInForce(last.At))) return NotInForce;
            if (facts.Of(agreed.Tariff).At(first.At) is not { } terms) return NoTariffThen;
            var (outcome, priced) = TariffPricing.Price(terms, points.AsSpan());
            if (priced is null) return Because(outcome);

            var (net, vat, cost) = SessionWish.Held(priced, agreed.WishAt(first.At, facts)?.AtMost);
            var (outOfHeld, byMandate) = agreed.Payable(cost, facts);
            var session = new Session(by, first.At, facts.Now, priced.Energy, cost, vat, outOfHeld + byMandate, false);
            return facts.Accept(agreed.With(null, session))
                .Pay(outOfHeld, to: agreed.Provider).Move(byMandate, from: agreed.Customer, to: agreed.Provider)
                .Put(Sessions, document, session).Put(Meters, by, new Meter(true, last.Register, last.At))
                .Emit(new Charged(document, by, first.At, last.At, priced.Energy, net, vat, cost, session.Paid));
        }

        private static Refusal<MeteredUse> Because(PricingOutcome outcome) => outcome switch
        {
            PricingOutcome.TimeRunsBack or PricingOutcome.RegisterRunsBack => RunsBack,
            PricingOutcome.NotValidThen => NoTariffThen,
            _ => CannotBePriced,
        };
    }

    /// <summary>What is still open on a session is paid: arrears by the Customer, or by the Provider what was paid too much.</summary>
    /// <param name="Document">Of the session.</param>
    public readonly record struct Collect(Hash Document) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.Any(agreed.Provider, agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            if (facts.Find(Sessions, Document) is not { } was) return NoSuchSession;
            if (facts.Find(Disputes, Document) is not null) return InDispute;
            var (outOfHeld, byMandate) = agreed.Payable(was.Arrears, facts);
            var back = facts.UnderMandate(was.Overpaid, agreed.Provider);
            var paid = outOfHeld + byMandate;
            if (paid.IsZero && back.IsZero) return NothingToCollect;
            var now = was with { Paid = was.Paid + paid - back };
            return facts.Accept(agreed.With(was, now))
                .Pay(outOfHeld, to: agreed.Provider).Move(byMandate, from: agreed.Customer, to: agreed.Provider).Move(back, from: agreed.Provider, to: agreed.Customer)
                .Put(Sessions, Document, now).Emit(new Collected(Document, paid, back));
        }
    }

    /// <summary>The Provider credits what was charged too much, and gives back what was paid over it.</summary>
    /// <param name="Document">Of the session.</param>
    /// <param name="RightCost">What it costs, VAT included.</param>
    /// <param name="RightVat">The VAT in it.</param>
    /// <param name="CreditNote">Commitment to the credit note.</param>
    public readonly record struct Credit(Hash Document, Amount RightCost, Amount RightVat, Hash CreditNote) : ICorrection<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            if (RightCost.Unit != agreed.Currency || RightVat.Unit != agreed.Currency) return NotThisMoney;
            if (facts.Find(Sessions, Document) is not { } was) return NoSuchSession;
            if (facts.Find(Disputes, Document) is not null) return InDispute;
            if (RightCost > was.Cost || RightVat > was.Vat || RightVat.Minor < 0 || RightVat > RightCost) return NotLess;
            var right = was with { Cost = RightCost, Vat = RightVat };
            var back = right.Overpaid;
            right = right with { Paid = right.Paid - back };
            return facts.Accept(agreed.With(was, right)).Move(back, from: agreed.Provider, to: agreed.Customer)
                .Put(Sessions, Document, right).Emit(new Credited(Document, was.Cost, RightCost, RightVat, back, CreditNote));
        }
    }

    /// <summary>The Customer contests a session: what was paid of it is taken back from the Provider, and kept until that is settled.</summary>
    /// <param name="Document">Of the session.</param>
    /// <param name="Claim">Commitment to what the Customer says.</param>
    public readonly record struct Dispute(Hash Document, Hash Claim) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            if (facts.Find(Sessions, Document) is not { } session) return NoSuchSession;
            if (session.Disputed || session.Cost.IsZero || facts.Now > session.ChargedAt.PlusDays(DaysToDispute)) return CannotBeDisputed;
            if (facts.Count(Disputes) >= DisputesAtMost) return TooManyDisputes;
            var onHold = facts.UnderMandate(session.Paid, agreed.Provider);
            return facts.Accept(agreed).Hold(onHold, from: agreed.Provider)
                .Put(Sessions, Document, session with { Disputed = true }).Put(Disputes, Document, new OpenDispute(onHold, Claim, null))
                .Wake(new NoAnswer(Document), at: facts.Now.PlusDays(DaysToAnswer)).Emit(new Disputed(Document, onHold, Claim));
        }
    }

    /// <summary>The Provider answers a dispute, which then waits for the Arbiter.</summary>
    /// <param name="Document">Of the session.</param>
    /// <param name="Reply">Commitment to what the Provider says.</param>
    public readonly record struct Answer(Hash Document, Hash Reply) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            facts.Find(Disputes, Document) is not { Answer: null } dispute ? NotInDispute
            : facts.Accept(agreed).Put(Disputes, Document, dispute with { Answer = Reply }).Cancel(new NoAnswer(Document))
                .Wake(new NoRuling(Document), at: facts.Now.PlusDays(DaysToRule)).Emit(new Answered(Document, Reply));
    }

    /// <summary>The Provider gives in: the session costs nothing.</summary>
    /// <param name="Document">Of the session.</param>
    public readonly record struct Concede(Hash Document) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            facts.Find(Disputes, Document) is null ? NotInDispute : agreed.Settle(facts, Document, Settlement.Conceded, struck: null);
    }

    /// <summary>The Customer gives up: the session costs what was charged.</summary>
    /// <param name="Document">Of the session.</param>
    public readonly record struct Drop(Hash Document) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            facts.Find(Disputes, Document) is null ? NotInDispute : agreed.Settle(facts, Document, Settlement.Dropped, agreed.Currency.Of(0));
    }

    /// <summary>The Arbiter rules how much of the cost is struck.</summary>
    /// <param name="Document">Of the session.</param>
    /// <param name="CustomersPart">What is struck from the cost: from nothing to all of it.</param>
    public readonly record struct Rule(Hash Document, Amount CustomersPart) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            if (CustomersPart.Unit != agreed.Currency) return NotThisMoney;
            if (facts.Find(Disputes, Document) is not { Answer: not null } || facts.Find(Sessions, Document) is not { } session) return NotInDispute;
            return CustomersPart.Minor < 0 || CustomersPart > session.Cost ? NotLess : agreed.Settle(facts, Document, Settlement.Ruled, CustomersPart);
        }
    }

    /// <summary>The Provider has not answered in time: the session costs nothing.</summary>
    public readonly record struct NoAnswer(Hash Document) : IDue<MeteredUse>
    {
        public Accepted<MeteredUse> Decide(MeteredUse agreed, Facts facts) => agreed.Settle(facts, Document, Settlement.Unanswered, struck: null);
    }

    /// <summary>The Arbiter has not ruled in time: the session costs what was charged.</summary>
    public readonly record struct NoRuling(Hash Document) : IDue<MeteredUse>
    {
        public Accepted<MeteredUse> Decide(MeteredUse agreed, Facts facts) => agreed.Settle(facts, Document, Settlement.Unruled, agreed.Currency.Of(0));
    }

    /// <summary>The Customer pays in.</summary>
    public readonly record struct TopUp(Amount Amount) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : facts.Accept(agreed).Hold(Amount, from: agreed.Customer).Emit(new ToppedUp(Amount));
    }

    /// <summary>The Customer, or the Provider, replaces its mandate by a new one.</summary>
    /// <param name="Payer">Whose it is.</param>
    /// <param name="Mandate">What takes the place of the one before.</param>
    public readonly record struct Renew(Party Payer, Mandate Mandate) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(Payer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            Payer != agreed.Customer && Payer != agreed.Provider ? NotAPayer
            : Mandate.InAll.Unit != agreed.Currency ? NotThisMoney
            : facts.Accept(agreed).Allow(Payer, Mandate).Emit(new Renewed(Payer, Mandate));
    }

    /// <summary>Both accept a meter, or accept again one that was dropped: it goes on from what it showed last.</summary>
    public readonly record struct AcceptMeter(Party Meter) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider, agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) => facts.Find(Meters, Meter) switch
        {
            { Accepted: true } => NotAMeterHere,
            var before => facts.Accept(agreed).Put(Meters, Meter, new Meter(true, before?.Register, before?.At)).Emit(new MeterAccepted(Meter)),
        };
    }

    /// <summary>Both drop a meter: what it signs is charged no more.</summary>
    public readonly record struct DropMeter(Party Meter) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider, agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) =>
            facts.Find(Meters, Meter) is not { Accepted: true } meter ? NotAMeterHere
            : facts.Accept(agreed).Put(Meters, Meter, meter with { Accepted = false }).Emit(new MeterDropped(Meter));
    }

    /// <summary>Both agree that meters have to be in force in a register, from now on.</summary>
    /// <param name="Register">The register; none: no longer.</param>
    public readonly record struct Bind(Agreement<DeviceRegister>? Register) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Provider, agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts) => facts.Accept(agreed with { Register = Register }).Emit(new Bound(Register));
    }

    /// <summary>The Customer sets beforehand what holds for each session that begins from now on, until the next wish.</summary>
    /// <param name="AtMost">A session costs at most this, VAT included; the Provider stops it in time.</param>
    /// <param name="OnlySurplus">Only from what the Provider's own sun gives beyond its own use.</param>
    /// <param name="Wanted">How much energy is wanted.</param>
    /// <param name="FullBy">By which minute of the day, in the tariff's local time, the energy that is wanted is to be in, surplus or not.</param>
    public readonly record struct Wishes(Amount? AtMost, bool OnlySurplus, Amount? Wanted, ushort? FullBy) : IClause<MeteredUse>
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => Signers.All(agreed.Customer);

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            var wish = new SessionWish(facts.Now, AtMost, OnlySurplus, Wanted, FullBy);
            if (!wish.IsPossible(agreed.Currency, facts.Of(agreed.Tariff).State.Terms.Energy)) return NotAWish;
            var wished = facts.Accept(agreed with { Wish = wish });
            // One that was in force for no second was never in force.
            if (agreed.Wish is { } before && before.Since < facts.Now) wished.Put(EarlierWishes, facts.Now, before);
            return wished.Emit(new Wished(wish));
        }
    }

    /// <summary>Either side ends it, and the Customer has back what is left of what was paid in. While one owes the other, it takes whoever is owed.</summary>
    public readonly record struct End : IClause<MeteredUse>, IExit
    {
        public Signers MustSign(MeteredUse agreed, Facts facts) => (agreed.Arrears.IsZero, agreed.Overpaid.IsZero) switch
        {
            (true, true) => Signers.Any(agreed.Provider, agreed.Customer),
            (false, true) => Signers.All(agreed.Provider),
            (true, false) => Signers.All(agreed.Customer),
            _ => Signers.All(agreed.Provider, agreed.Customer),
        };

        public Outcome<MeteredUse> Decide(MeteredUse agreed, Facts facts)
        {
            if (facts.Count(Disputes) > 0) return InDispute;
            var left = facts.Held(agreed.Currency);
            return facts.Accept(agreed).Pay(left, to: agreed.Customer).Emit(new Ended(left)).End();
        }
    }

    public readonly record struct Agreed(Party Provider, Party Customer, Agreement<Tariff> Tariff) : IEvent;
    public readonly record struct Charged(
        Hash Document, Party Meter, Instant Begin, Instant End, Amount Energy, Amount Net, Amount Vat, Amount Cost, Amount Paid) : IEvent;
    public readonly record struct Collected(Hash Document, Amount ByCustomer, Amount ByProvider) : IEvent;
    public readonly record struct Credited(Hash Document, Amount Was, Amount Is, Amount Vat, Amount GivenBack, Hash CreditNote) : IEvent;
    public readonly record struct Disputed(Hash Document, Amount OnHold, Hash Claim) : IEvent;
    public readonly record struct Answered(Hash Document, Hash Reply) : IEvent;
    public readonly record struct Settled(Hash Document, Settlement How, Amount Cost, Amount Vat, Amount ToCustomer, Amount ToProvider) : IEvent;
    public readonly record struct ToppedUp(Amount Amount) : IEvent;
    public readonly record struct Renewed(Party Payer, Mandate Mandate) : IEvent;
    public readonly record struct MeterAccepted(Party Meter) : IEvent;
    public readonly record struct MeterDropped(Party Meter) : IEvent;
    public readonly record struct Ended(Amount ToCustomer) : IEvent;
    public readonly record struct Bound(Agreement<DeviceRegister>? Register) : IEvent;
    public readonly record struct Wished(SessionWish Wish) : IEvent;

    public static readonly Contract<MeteredUse> Contents = new Contract<MeteredUse>(code: 4, version: 1, Codecs.MeteredUse.State)
        .Opens(1, Codecs.MeteredUse.Agree).Does(2, Codecs.MeteredUse.Charge).Does(3, Codecs.MeteredUse.Collect).Corrects(4, Codecs.MeteredUse.Credit)
        .Does(5, Codecs.MeteredUse.Dispute).Does(6, Codecs.MeteredUse.Answer).Does(7, Codecs.MeteredUse.Concede).Does(8, Codecs.MeteredUse.Drop).Does(9, Codecs.MeteredUse.Rule)
        .FallsDue(10, Codecs.MeteredUse.NoAnswer).FallsDue(11, Codecs.MeteredUse.NoRuling).Does(12, Codecs.MeteredUse.TopUp).Does(13, Codecs.MeteredUse.Renew)
        .Does(14, Codecs.MeteredUse.AcceptMeter).Does(15, Codecs.MeteredUse.DropMeter).Does(16, Codecs.MeteredUse.End).Does(17, Codecs.MeteredUse.Bind).Does(18, Codecs.MeteredUse.Wishes)
        .Tells(1, Codecs.MeteredUse.Agreed).Tells(2, Codecs.MeteredUse.Charged).Tells(3, Codecs.MeteredUse.Collected).Tells(4, Codecs.MeteredUse.Credited)
        .Tells(5, Codecs.MeteredUse.Disputed).Tells(6, Codecs.MeteredUse.Answered).Tells(7, Codecs.MeteredUse.Settled).Tells(8, Codecs.MeteredUse.ToppedUp)
        .Tells(9, Codecs.MeteredUse.Renewed).Tells(10, Codecs.MeteredUse.MeterAccepted).Tells(11, Codecs.MeteredUse.MeterDropped).Tells(12, Codecs.MeteredUse.Ended)
        .Tells(13, Codecs.MeteredUse.Bound).Tells(14, Codecs.MeteredUse.Wished)
        .Keeps(Meters, Codecs.MeteredUse.Meter).Keeps(Sessions, Codecs.Session).Keeps(Disputes, Codecs.OpenDispute).Keeps(EarlierWishes, Codecs.SessionWish)
        .Refuses(NotThreeParties, NotThisMoney, NotTheMeter, ChargedAlready, RunsBack, NoReading, AheadOfTime, NoTariffThen, CannotBePriced, NoSuchSession, NotLess, InDispute)
        .Refuses(NotInDispute, CannotBeDisputed, TooManyDisputes, NothingToCollect, NotAMeterHere, NotAPayer, NotInForce, NotAWish);

    // The wish that was in force when a session began: who wishes later does not make a charge that is under way cost less.
    private SessionWish? WishAt(Instant begin, Facts facts)
    {
        if (Wish is not { } latest || begin >= latest.Since) return Wish;
        foreach (var (_, earlier) in facts.Next(EarlierWishes, after: (Instant?)begin, atMost: 1)) return begin >= earlier.Since ? earlier : null;
        return null;
    }

    // Out of what is paid in, then under the Customer's mandate, as far as both go. What is on hold for disputes is nobody's yet.
    private (Amount OutOfHeld, Amount ByMandate) Payable(Amount cost, Facts facts)
    {
        var free = facts.Held(Currency);
        if (!free.IsZero)
            foreach (var (_, dispute) in facts.Next(Disputes, after: (Hash?)null, DisputesAtMost)) free -= dispute.OnHold;
        var outOfHeld = cost.OrAtMost(free);
        return (outOfHeld, facts.UnderMandate(cost - outOfHeld, Customer));
    }

    // Never faults, for the deadlines rest on it: it moves exactly what is on hold for this session. Nothing named as struck is all of the cost.
    private Accepted<MeteredUse> Settle(Facts facts, Hash document, Settlement how, Amount? struck)
    {
        if (facts.Find(Disputes, document) is not { } dispute || facts.Find(Sessions, document) is not { } was) return facts.Accept(this);
        var (now, toCustomer, toProvider) = Division.Of(was, dispute.OnHold, struck ?? was.Cost);
        return facts.Accept(With(was, now)).Pay(toCustomer, to: Customer).Pay(toProvider, to: Provider)
            .Put(Sessions, document, now).Remove(Disputes, document).Cancel(new NoAnswer(document)).Cancel(new NoRuling(document))
            .Emit(new Settled(document, how, now.Cost, now.Vat, toCustomer, toProvider));
    }

    // The very same object where nothing changes: it is neither encoded nor hashed again.
    private MeteredUse With(Session? was, in Session now)
    {
        var (arrears, overpaid) = (Arrears + now.Arrears, Overpaid + now.Overpaid);
        if (was is { } before) (arrears, overpaid) = (arrears - before.Arrears, overpaid - before.Overpaid);
        return arrears == Arrears && overpaid == Overpaid ? this : this with { Arrears = arrears, Overpaid = overpaid };
    }
}
