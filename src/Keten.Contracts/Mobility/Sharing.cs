using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// A Renter books an Owner's vehicle, unlocks it with a key of its own, uses it and brings it back; the vehicle signs how far it went. The use is priced by time and distance and divided among owner,
/// platform, insurer and city. A deposit is held until the time to claim damage is over; what the two cannot settle the Arbiter rules.
/// </summary>
/// <param name="Owner">Whose vehicle it is.</param>
/// <param name="Renter">Who uses it.</param>
/// <param name="Arbiter">Who rules on claims.</param>
/// <param name="Vehicle">Who states the odometer.</param>
/// <param name="Split">Among whom the price is divided.</param>
/// <param name="Terms">What the use costs.</param>
/// <param name="From">From when it is booked.</param>
/// <param name="Until">Until when.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="UnlockedAt">When it was unlocked.</param>
/// <param name="Metres">What the odometer showed then.</param>
/// <param name="Asked">What the Owner claims for damage.</param>
/// <param name="Paid">What the Renter has paid in all.</param>
/// <param name="Unpaid">What neither what was held nor the mandate covered.</param>
public sealed record Sharing(
    Party Owner, Party Renter, Party Arbiter, Party Vehicle, SharingSplit Split, SharingTerms Terms, Instant From, Instant Until, SharingStage Stage, Instant? UnlockedAt, uint Metres,
    Amount Asked, Amount Paid, Amount Unpaid) : IReadBy
{
    /// <summary>No booking is longer, in days.</summary>
    public const int DaysAtMost = 60;

    /// <summary>The Renter has so many days to answer a claim; then it is paid.</summary>
    public const int DaysToAnswer = 7;

    /// <summary>The Arbiter has so many days to rule on one that is contested; then it is not.</summary>
    public const int DaysToRule = 30;

    /// <summary>A claim shows at most so many pictures.</summary>
    public const int PhotosAtMost = 16;

    /// <summary>The vehicle's clock may be off ledger time by so many seconds.</summary>
    public const int SecondsOff = 900;

    public static readonly Refusal<Sharing> NotThreeParties = new(1, "Owner, renter and arbiter are three parties.");
    public static readonly Refusal<Sharing> NotThisMoney = new(2, "The money is not that of the terms, is nothing, or expires.");
    public static readonly Refusal<Sharing> NotASplit = new(3, "A share is of nothing or more, and all together are no more than the whole.");
    public static readonly Refusal<Sharing> NotATime = new(4, "A booking begins now or later, ends after it begins, and is of 60 days at most.");
    public static readonly Refusal<Sharing> NotNow = new(5, "That is not possible at this stage, or not yet, or no more.");
    public static readonly Refusal<Sharing> NotTheVehicle = new(6, "The odometer is not signed by the vehicle, is for another agreement, or is not of the moment.");
    public static readonly Refusal<Sharing> RunsBack = new(7, "The odometer shows less than when the vehicle was unlocked.");
    public static readonly Refusal<Sharing> TooMuch = new(8, "That is more than was claimed, is owed or was paid.");
    public static readonly Refusal<Sharing> NotPictures = new(9, "A claim shows from 1 to 16 pictures.");
    public static readonly Refusal<Sharing> NotEnrolled = new(10, "Vehicle, platform, insurer and city are parties of this ledger.");

    /// <summary>What the vehicle signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="At">When.</param>
    /// <param name="Metres">What the odometer shows.</param>
    public readonly record struct Shown(Agreement<Sharing> For, Instant At, uint Metres);

    private Unit Currency => Paid.Unit;

    private Amount Nothing => Currency.Of(0);

    /// <summary>Who takes part. The city has its share, and does not see who went where.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Owner, Renter, Arbiter, Split.Platform, Split.Insurer);

    private bool IsOfVehicle(in Signed<Shown> shown, Facts facts) => shown.Signer == Vehicle && shown.Statement.For == facts.Self<Sharing>();

    private static Accepted<Sharing> Waiting(Facts facts, Sharing next, Instant until) => facts.Accept(next).Wake(new Pass(), at: until);

    // Out of what is held, to each its share.
    private Accepted<Sharing> Divide(Accepted<Sharing> accepted, Amount price)
    {
        var (platform, insurer, city) = (Split.ToPlatform.Of(price, Rounding.Down), Split.ToInsurer.Of(price, Rounding.Down), Split.ToCity.Of(price, Rounding.Down));
        return accepted.Pay(platform, to: Split.Platform).Pay(insurer, to: Split.Insurer).Pay(city, to: Split.City).Pay(price - platform - insurer - city, to: Owner);
    }

    // The end of all: what is due for damage is the Owner's, out of what is held and then under the mandate, and the rest goes back.
    private Accepted<Sharing> Settle(Facts facts, Amount damage)
    {
        var held = facts.Held(Currency);
        var byMandate = facts.UnderMandate(damage.Less(held), Renter);
        var paid = damage.OrAtMost(held + byMandate);
        var back = held + byMandate - paid;
        return facts.Accept(this with { Asked = Nothing, Paid = Paid + paid, Unpaid = Unpaid + damage - paid })
            .Hold(byMandate, from: Renter).Pay(paid, to: Owner).Pay(back, to: Renter).Emit(new Settled(paid, damage - paid, back)).End();
    }

    // Nobody came: the booked time is paid, and the rest goes back.
    private Accepted<Sharing> NoShow(Facts facts)
    {
        var price = Terms.ForTime(Until - From);
        return Divide(facts.Accept(this with { Paid = price }), price).Pay(facts.Held(Currency) - price, to: Renter).Emit(new NotUsed(price)).End();
    }

    /// <summary>The Renter books; what time and distance will cost is held, and the deposit besides.</summary>
    /// <param name="Owner">Whose vehicle it is.</param>
    /// <param name="Renter">Who uses it.</param>
    /// <param name="Arbiter">Who rules on claims.</param>
    /// <param name="Vehicle">Who states the odometer.</param>
    /// <param name="Split">Among whom the price is divided.</param>
    /// <param name="Terms">What the use costs.</param>
    /// <param name="From">From when.</param>
    /// <param name="Until">Until when.</param>
    /// <param name="Kilometres">How far, about: what that costs is held.</param>
    /// <param name="Besides">The Renter's mandate for what is not held: a longer way, a late return, damage.</param>
    public sealed record Book(
        Party Owner, Party Renter, Party Arbiter, Party Vehicle, SharingSplit Split, SharingTerms Terms, Instant From, Instant Until, ushort Kilometres, Mandate Besides) : IOpening<Sharing>
    {
        public Signers MustSign(Facts facts) => Signers.All(Owner, Renter);

        public Outcome<Sharing> Decide(Facts facts)
        {
            if (Owner == Renter || Owner == Arbiter || Renter == Arbiter) return NotThreeParties;
            var money = Terms.PerMinute.Unit;
            if (!Terms.AreIn(money) || Besides.InAll.Unit != money || !facts.CanBeHeld(money)) return NotThisMoney;
            if (!Split.IsWhole) return NotASplit;
            if (!facts.Knows(Vehicle) || !facts.Knows(Split.Platform) || !facts.Knows(Split.Insurer) || !facts.Knows(Split.City)) return NotEnrolled;
            if (From < facts.Now || Until <= From || Until > From.PlusDays(DaysAtMost)) return NotATime;
            var held = Terms.ForTime(Until - From) + Terms.ForDistance(Kilometres * 1_000L) + Terms.Deposit;
            var none = money.Of(0);
            return Waiting(facts, new Sharing(Owner, Renter, Arbiter, Vehicle, Split, Terms, From, Until, SharingStage.Booked, null, 0, none, none, none), Until)
                .Hold(held, from: Renter).Allow(Renter, Besides).Emit(new Booked(Vehicle, From, Until, held));
        }
    }

    /// <summary>Before the booked time the Renter steps back for nothing, and the Owner until the vehicle is unlocked.</summary>
    /// <param name="By">Owner or Renter.</param>
    public readonly record struct CallOff(Party By) : IClause<Sharing>, IExit
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(By == agreed.Renter ? By : agreed.Owner);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts)
        {
            if (agreed.Stage != SharingStage.Booked || (By == agreed.Renter && facts.Now >= agreed.From)) return NotNow;
            var held = facts.Held(agreed.Currency);
            return facts.Accept(agreed).Pay(held, to: agreed.Renter).Emit(new CalledOff(held)).End();
        }
    }

    /// <summary>The Renter unlocks the vehicle, which opens when it sees this.</summary>
    /// <param name="Shown">What the vehicle signs now.</param>
    public readonly record struct Unlock(Signed<Shown> Shown) : IClause<Sharing>
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Renter);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts)
        {
            if (agreed.Stage != SharingStage.Booked || facts.Now < agreed.From) return NotNow;
            var (at, metres) = (Shown.Statement.At, Shown.Statement.Metres);
            if (!agreed.IsOfVehicle(Shown, facts) || Math.Abs(at - facts.Now) > SecondsOff) return NotTheVehicle;
            return facts.Accept(agreed with { Stage = SharingStage.InUse, UnlockedAt = facts.Now, Metres = metres }).Emit(new Unlocked(metres));
        }
    }

    /// <summary>The vehicle is back. Anybody may hand in what it signed: the use is paid out of what was held for it, then under the mandate, then out of the deposit.</summary>
    /// <param name="Shown">What the vehicle signed when it was locked.</param>
    public readonly record struct Return(Signed<Shown> Shown) : IClause<Sharing>, IExit
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.Anyone;

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts)
        {
            if (agreed is not { Stage: SharingStage.InUse, UnlockedAt: { } unlocked }) return NotNow;
            var (at, metres) = (Shown.Statement.At, Shown.Statement.Metres);
            if (!agreed.IsOfVehicle(Shown, facts) || at < unlocked || at > facts.Now.Plus(SecondsOff)) return NotTheVehicle;
            if (metres < agreed.Metres) return RunsBack;
            var (terms, way) = (agreed.Terms, metres - agreed.Metres);
            var cost = terms.ForTime(at - unlocked) + terms.ForDistance(way) + terms.ForLateness(at - agreed.Until);
            var held = facts.Held(agreed.Currency);
            var byMandate = facts.UnderMandate(cost.Less(held - terms.Deposit), agreed.Renter);
            var paid = cost.OrAtMost(held + byMandate);
            var left = held + byMandate - paid;
            var back = left.Less(terms.Deposit);
            var next = agreed with { Stage = SharingStage.Returned, Paid = paid, Unpaid = cost - paid };
            return agreed.Divide(Waiting(facts, next, facts.Now.Plus(terms.HoursToClaim * 3_600L)).Hold(byMandate, from: agreed.Renter), paid).Pay(back, to: agreed.Renter)
                .Emit(new Returned(at, way, cost, paid, left - back));
        }
    }

    /// <summary>The Owner claims damage before the time to do so is over; or a vehicle that is not back a day after the booked time.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Photos">Commitments to pictures.</param>
    /// <param name="Report">Commitment to what the Owner says.</param>
    public sealed record Claim(Amount Amount, Many<Hash> Photos, Hash Report) : IClause<Sharing>
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts)
        {
            var isLost = agreed.Stage == SharingStage.InUse && facts.Now >= agreed.Until.PlusDays(1);
            if (agreed.Stage != SharingStage.Returned && !isLost) return NotNow;
            if (!Amount.IsPrice(agreed.Currency) || Amount.IsZero) return NotThisMoney;
            if (Photos.Count is 0 or > PhotosAtMost) return NotPictures;
            return Waiting(facts, agreed with { Stage = SharingStage.Claimed, Asked = Amount }, facts.Now.PlusDays(DaysToAnswer)).Emit(new Claimed(Amount, Photos, Report));
        }
    }

    /// <summary>The Renter agrees to a claim, which is paid.</summary>
    public readonly record struct Accept : IClause<Sharing>
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Renter);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            agreed.Stage is SharingStage.Claimed or SharingStage.Contested ? agreed.Settle(facts, agreed.Asked) : NotNow;
    }

    /// <summary>The Renter contests a claim, which then waits for the Arbiter.</summary>
    /// <param name="Reply">Commitment to what the Renter says.</param>
    public readonly record struct Contest(Hash Reply) : IClause<Sharing>
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Renter);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            agreed.Stage != SharingStage.Claimed ? NotNow
            : Waiting(facts, agreed with { Stage = SharingStage.Contested }, facts.Now.PlusDays(DaysToRule)).Emit(new Contested(Reply));
    }

    /// <summary>The Owner gives a claim up.</summary>
    public readonly record struct Drop : IClause<Sharing>, IExit
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            agreed.Stage is SharingStage.Claimed or SharingStage.Contested ? agreed.Settle(facts, agreed.Nothing) : NotNow;
    }

    /// <summary>The Arbiter rules how much of a contested claim is paid.</summary>
    /// <param name="Amount">From nothing to all of it.</param>
    public readonly record struct Rule(Amount Amount) : IClause<Sharing>
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            agreed.Stage != SharingStage.Contested ? NotNow
            : Amount.Unit != agreed.Currency || Amount.Minor < 0 ? NotThisMoney
            : Amount > agreed.Asked ? TooMuch : agreed.Settle(facts, Amount);
    }

    /// <summary>A stage ends by itself: nobody came, the vehicle is late, the time to claim is over, a claim was not answered, or not ruled on.</summary>
    public readonly record struct Pass : IDue<Sharing>, IExit
    {
        public Accepted<Sharing> Decide(Sharing agreed, Facts facts) => agreed.Stage switch
        {
            SharingStage.Booked => agreed.NoShow(facts),
            SharingStage.InUse => facts.Accept(agreed).Emit(new Overdue(agreed.Vehicle)),
            SharingStage.Claimed => agreed.Settle(facts, agreed.Asked),
            _ => agreed.Settle(facts, agreed.Nothing),
        };
    }

    /// <summary>The Renter pays the Owner what was left unpaid, also when all is over.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : ICorrection<Sharing>, IExit
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Renter);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Unpaid ? TooMuch
            : facts.Accept(agreed with { Paid = agreed.Paid + Amount, Unpaid = agreed.Unpaid - Amount }).Move(Amount, from: agreed.Renter, to: agreed.Owner).Emit(new PaidUp(Amount));
    }

    /// <summary>The Owner gives back what should not have been paid.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Amount Amount, Hash Reason) : ICorrection<Sharing>, IExit
    {
        public Signers MustSign(Sharing agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Sharing> Decide(Sharing agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Paid ? TooMuch
            : facts.Accept(agreed with { Paid = agreed.Paid - Amount }).Move(Amount, from: agreed.Owner, to: agreed.Renter).Emit(new GivenBack(Amount, Reason));
    }

    public readonly record struct Booked(Party Vehicle, Instant From, Instant Until, Amount Held) : IEvent;
    public readonly record struct CalledOff(Amount Back) : IEvent;
    public readonly record struct Unlocked(uint Metres) : IEvent;
    public readonly record struct Returned(Instant At, uint Metres, Amount Cost, Amount Paid, Amount Kept) : IEvent;
    public readonly record struct Overdue(Party Vehicle) : IEvent;
    public readonly record struct NotUsed(Amount Paid) : IEvent;
    public readonly record struct Claimed(Amount Amount, Many<Hash> Photos, Hash Report) : IEvent;
    public readonly record struct Contested(Hash Reply) : IEvent;
    public readonly record struct Settled(Amount Paid, Amount Unpaid, Amount Back) : IEvent;
    public readonly record struct PaidUp(Amount Amount) : IEvent;
    public readonly record struct GivenBack(Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<Sharing> Contents = new Contract<Sharing>(code: 17, version: 1, Codecs.Sharing.State)
        .Opens(1, Codecs.Sharing.Book).Does(2, Codecs.Sharing.CallOff).Does(3, Codecs.Sharing.Unlock).Does(4, Codecs.Sharing.Return).Does(5, Codecs.Sharing.Claim)
        .Does(6, Codecs.Sharing.Accept).Does(7, Codecs.Sharing.Contest).Does(8, Codecs.Sharing.Drop).Does(9, Codecs.Sharing.Rule).FallsDue(10, Codecs.Sharing.Pass)
        .Corrects(11, Codecs.Sharing.Pay).Corrects(12, Codecs.Sharing.GiveBack)
        .Tells(1, Codecs.Sharing.Booked).Tells(2, Codecs.Sharing.CalledOff).Tells(3, Codecs.Sharing.Unlocked).Tells(4, Codecs.Sharing.Returned).Warns(5, "late-return", Codecs.Sharing.Overdue)
        .Tells(6, Codecs.Sharing.NotUsed).Tells(7, Codecs.Sharing.Claimed).Tells(8, Codecs.Sharing.Contested).Tells(9, Codecs.Sharing.Settled).Tells(10, Codecs.Sharing.PaidUp)
        .Tells(11, Codecs.Sharing.GivenBack)
        .Refuses(NotThreeParties, NotThisMoney, NotASplit, NotATime, NotNow, NotTheVehicle, RunsBack, TooMuch, NotPictures, NotEnrolled);
}
