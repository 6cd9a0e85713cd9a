using Keten.Contracts.Banking;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>
/// A Lessor, who is the vehicle's keeper on the register and stays so, lets a Lessee use it for a term, for an instalment a month and a way that is in it. At the end the Lessee returns it, or buys
/// it where that was agreed. What cannot be paid is owed; what the two cannot settle about its condition the Arbiter rules.
/// </summary>
/// <param name="Lessor">Whose vehicle it is.</param>
/// <param name="Lessee">Who uses it.</param>
/// <param name="Arbiter">Who rules on damage, and says that a vehicle was returned where the Lessor does not.</param>
/// <param name="Title">Where the vehicle is registered, and its number.</param>
/// <param name="Vehicle">Who states the odometer.</param>
/// <param name="Terms">Instalment, way, option, windows.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Began">When it was handed over; before, when it was agreed.</param>
/// <param name="Instalment">Each month.</param>
/// <param name="Fallen">How many months have fallen due.</param>
/// <param name="Metres">What the odometer showed when it was handed over.</param>
/// <param name="Asked">What the Lessor claims for damage.</param>
/// <param name="Arrears">What has fallen due, and is not paid.</param>
public sealed record Lease(
    Party Lessor, Party Lessee, Party Arbiter, Security Title, Party Vehicle, LeaseTerms Terms, LeaseStage Stage, Instant Began, Amount Instalment, ushort Fallen, uint Metres, Amount Asked,
    Arrears Arrears) : IReadBy
{
    /// <summary>The Arbiter has so many days to rule on a claim that the Lessee does not accept; then it is not owed.</summary>
    public const int DaysToRule = 30;

    /// <summary>What the vehicle signed is of this day, give or take so many seconds.</summary>
    public const long SecondsOff = Instant.Day;

    public static readonly Refusal<Lease> NotThreeParties = new(1, "Lessor, lessee and arbiter are three parties, and they and the vehicle are on this ledger.");
    public static readonly Refusal<Lease> NotTheseTerms = new(2, "The terms cannot be carried out: an annuity over 1 to 600 months, all in one money, and a day at least for each window.");
    public static readonly Refusal<Lease> NotThisMoney = new(3, "The amount is of another unit, or of nothing.");
    public static readonly Refusal<Lease> NotThisMandate = new(4, "The mandate is in the money of the lease, and lasts until the vehicle is to be back.");
    public static readonly Refusal<Lease> NotNow = new(5, "That is not possible at this stage of the lease.");
    public static readonly Refusal<Lease> NoTitle = new(6, "The vehicle is not the lessor's on the register when it is handed over, or not the lessee's when it is bought.");
    public static readonly Refusal<Lease> NotTheVehicle = new(7, "The odometer is not signed by the vehicle, is for another lease, or is not of this day.");
    public static readonly Refusal<Lease> RunsBack = new(8, "The odometer shows less than when the vehicle was handed over.");
    public static readonly Refusal<Lease> NothingOwed = new(9, "Nothing is owed, or less than that, or nothing can be collected now.");
    public static readonly Refusal<Lease> NotYet = new(10, "Nothing is in arrears, or not yet for the days that were agreed.");
    public static readonly Refusal<Lease> NoOption = new(11, "No purchase was agreed, or the term has not come to its end.");
    public static readonly Refusal<Lease> TooMuch = new(12, "That is more than was claimed.");

    /// <summary>What the vehicle signs.</summary>
    /// <param name="For">The lease that it is for.</param>
    /// <param name="At">When.</param>
    /// <param name="Metres">What the odometer shows.</param>
    public readonly record struct Shown(Agreement<Lease> For, Instant At, uint Metres);

    /// <summary>Those who take part.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Lessor, Lessee, Arbiter);

    /// <summary>All that is owed on a day, late interest in it.</summary>
    public Amount OwedOn(Instant day) => Arrears.At(day, Terms.Arrears.Late).Owed;

    /// <summary>They agree; the vehicle waits to be handed over.</summary>
    /// <param name="Lessor">Whose vehicle it is.</param>
    /// <param name="Lessee">Who uses it.</param>
    /// <param name="Arbiter">Who rules on damage.</param>
    /// <param name="Title">Where the vehicle is registered, and its number.</param>
    /// <param name="Vehicle">Who states the odometer.</param>
    /// <param name="Terms">Instalment, way, option, windows.</param>
    /// <param name="Leave">The Lessee's mandate: up to so much a month, so much in all, until.</param>
    public sealed record Agree(Party Lessor, Party Lessee, Party Arbiter, Security Title, Party Vehicle, LeaseTerms Terms, Mandate Leave) : IOpening<Lease>
    {
        public Signers MustSign(Facts facts) => Signers.All(Lessor, Lessee);

        public Outcome<Lease> Decide(Facts facts)
        {
            var currency = Terms.Currency;
            if (Lessor == Lessee || Lessor == Arbiter || Lessee == Arbiter || !facts.Knows(Arbiter) || !facts.Knows(Vehicle)) return NotThreeParties;
            if (!Terms.AreWhole) return NotTheseTerms;
            var lapses = facts.Now.PlusDays(Terms.DaysToHandOver);
            var back = Plan.DueDate(lapses, Terms.Plan.Months).PlusDays(Terms.DaysToReturn);
            if (Leave.InAll.Unit != currency || Leave.Until <= back) return NotThisMandate;
            var none = currency.Of(0);
            var lease = new Lease(Lessor, Lessee, Arbiter, Title, Vehicle, Terms, LeaseStage.Agreed, facts.Now, Terms.Plan.Level, 0, 0, none, Arrears.None(currency));
            return facts.Accept(lease).Allow(Lessee, Leave).Wake(new Lapse(), at: lapses).Emit(new Agreed(Lessee, lease.Instalment));
        }
    }

    /// <summary>The Lessee takes the vehicle over, and makes the down payment. Months begin.</summary>
    /// <param name="Shown">What the vehicle signs now.</param>
    public readonly record struct TakeOver(Signed<Shown> Shown) : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts)
        {
            if (agreed.Stage != LeaseStage.Agreed) return NotNow;
            if (!agreed.IsOfVehicle(Shown, facts)) return NotTheVehicle;
            if (!agreed.IsKeptBy(agreed.Lessor, facts)) return NoTitle;
            var (metres, due) = (Shown.Statement.Metres, Plan.DueDate(facts.Now, 1));
            return facts.Accept(agreed with { Stage = LeaseStage.Running, Began = facts.Now, Metres = metres }).Move(agreed.Terms.DownPayment, from: agreed.Lessee, to: agreed.Lessor)
                .Cancel(new Lapse()).Wake(new Fall(), at: due).Emit(new TakenOver(metres, due));
        }
    }

    /// <summary>One of the two steps back before the vehicle is handed over.</summary>
    /// <param name="By">Lessor or Lessee.</param>
    public readonly record struct StepBack(Party By) : IClause<Lease>, IExit
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(By == agreed.Lessee ? By : agreed.Lessor);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) => agreed.Stage == LeaseStage.Agreed ? facts.Accept(agreed).Emit(new CalledOff()).End() : NotNow;
    }

    /// <summary>The vehicle was not taken over in time.</summary>
    public readonly record struct Lapse : IDue<Lease>, IExit
    {
        public Accepted<Lease> Decide(Lease agreed, Facts facts) => facts.Accept(agreed).Emit(new CalledOff()).End();
    }

    /// <summary>
    /// A month is over, and its instalment falls due. With the last of them the term is over; where the vehicle is not back when the window closes, each month that begins costs one more.
    /// </summary>
    public readonly record struct Fall : IDue<Lease>
    {
        public Accepted<Lease> Decide(Lease agreed, Facts facts)
        {
            var number = agreed.Fallen + 1;
            if (agreed.Stage == LeaseStage.Ending) return agreed.Charge(facts, agreed with { Fallen = (ushort)number }, agreed.Instalment).Wake(new Fall(), at: InAMonth(facts.Now));
            var (due, isLast) = (Plan.DueDate(agreed.Began, number), number == agreed.Terms.Plan.Months);
            var next = agreed with { Fallen = (ushort)number, Stage = isLast ? LeaseStage.Ending : LeaseStage.Running };
            var accepted = agreed.Charge(facts, next, agreed.Instalment).Wake(new Fall(), at: isLast ? due.PlusDays(agreed.Terms.DaysToReturn) : Plan.DueDate(agreed.Began, number + 1));
            return isLast ? accepted.Emit(new Ran(due.PlusDays(agreed.Terms.DaysToReturn))) : accepted;
        }

        private static Instant InAMonth(Instant now) => CalendarDate.Of(now).PlusMonths(1).Begin;
    }

    /// <summary>The Lessee ends the lease before its term, for the instalments that were agreed for that.</summary>
    public readonly record struct EndEarly : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) => agreed.Stage != LeaseStage.Running ? NotNow : agreed.Cease(facts);
    }

    /// <summary>After the agreed days of arrears the Lessor ends the lease: the vehicle is to be returned.</summary>
    public readonly record struct CallIn : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessor);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) =>
            agreed.Stage != LeaseStage.Running ? NotNow
            : agreed.Arrears.Since is not { } since || facts.Now < since.PlusDays(agreed.Terms.Arrears.DaysToCallIn) ? NotYet
            : agreed.Cease(facts);
    }

    /// <summary>The vehicle is back: the Lessor says so, or the Arbiter where the Lessor does not. The way beyond the allowance is owed, and the Lessor may inspect.</summary>
    /// <param name="Shown">What the vehicle signed.</param>
    public readonly record struct Return(Signed<Shown> Shown) : IClause<Lease>, IExit
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.Any(agreed.Lessor, agreed.Arbiter);

        public Outcome<Lease> Decide(Lease agreed, Facts facts)
        {
            if (agreed.Stage != LeaseStage.Ending) return NotNow;
            if (!agreed.IsOfVehicle(Shown, facts)) return NotTheVehicle;
            if (Shown.Statement.Metres < agreed.Metres) return RunsBack;
            var way = Shown.Statement.Metres - agreed.Metres;
            var cost = agreed.Terms.ForWay(way, agreed.Fallen);
            return agreed.Charge(facts, agreed with { Stage = LeaseStage.Returned }, cost).Cancel(new Fall())
                .Wake(new Pass(), at: facts.Now.PlusDays(agreed.Terms.DaysToInspect)).Emit(new Returned(way, cost));
        }
    }

    /// <summary>At the end of the term the Lessee buys the vehicle, and pays what is owed besides. It stands in one transaction behind the call by which the register makes the Lessee its keeper.</summary>
    public readonly record struct Buy : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts)
        {
            if (agreed.Stage != LeaseStage.Ending) return NotNow;
            if (agreed.Terms.Option is not { } price || agreed.Fallen < agreed.Terms.Plan.Months) return NoOption;
            if (!agreed.IsKeptBy(agreed.Lessee, facts)) return NoTitle;
            var owed = agreed.OwedOn(facts.Now);
            return facts.Accept(agreed with { Stage = LeaseStage.Over, Arrears = Arrears.None(agreed.Terms.Currency) }).Move(price + owed, from: agreed.Lessee, to: agreed.Lessor)
                .Emit(new Bought(price, owed)).End();
        }
    }

    /// <summary>The Lessor claims damage that it found, while it may inspect.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Report">Commitment to what was found.</param>
    public readonly record struct Claim(Amount Amount, Hash Report) : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessor);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) =>
            agreed.Stage != LeaseStage.Returned ? NotNow : !agreed.IsSum(Amount) ? NotThisMoney
            : facts.Accept(agreed with { Stage = LeaseStage.Claimed, Asked = Amount }).Wake(new Pass(), at: facts.Now.PlusDays(DaysToRule)).Emit(new Claimed(Amount, Report));
    }

    /// <summary>The Lessee agrees to the claim, which is owed.</summary>
    public readonly record struct Accept : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) => agreed.Stage != LeaseStage.Claimed ? NotNow : agreed.Close(facts, agreed.Asked);
    }

    /// <summary>The Arbiter rules how much of the claim is owed.</summary>
    /// <param name="Amount">How much; may be nothing.</param>
    public readonly record struct Rule(Amount Amount) : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) =>
            agreed.Stage != LeaseStage.Claimed ? NotNow : Amount.Unit != agreed.Terms.Currency || Amount.Minor < 0 ? NotThisMoney : Amount > agreed.Asked ? TooMuch
            : agreed.Close(facts, Amount);
    }

    /// <summary>The time to inspect is over without a claim, or the time to rule without a ruling: for damage nothing is owed.</summary>
    public readonly record struct Pass : IDue<Lease>, IExit
    {
        public Accepted<Lease> Decide(Lease agreed, Facts facts) => agreed.Close(facts, agreed.Terms.Currency.Of(0));
    }

    /// <summary>The Lessor collects what is owed, as far as the mandate and the Lessee's account go.</summary>
    public readonly record struct Collect : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessor);

        public Outcome<Lease> Decide(Lease agreed, Facts facts)
        {
            var amount = facts.UnderMandate(agreed.OwedOn(facts.Now), agreed.Lessee);
            return amount.IsZero ? NothingOwed : agreed.Receive(amount, facts);
        }
    }

    /// <summary>The Lessee pays what is owed, or a part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Lease>, IExit
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) =>
            !agreed.IsSum(Amount) ? NotThisMoney : Amount > agreed.OwedOn(facts.Now) ? NothingOwed : agreed.Receive(Amount, facts);
    }

    /// <summary>What is owed has been owed for so long: the Lessee is given notice.</summary>
    public readonly record struct Remind : IDue<Lease>
    {
        public Accepted<Lease> Decide(Lease agreed, Facts facts)
        {
            var arrears = agreed.Arrears.At(facts.Now, agreed.Terms.Arrears.Late).Reminded(agreed.Terms.Arrears.Fee);
            var accepted = facts.Accept(agreed with { Arrears = arrears }).Emit(new Reminded(arrears.Notices, arrears.Owed));
            return arrears.Notices < ArrearsTerms.NoticesAtMost ? accepted.Wake(new Remind(), at: facts.Now.PlusDays(agreed.Terms.Arrears.DaysToRemind)) : accepted;
        }
    }

    /// <summary>The Lessee replaces the mandate by a new one.</summary>
    /// <param name="Leave">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Leave) : IClause<Lease>
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessee);

        public Outcome<Lease> Decide(Lease agreed, Facts facts) =>
            Leave.InAll.Unit != agreed.Terms.Currency ? NotThisMandate : facts.Accept(agreed).Allow(agreed.Lessee, Leave).Emit(new Renewed(Leave));
    }

    /// <summary>The Lessor puts something right, or lets something go: less is owed, and what goes beyond that is given back.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Note">Commitment to the credit note.</param>
    public readonly record struct Credit(Amount Amount, Hash Note) : ICorrection<Lease>, IExit
    {
        public Signers MustSign(Lease agreed, Facts facts) => Signers.All(agreed.Lessor);

        public Outcome<Lease> Decide(Lease agreed, Facts facts)
        {
            if (!agreed.IsSum(Amount)) return NotThisMoney;
            var arrears = agreed.Arrears.At(facts.Now, agreed.Terms.Arrears.Late);
            var less = Amount.OrAtMost(arrears.Owed);
            var next = less.IsZero ? agreed : agreed with { Arrears = arrears.Paid(less) };
            return next.Follow(facts.Accept(next).Move(Amount - less, from: agreed.Lessor, to: agreed.Lessee).Emit(new Credited(Amount, Amount - less, Note)), agreed);
        }
    }

    public readonly record struct Agreed(Party Lessee, Amount Instalment) : IEvent;
    public readonly record struct TakenOver(uint Metres, Instant FirstDue) : IEvent;
    public readonly record struct CalledOff : IEvent;
    public readonly record struct Charged(Amount Amount, Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Ran(Instant BackBy) : IEvent;
    public readonly record struct EndedEarly(Amount Compensation, Instant BackBy) : IEvent;
    public readonly record struct Returned(uint Metres, Amount Cost) : IEvent;
    public readonly record struct Bought(Amount Price, Amount Owed) : IEvent;
    public readonly record struct Claimed(Amount Amount, Hash Report) : IEvent;
    public readonly record struct Closed(Amount Damage) : IEvent;
    public readonly record struct Received(Amount Paid, Amount Owed) : IEvent;
    public readonly record struct Reminded(ushort Notice, Amount Owed) : IEvent;
    public readonly record struct Renewed(Mandate Leave) : IEvent;
    public readonly record struct Credited(Amount Amount, Amount GivenBack, Hash Note) : IEvent;

    public static readonly Contract<Lease> Contents = new Contract<Lease>(code: 41, version: 1, Codecs.Lease.State)
        .Opens(1, Codecs.Lease.Agree).Does(2, Codecs.Lease.TakeOver).Does(3, Codecs.Lease.StepBack).FallsDue(4, Codecs.Lease.Lapse).FallsDue(5, Codecs.Lease.Fall)
        .Does(6, Codecs.Lease.EndEarly).Does(7, Codecs.Lease.CallIn).Does(8, Codecs.Lease.Return).Does(9, Codecs.Lease.Buy).Does(10, Codecs.Lease.Claim).Does(11, Codecs.Lease.Accept)
        .Does(12, Codecs.Lease.Rule).FallsDue(13, Codecs.Lease.Pass).Does(14, Codecs.Lease.Collect).Does(15, Codecs.Lease.Pay).FallsDue(16, Codecs.Lease.Remind)
        .Does(17, Codecs.Lease.Renew).Corrects(18, Codecs.Lease.Credit)
        .Tells(1, Codecs.Lease.Agreed).Tells(2, Codecs.Lease.TakenOver).Tells(3, Codecs.Lease.CalledOff).Tells(4, Codecs.Lease.Charged).Tells(5, Codecs.Lease.Ran)
        .Tells(6, Codecs.Lease.EndedEarly).Tells(7, Codecs.Lease.Returned).Tells(8, Codecs.Lease.Bought).Tells(9, Codecs.Lease.Claimed).Tells(10, Codecs.Lease.Received)
        .Warns(11, "arrears", Codecs.Lease.Reminded).Tells(12, Codecs.Lease.Renewed).Tells(13, Codecs.Lease.Credited).Tells(14, Codecs.Lease.Closed)
        .Refuses(NotThreeParties, NotTheseTerms, NotThisMoney, NotThisMandate, NotNow, NoTitle, NotTheVehicle, RunsBack, NothingOwed, NotYet, NoOption, TooMuch);

    private bool IsSum(Amount amount) => amount.Unit == Terms.Currency && amount.Minor is > 0 and <= Plan.PrincipalAtMost;

    private bool IsKeptBy(Party party, Facts facts) => Registration.Find(facts.Of(Title.Register), Title.Vin) is { IsFree: true } vehicle && vehicle.Keeper == party;

    private bool IsOfVehicle(in Signed<Shown> shown, Facts facts) =>
        shown.Signer == Vehicle && shown.Statement.For == facts.Self<Lease>() && Math.Abs(shown.Statement.At - facts.Now) <= SecondsOff;

    // Something is owed from now on, and collected with what was, as far as the mandate and the Lessee's account go.
    private Accepted<Lease> Charge(Facts facts, Lease next, Amount amount)
    {
        var arrears = Arrears.At(facts.Now, Terms.Arrears.Late).With(amount, facts.Now);
        var taken = facts.UnderMandate(arrears.Owed, Lessee);
        var charged = next with { Arrears = arrears.Paid(taken) };
        var accepted = facts.Accept(charged).Move(taken, from: Lessee, to: Lessor);
        return charged.Follow(amount.IsZero && taken.IsZero ? accepted : accepted.Emit(new Charged(amount, taken, charged.Arrears.Owed)), this);
    }

    private Accepted<Lease> Cease(Facts facts)
    {
        var compensation = Instalment * Math.Min(Terms.MonthsOnEnd, Terms.Plan.Months - Fallen);
        var back = facts.Now.PlusDays(Terms.DaysToReturn);
        return Charge(facts, this with { Stage = LeaseStage.Ending }, compensation).Wake(new Fall(), at: back).Emit(new EndedEarly(compensation, back));
    }

    private Accepted<Lease> Close(Facts facts, Amount damage) =>
        Charge(facts, this with { Stage = LeaseStage.Over, Asked = Terms.Currency.Of(0) }, damage).Cancel(new Pass()).Emit(new Closed(damage));

    private Accepted<Lease> Receive(Amount amount, Facts facts)
    {
        var next = this with { Arrears = Arrears.At(facts.Now, Terms.Arrears.Late).Paid(amount) };
        return next.Follow(facts.Accept(next).Move(amount, from: Lessee, to: Lessor).Emit(new Received(amount, next.Arrears.Owed)), this);
    }

    // Notices while something is owed; what is over ends with the last of it.
    private Accepted<Lease> Follow(Accepted<Lease> accepted, Lease was)
    {
        if (was.Arrears.Since is null && Arrears.Since is { } since) accepted.Wake(new Remind(), at: since.PlusDays(Terms.Arrears.DaysToRemind));
        if (was.Arrears.Since is not null && Arrears.Since is null) accepted.Cancel(new Remind());
        return Stage == LeaseStage.Over && Arrears.Owed.IsZero && !(was.Stage == LeaseStage.Over && was.Arrears.Owed.IsZero) ? accepted.End() : accepted;
    }
}
