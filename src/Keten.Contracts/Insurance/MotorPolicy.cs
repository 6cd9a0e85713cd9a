using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>
/// An Insurer covers a vehicle that the Holder keeps. The premium of a year follows from the tariff and what was stated, and is paid in instalments under a mandate; driving is paid besides, by what
/// the vehicle's box has signed. What is paid is held until it is earned. Who does not pay is warned, and then not covered any more; who leaves has the rest back; who has no claim pays less the
/// year after.
/// </summary>
/// <param name="Insurer">Who bears the risk, and is paid.</param>
/// <param name="Holder">Who keeps the vehicle, and pays.</param>
/// <param name="Box">Who signs how far the vehicle was driven, and that it crashed.</param>
/// <param name="Tariff">By which it is priced.</param>
/// <param name="Register">Where the vehicle is registered.</param>
/// <param name="Vin">Which vehicle.</param>
/// <param name="Risk">What was stated.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="BoughtAt">When the Holder accepted; until then, until when the quote can be accepted.</param>
/// <param name="Year">The year that is running.</param>
/// <param name="Driving">What has been driven.</param>
/// <param name="Account">What was billed, paid and earned.</param>
/// <param name="Claims">Claims that have been counted since the class was last set.</param>
/// <param name="Next">What the next year will cost, once that is offered.</param>
/// <param name="LastYear">Whether one of the two has said that there is to be no other.</param>
/// <param name="Lapses">When the cover lapses unless what is owed is paid.</param>
public sealed record MotorPolicy(
    Party Insurer, Party Holder, Party Box, Agreement<InsuranceTariff> Tariff, Agreement<Registration> Register, string Vin, StatedRisk Risk, PolicyStage Stage, Instant BoughtAt, PolicyYear Year,
    Driving Driving, PremiumAccount Account, uint Claims, PricedRisk? Next, bool LastYear, Instant? Lapses) : IReadBy
{
    /// <summary>A quote can be accepted for so many days at most.</summary>
    public const int DaysToAccept = 60;

    /// <summary>Cover begins so many days ahead at most.</summary>
    public const int DaysAhead = 90;

    /// <summary>The next year is offered so many days before the year ends.</summary>
    public const int DaysOfOffer = 30;

    /// <summary>No policy has more years.</summary>
    public const int YearsAtMost = 40;

    /// <summary>A box's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<MotorPolicy> NotThreeParties = new(1, "Insurer, holder and box are three parties of this ledger.");
    public static readonly Refusal<MotorPolicy> NotTheKeeper = new(2, "The vehicle is not on the register, is reported stolen, or the holder is not its keeper.");
    public static readonly Refusal<MotorPolicy> NotOnTheTariff = new(3, "The tariff is closed, or has no such level or class.");
    public static readonly Refusal<MotorPolicy> NotATime = new(4, "Cover begins at the beginning of a day in UTC, today or within 90 days, and a quote can be accepted for 60 days at most.");
    public static readonly Refusal<MotorPolicy> NotInstalments = new(5, "A premium is paid in 1, 2, 4 or 12 instalments.");
    public static readonly Refusal<MotorPolicy> NotThisMoney = new(6, "The amount or mandate is of another unit, or of nothing.");
    public static readonly Refusal<MotorPolicy> NotNow = new(7, "That is not possible at this stage, or has been said already, or comes too late.");
    public static readonly Refusal<MotorPolicy> NotTheBox = new(8, "The reading is not signed by the vehicle's box, or is for another agreement.");
    public static readonly Refusal<MotorPolicy> CountedAlready = new(9, "A reading of that number or a higher one has been counted already.");
    public static readonly Refusal<MotorPolicy> RunsBack = new(10, "The box shows less, or an earlier time, than in its last reading.");
    public static readonly Refusal<MotorPolicy> AheadOfTime = new(11, "The reading is of a later time than it is.");
    public static readonly Refusal<MotorPolicy> MoreThanTime = new(12, "The vehicle would have been driven for longer than the time between, or faster than any goes.");
    public static readonly Refusal<MotorPolicy> NothingOwed = new(13, "Nothing is owed, or less than that, or nothing can be collected now.");
    public static readonly Refusal<MotorPolicy> StillTheKeeper = new(14, "The holder still keeps the vehicle.");
    public static readonly Refusal<MotorPolicy> NotAClaim = new(15, "There is no such claim under this policy, it is not closed, nothing of it remains paid, or it has been counted already.");
    public static readonly Refusal<MotorPolicy> NotAPartyHere = new(16, "Only insurer and holder say so.");
    public static readonly Refusal<MotorPolicy> NotSoMuch = new(17, "The insurer has not had so much.");

    /// <summary>When there was cover, by its first moment.</summary>
    public static readonly Records<Instant, Cover> Covers = new(1);

    /// <summary>The claims that have been counted.</summary>
    public static readonly Records<CountedClaim, Counted> CountedClaims = new(2);

    /// <summary>A stretch of cover.</summary>
    /// <param name="Until">When it ended, or ends: from that moment on there is none.</param>
    /// <param name="Terms">What was paid of a damage in it.</param>
    public readonly record struct Cover(Instant Until, CoverTerms Terms);
    public readonly record struct CountedClaim(Agreement<MotorClaims> Claims, uint Number);
    public readonly record struct Counted(Instant At);

    /// <summary>What a box signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Counter">What it shows.</param>
    public readonly record struct Driven(Agreement<MotorPolicy> For, DriveCounter Counter);

    /// <summary>Insurer and Holder. Who is to see more is handed a receipt.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Insurer, Holder);

    /// <summary>What other agreements ask: the cover that was in force at a moment; null where there was none, or the Holder no longer kept the vehicle then.</summary>
    public static Cover? CoverAt(Facts facts, Agreement<MotorPolicy> agreement, Instant at)
    {
        var policy = facts.Of(agreement);
        if (policy.State.KeeperUntil(facts) is { } sold && at >= sold) return null;
        foreach (var (from, cover) in policy.Next(Covers, after: (Instant?)null, YearsAtMost))
            if (at >= from && at < cover.Until) return cover;
        return null;
    }

    /// <summary>The Insurer quotes, by its tariff and what was stated.</summary>
    /// <param name="Tariff">By which it is priced; its insurer is this one.</param>
    /// <param name="Register">Where the vehicle is registered.</param>
    /// <param name="Vin">Which vehicle.</param>
    /// <param name="Holder">Its keeper.</param>
    /// <param name="Box">Who signs what is driven.</param>
    /// <param name="Start">What the box shows now; only what comes after is paid for.</param>
    /// <param name="Risk">What was stated.</param>
    /// <param name="Class">Of bonus and malus; none, where there is no record.</param>
    /// <param name="Instalments">In how many the premium is paid: 1, 2, 4 or 12.</param>
    /// <param name="From">When the cover begins: the beginning of a day in UTC, today or within 90 days.</param>
    /// <param name="Until">Until when it can be accepted.</param>
    public sealed record Quote(
        Agreement<InsuranceTariff> Tariff, Agreement<Registration> Register, string Vin, Party Holder, Party Box, DriveCounter Start, StatedRisk Risk, byte? Class, byte Instalments, Instant From,
        Instant Until) : IOpening<MotorPolicy>
    {
        public Signers MustSign(Facts facts) => Signers.All(facts.Of(Tariff).State.Insurer);

        public Outcome<MotorPolicy> Decide(Facts facts)
        {
            var tariff = facts.Of(Tariff).State;
            if (Holder == tariff.Insurer || Holder == Box || Box == tariff.Insurer || !facts.Knows(Box)) return NotThreeParties;
            if (Registration.Find(facts.Of(Register), Vin) is not { IsFree: true } vehicle || vehicle.Keeper != Holder) return NotTheKeeper;
            if (tariff.Closed || tariff.Terms.Price(Risk.Levels, Class ?? tariff.Terms.Scale.First) is not { } priced) return NotOnTheTariff;
            if (!PolicyYear.CanBePaidIn(Instalments)) return NotInstalments;
            var isDay = From.Seconds % Instant.Day == 0 && From.DayNumber >= facts.Now.DayNumber && From <= facts.Now.PlusDays(DaysAhead);
            if (!isDay || Until <= facts.Now || Until > facts.Now.PlusDays(DaysToAccept)) return NotATime;
            if (Start.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            return facts.Accept(new MotorPolicy(
                    tariff.Insurer, Holder, Box, Tariff, Register, Vin, Risk, PolicyStage.Quoted, Until, new PolicyYear(1, From, priced, Instalments, 0), Driving.From(Start),
                    PremiumAccount.None(tariff.Terms.Currency), 0, null, false, null))
                .Wake(new Expire(), at: Until).Emit(new Quoted(Holder, priced, From, Until));
        }
    }

    /// <summary>The Holder accepts, and pays the first instalment. The cover begins when it was agreed to.</summary>
    /// <param name="Leave">The mandate for all that follows: up to so much each time, so much in all, until.</param>
    public readonly record struct Accept(Mandate Leave) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            if (agreed.Stage != PolicyStage.Quoted || agreed.Year.From.DayNumber < facts.Now.DayNumber) return NotNow;
            if (agreed.KeeperUntil(facts) is not null) return NotTheKeeper;
            if (Leave.InAll.Unit != agreed.Currency) return NotThisMoney;
            var first = agreed.Year.InstalmentAt(0);
            var bought = agreed with { Stage = PolicyStage.Running, BoughtAt = facts.Now, Account = agreed.Account.Bill(first) };
            return Begin(bought.Receive(facts, first), bought.Year).Allow(agreed.Holder, Leave).Cancel(new Expire()).Emit(new Bought(agreed.Holder, first));
        }
    }

    /// <summary>Nobody has accepted the quote in time.</summary>
    public readonly record struct Expire : IDue<MotorPolicy>, IExit
    {
        public Accepted<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) => facts.Accept(agreed).Emit(new Expired()).End();
    }

    /// <summary>What the box signed is counted. Anybody may hand it in; it belongs to the month in which that is done.</summary>
    /// <param name="Reading">Signed by the box.</param>
    public readonly record struct Drive(Signed<Driven> Reading) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            var (by, (agreement, now)) = Reading;
            var last = agreed.Driving.Last;
            if (by != agreed.Box || agreement != facts.Self<MotorPolicy>()) return NotTheBox;
            if (agreed.Stage != PolicyStage.Running) return NotNow;
            if (now.Number <= last.Number) return CountedAlready;
            if (now.RunsBehind(last)) return RunsBack;
            if (now.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            if (now.OutrunsTime(last)) return MoreThanTime;
            return facts.Accept(agreed with { Driving = agreed.Driving with { Last = now } }).Emit(new Counts(now.Number, now.Metres - last.Metres, now.Seconds - last.Seconds));
        }
    }

    /// <summary>A month is over: its part of the premium is earned, its driving is billed, an instalment may be due, and what is owed is collected. The last one begins the next year, or is the end.</summary>
    public readonly record struct Settle : IDue<MotorPolicy>
    {
        public Accepted<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            if (agreed.KeeperUntil(facts) is { } sold) return agreed.Finish(facts, sold, PolicyEnd.NotTheKeeper);
            var (was, driven) = (agreed.Year, agreed.Driving.Cost(agreed.Year.Risk.Driving));
            var isYearOver = was.Months + 1 == PolicyYear.MonthsInAll;
            if (isYearOver && agreed.Next is null) return agreed.Finish(facts, was.Until, PolicyEnd.RanOut);
            var now = !isYearOver || agreed.Next is not { } next ? was with { Months = (byte)(was.Months + 1) } : new PolicyYear(was.Number + 1, was.Until, next, was.Instalments, 0);
            var due = agreed with
            {
                Year = now, Driving = agreed.Driving.Billed, Next = isYearOver ? null : agreed.Next,
                Account = agreed.Account.Bill(driven).Earn(was.Monthly + driven).Bill(now.InstalmentAt(now.Months)),
            };
            var paid = facts.UnderMandate(due.Account.Owed, agreed.Holder);
            var settled = due.Receive(facts, paid).Emit(new Settled(was.MonthBegan, was.Monthly, driven, paid, due.Account.Owed - paid));
            return isYearOver ? Begin(settled, now).Emit(new Renewed(now.Number, now.Risk)) : settled.Wake(new Settle(), at: now.MonthEnds);
        }
    }

    /// <summary>The Holder pays what is owed, or a part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Account.Owed ? NothingOwed
            : agreed.Receive(facts, Amount).Emit(new Received(Amount, agreed.Account.Owed - Amount));
    }

    /// <summary>The Insurer collects what is owed, as far as the mandate and the Holder's account go.</summary>
    public readonly record struct Collect : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            var amount = facts.UnderMandate(agreed.Account.Owed, agreed.Holder);
            return amount.IsZero ? NothingOwed : agreed.Receive(facts, amount).Emit(new Received(amount, agreed.Account.Owed - amount));
        }
    }

    /// <summary>The days of grace are over, and something is still owed: the cover ends, and of the premium only what was earned is owed.</summary>
    public readonly record struct Lapse : IDue<MotorPolicy>, IExit
    {
        public Accepted<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) => agreed.Finish(facts, facts.Now, PolicyEnd.Lapsed);
    }

    /// <summary>The next year is offered: the class follows from the claims that were counted, and the price from the tariff as it is now. Where the Holder says nothing, it begins.</summary>
    public readonly record struct Offer : IDue<MotorPolicy>
    {
        public Accepted<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            var tariff = facts.Of(agreed.Tariff).State;
            var @class = tariff.Terms.Scale.Next(agreed.Year.Risk.Class, agreed.Claims);
            var ends = agreed.LastYear || tariff.Closed || agreed.Year.Number >= YearsAtMost;
            return ends || tariff.Terms.Price(agreed.Risk.Levels, @class) is not { } next ? facts.Accept(agreed).Emit(new NotRenewed())
                : facts.Accept(agreed with { Next = next, Claims = 0 }).Emit(new Offered(next, agreed.Claims));
        }
    }

    /// <summary>One of the two wants no other year. The Insurer says so before it would offer one; the Holder may until the year ends.</summary>
    /// <param name="By">Which.</param>
    public readonly record struct Decline(Party By) : IClause<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(By);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            By != agreed.Insurer && By != agreed.Holder ? NotAPartyHere
            : agreed.Stage != PolicyStage.Running || agreed.LastYear || (By == agreed.Insurer && facts.Now >= agreed.Year.Until.PlusDays(-DaysOfOffer)) ? NotNow
            : facts.Accept(agreed with { LastYear = true, Next = null }).Emit(new Declined(By));
    }

    /// <summary>The Holder leaves at once, and has back what was paid and not earned. An Insurer steps back from a quote in the same way.</summary>
    public readonly record struct Cancel : IClause<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Stage == PolicyStage.Quoted ? agreed.Insurer : agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) => agreed.Stage switch
        {
            PolicyStage.Quoted => facts.Accept(agreed).Emit(new Expired()).End(),
            // What is still owed is left to the mandate: the Holder has signed to leave, and not to pay.
            PolicyStage.Running => agreed.Finish(facts, facts.Now, PolicyEnd.Cancelled, collects: false),
            _ => NotNow,
        };
    }

    /// <summary>The Holder has sold the vehicle: the cover ended with that, and the rest goes back. Anybody may say so; the register shows it.</summary>
    public readonly record struct EndBySale : IClause<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            agreed.Stage != PolicyStage.Running ? NotNow
            : agreed.KeeperUntil(facts) is not { } sold ? StillTheKeeper : agreed.Finish(facts, sold, PolicyEnd.NotTheKeeper);
    }

    /// <summary>A claim under this policy has been closed, and something was paid that nobody who caused it has paid back: it counts at the next offer. Anybody may hand it in.</summary>
    /// <param name="Claims">Where it was handled.</param>
    /// <param name="Number">Its number there.</param>
    public readonly record struct CountClaim(Agreement<MotorClaims> Claims, uint Number) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            var (claims, key) = (facts.Of(Claims), new CountedClaim(Claims, Number));
            if (agreed.Stage != PolicyStage.Running) return NotNow;
            if (claims.State.Policy != facts.Self<MotorPolicy>() || facts.Find(CountedClaims, key) is not null) return NotAClaim;
            if (claims.Find(MotorClaims.Cases, new(Number)) is not { Stage: ClaimStage.Closed } claim || claim.Recovered >= claim.Paid) return NotAClaim;
            return facts.Accept(agreed with { Claims = agreed.Claims + 1 }).Put(CountedClaims, key, new Counted(facts.Now)).Emit(new ClaimCounted(Claims, Number));
        }
    }

    /// <summary>Both put right what was stated. The price follows at the next offer.</summary>
    /// <param name="Risk">What is right.</param>
    public sealed record Restate(StatedRisk Risk) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Insurer, agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            agreed.Stage != PolicyStage.Running ? NotNow
            : facts.Of(agreed.Tariff).State.Terms.Price(Risk.Levels, agreed.Year.Risk.Class) is null ? NotOnTheTariff
            : facts.Accept(agreed with { Risk = Risk }).Emit(new Restated(Risk));
    }

    /// <summary>Both accept another box, or what this one shows after a repair. What was driven until then stays billed as it was.</summary>
    /// <param name="Box">Who signs from now on.</param>
    /// <param name="Start">What it shows now.</param>
    public readonly record struct Exchange(Party Box, DriveCounter Start) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Insurer, agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            if (agreed.Stage != PolicyStage.Running) return NotNow;
            if (Box == agreed.Insurer || Box == agreed.Holder || !facts.Knows(Box)) return NotThreeParties;
            if (Start.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            var driven = agreed.Driving.Cost(agreed.Year.Risk.Driving);
            return facts.Accept(agreed with { Box = Box, Driving = Driving.From(Start), Account = agreed.Account.Bill(driven).Earn(driven) }).Emit(new Exchanged(agreed.Box, Box, Start));
        }
    }

    /// <summary>The Holder replaces the mandate by a new one.</summary>
    /// <param name="Leave">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Leave) : IClause<MotorPolicy>
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            agreed.Stage == PolicyStage.Quoted ? NotNow
            : Leave.InAll.Unit != agreed.Currency ? NotThisMoney : facts.Accept(agreed).Allow(agreed.Holder, Leave).Emit(new MandateRenewed(Leave));
    }

    /// <summary>The Insurer lets go what is still owed when all is over.</summary>
    public readonly record struct Waive : IClause<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts)
        {
            if (agreed.Stage != PolicyStage.Over) return NotNow;
            var owed = agreed.Account.Owed;
            return facts.Accept(agreed with { Account = agreed.Account.Less(agreed.Currency.Of(0), owed) }).Emit(new Waived(owed)).End();
        }
    }

    /// <summary>The Insurer gives back premium that it should not have had, also when all is over.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Amount Amount, Hash Reason) : ICorrection<MotorPolicy>, IExit
    {
        public Signers MustSign(MotorPolicy agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<MotorPolicy> Decide(MotorPolicy agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Account.Passed ? NotSoMuch
            : facts.Accept(agreed with { Account = agreed.Account.Less(Amount, agreed.Currency.Of(0)) }).Move(Amount, from: agreed.Insurer, to: agreed.Holder).Emit(new GivenBack(Amount, Reason));
    }

    public readonly record struct Quoted(Party Holder, PricedRisk Risk, Instant From, Instant Until) : IEvent;
    public readonly record struct Bought(Party Holder, Amount First) : IEvent;
    public readonly record struct Expired : IEvent;
    public readonly record struct Counts(uint Number, uint Metres, uint Seconds) : IEvent;
    public readonly record struct Settled(Instant Began, Amount Earned, Amount Driven, Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Received(Amount Paid, Amount Owed) : IEvent;
    public readonly record struct InArrears(Amount Owed, Instant Lapses) : IEvent;
    public readonly record struct Offered(PricedRisk Risk, uint Claims) : IEvent;
    public readonly record struct NotRenewed : IEvent;
    public readonly record struct Renewed(uint Year, PricedRisk Risk) : IEvent;
    public readonly record struct Declined(Party By) : IEvent;
    public readonly record struct ClaimCounted(Agreement<MotorClaims> Claims, uint Number) : IEvent;
    public readonly record struct Restated(StatedRisk Risk) : IEvent;
    public readonly record struct Exchanged(Party Was, Party Is, DriveCounter Start) : IEvent;
    public readonly record struct MandateRenewed(Mandate Leave) : IEvent;
    public readonly record struct Finished(PolicyEnd Why, Instant At, Amount Back, Amount Owed) : IEvent;
    public readonly record struct Waived(Amount Owed) : IEvent;
    public readonly record struct GivenBack(Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<MotorPolicy> Contents = new Contract<MotorPolicy>(code: 51, version: 1, Codecs.MotorPolicy.State)
        .Opens(1, Codecs.MotorPolicy.Quote).Does(2, Codecs.MotorPolicy.Accept).FallsDue(3, Codecs.MotorPolicy.Expire).Does(4, Codecs.MotorPolicy.Drive).FallsDue(5, Codecs.MotorPolicy.Settle)
        .Does(6, Codecs.MotorPolicy.Pay).Does(7, Codecs.MotorPolicy.Collect).FallsDue(8, Codecs.MotorPolicy.Lapse).FallsDue(9, Codecs.MotorPolicy.Offer).Does(10, Codecs.MotorPolicy.Decline)
        .Does(11, Codecs.MotorPolicy.Cancel).Does(12, Codecs.MotorPolicy.EndBySale).Does(13, Codecs.MotorPolicy.CountClaim).Does(14, Codecs.MotorPolicy.Restate)
        .Does(15, Codecs.MotorPolicy.Exchange).Does(16, Codecs.MotorPolicy.Renew).Does(17, Codecs.MotorPolicy.Waive).Corrects(18, Codecs.MotorPolicy.GiveBack)
        .Tells(1, Codecs.MotorPolicy.Quoted).Tells(2, Codecs.MotorPolicy.Bought).Tells(3, Codecs.MotorPolicy.Expired).Tells(4, Codecs.MotorPolicy.Counts).Tells(5, Codecs.MotorPolicy.Settled)
        .Tells(6, Codecs.MotorPolicy.Received).Warns(7, "arrears", Codecs.MotorPolicy.InArrears).Tells(8, Codecs.MotorPolicy.Offered).Tells(9, Codecs.MotorPolicy.NotRenewed)
        .Tells(10, Codecs.MotorPolicy.Renewed).Tells(11, Codecs.MotorPolicy.Declined).Tells(12, Codecs.MotorPolicy.ClaimCounted).Tells(13, Codecs.MotorPolicy.Restated)
        .Tells(14, Codecs.MotorPolicy.Exchanged).Tells(15, Codecs.MotorPolicy.MandateRenewed).Tells(16, Codecs.MotorPolicy.Finished).Tells(17, Codecs.MotorPolicy.Waived)
        .Tells(18, Codecs.MotorPolicy.GivenBack)
        .Keeps(Covers, Codecs.MotorPolicy.Cover).Keeps(CountedClaims, Codecs.MotorPolicy.CountedClaimKey, Codecs.MotorPolicy.Counted)
        .Refuses(NotThreeParties, NotTheKeeper, NotOnTheTariff, NotATime, NotInstalments, NotThisMoney, NotNow, NotTheBox, CountedAlready, RunsBack, AheadOfTime, MoreThanTime)
        .Refuses(NothingOwed, StillTheKeeper, NotAClaim, NotAPartyHere, NotSoMuch);

    private Unit Currency => Account.Billed.Unit;

    // Null while the Holder keeps the vehicle, and it is on the register.
    private Instant? KeeperUntil(Facts facts) =>
        Registration.Find(facts.Of(Register), Vin) is not { Standing: Standing.Registered } vehicle ? facts.Now : vehicle.Keeper == Holder ? null : vehicle.Since;

    private static Accepted<MotorPolicy> Begin(Accepted<MotorPolicy> accepted, PolicyYear year) =>
        accepted.Put(Covers, year.From, new Cover(year.Until, year.Risk.Cover)).Wake(new Settle(), at: year.MonthEnds).Wake(new Offer(), at: year.Until.PlusDays(-DaysOfOffer));

    // The Holder pays so much, what is earned is passed on, and who still owes something is warned, once.
    private Accepted<MotorPolicy> Receive(Facts facts, Amount paid)
    {
        var (account, passed) = Account.Receive(paid);
        var warns = Stage == PolicyStage.Running && !account.Owed.IsZero && Lapses is null;
        var lapses = account.Owed.IsZero || Stage == PolicyStage.Over ? default(Instant?) : Lapses ?? facts.Now.PlusDays(facts.Of(Tariff).State.Terms.DaysOfGrace);
        var accepted = facts.Accept(this with { Account = account, Lapses = lapses }).Hold(paid, from: Holder).Pay(passed, to: Insurer);
        if (warns && lapses is { } at) accepted.Wake(new Lapse(), at).Emit(new InArrears(account.Owed, at));
        if (Lapses is not null && lapses is null) accepted.Cancel(new Lapse());
        return Stage == PolicyStage.Over && account.Owed.IsZero ? accepted.End() : accepted;
    }

    // The end: the running month is earned up to that moment, the driving is billed, and either the Holder has something back or something is owed.
    private Accepted<MotorPolicy> Finish(Facts facts, Instant ended, PolicyEnd why, bool collects = true)
    {
        var at = ended < Year.MonthBegan ? Year.MonthBegan : ended > Year.MonthEnds ? Year.MonthEnds : ended;
        var driven = Driving.Cost(Year.Risk.Driving);
        var (account, back) = Account.Bill(driven).Earn(Year.EarnedUntil(at) + driven).Close();
        var over = this with { Stage = PolicyStage.Over, Driving = Driving.Billed, Account = account, Next = null };
        var paid = collects ? facts.UnderMandate(account.Owed, Holder) : Currency.Of(0);
        var until = ended < Year.From ? Year.From : ended < Year.Until ? ended : Year.Until;
        return over.Receive(facts, paid).Pay(back, to: Holder).Put(Covers, Year.From, new Cover(until, Year.Risk.Cover)).Cancel(new Settle()).Cancel(new Offer()).Cancel(new Lapse())
            .Emit(new Finished(why, at, back, account.Owed - paid));
    }
}
