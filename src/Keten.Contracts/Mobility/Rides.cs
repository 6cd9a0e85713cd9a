using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// A Platform brings riders and drivers together. What the driver's taximeter signs at the end of a ride the rider pays at once, and each has its part: the driver fare and tip less the Platform's
/// commission on the fare, the toll road its tolls, and a named payee what the total holds beyond them.
/// </summary>
/// <param name="Platform">Who admits drivers, and has a commission.</param>
/// <param name="Commission">The Platform's share of the fare, rounded down.</param>
/// <param name="Road">Whose tolls they are.</param>
/// <param name="Surcharges">Who has what the total holds beyond fare, tip and tolls: taxes and surcharges.</param>
/// <param name="Money">What is paid with.</param>
public sealed record Rides(Party Platform, Rate Commission, Party Road, Party Surcharges, Unit Money) : IReadBy
{
    /// <summary>A taximeter's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<Rides> NotEnrolled = new(1, "The toll road, the payee of surcharges and each driver are parties of this ledger.");
    public static readonly Refusal<Rides> NotAShare = new(2, "A commission is from nothing to the whole.");
    public static readonly Refusal<Rides> NotADriver = new(3, "The ride is not signed by a driver whom the platform has admitted, or is for another agreement.");
    public static readonly Refusal<Rides> PaidAlready = new(4, "That ride has been paid already.");
    public static readonly Refusal<Rides> NotThisMoney = new(5, "The money is not that of the agreement, or more than a ride can cost.");
    public static readonly Refusal<Rides> NotATime = new(6, "The ride ends before it begins, or later than it is.");
    public static readonly Refusal<Rides> BelowNothing = new(7, "A fare, tip or toll is below nothing, or the total is not more than nothing: a refund or a void ride is no payment.");
    public static readonly Refusal<Rides> MoreThanTotal = new(8, "Fare, tip and tolls are more than the total.");
    public static readonly Refusal<Rides> AdmittedAlready = new(9, "The driver has been admitted already, or is not admitted.");
    public static readonly Refusal<Rides> NotPaid = new(10, "No such ride has been paid, or the driver has not had so much of it.");

    /// <summary>Whom the Platform has admitted.</summary>
    public static readonly Records<Party, Driver> Drivers = new(1);

    /// <summary>What has been paid, by the commitment to the ride's record.</summary>
    public static readonly Records<Hash, Paid> Payments = new(2);

    public readonly record struct Driver(Instant Since);

    /// <summary>A ride that has been paid.</summary>
    /// <param name="Rider">Who rode.</param>
    /// <param name="Driver">Who drove.</param>
    /// <param name="Total">What the rider paid.</param>
    /// <param name="ToDriver">What of that the driver has.</param>
    public readonly record struct Paid(Party Rider, Party Driver, Amount Total, Amount ToDriver);

    /// <summary>What a driver's taximeter signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Record">Commitment to the record of the ride.</param>
    /// <param name="Rider">Who pays.</param>
    /// <param name="From">When it began.</param>
    /// <param name="Until">When it ended.</param>
    /// <param name="Fare">By time and distance.</param>
    /// <param name="Tip">What the rider added.</param>
    /// <param name="Tolls">Of the roads on the way.</param>
    /// <param name="Total">All of it, with taxes and surcharges.</param>
    public readonly record struct Ride(Agreement<Rides> For, Hash Record, Party Rider, Instant From, Instant Until, Amount Fare, Amount Tip, Amount Tolls, Amount Total);

    /// <summary>The Platform. Rider and driver each have their receipt of a ride; who is only paid does not see who rode where.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Platform);

    private Refusal<Rides>? Against(in Ride ride)
    {
        if (ride.Fare.Unit != Money || ride.Tip.Unit != Money || ride.Tolls.Unit != Money || ride.Total.Unit != Money) return NotThisMoney;
        if (ride.Fare.Minor < 0 || ride.Tip.Minor < 0 || ride.Tolls.Minor < 0 || ride.Total.Minor <= 0) return BelowNothing;
        if (!ride.Fare.IsPrice(Money) || !ride.Tip.IsPrice(Money) || !ride.Tolls.IsPrice(Money) || !ride.Total.IsPrice(Money)) return NotThisMoney;
        return ride.Fare + ride.Tip + ride.Tolls > ride.Total ? MoreThanTotal : null;
    }

    /// <summary>A Platform begins.</summary>
    /// <param name="Platform">Who admits drivers, and has a commission.</param>
    /// <param name="Commission">Its share of the fare.</param>
    /// <param name="Road">Whose tolls they are.</param>
    /// <param name="Surcharges">Who has what is beyond fare, tip and tolls.</param>
    /// <param name="Money">What is paid with.</param>
    public sealed record Begin(Party Platform, Rate Commission, Party Road, Party Surcharges, Unit Money) : IOpening<Rides>
    {
        public Signers MustSign(Facts facts) => Signers.All(Platform);

        public Outcome<Rides> Decide(Facts facts) =>
            Commission.Millionths is < 0 or > Rate.One ? NotAShare
            : facts.Describe(Money) is null ? NotThisMoney
            : !facts.Knows(Road) || !facts.Knows(Surcharges) ? NotEnrolled
            : facts.Accept(new Rides(Platform, Commission, Road, Surcharges, Money)).Emit(new Begun(Commission, Road, Surcharges));
    }

    /// <summary>The Platform admits a driver, whose signature counts from now on.</summary>
    public readonly record struct Admit(Party Driver) : IClause<Rides>
    {
        public Signers MustSign(Rides agreed, Facts facts) => Signers.All(agreed.Platform);

        public Outcome<Rides> Decide(Rides agreed, Facts facts) =>
            facts.Find(Drivers, Driver) is not null ? AdmittedAlready
            : !facts.Knows(Driver) ? NotEnrolled
            : facts.Accept(agreed).Put(Drivers, Driver, new Driver(facts.Now)).Emit(new Admitted(Driver));
    }

    /// <summary>The Platform dismisses a driver: what that driver's taximeter signs counts no more.</summary>
    public readonly record struct Dismiss(Party Driver) : IClause<Rides>
    {
        public Signers MustSign(Rides agreed, Facts facts) => Signers.All(agreed.Platform);

        public Outcome<Rides> Decide(Rides agreed, Facts facts) =>
            facts.Find(Drivers, Driver) is null ? AdmittedAlready : facts.Accept(agreed).Remove(Drivers, Driver).Emit(new Dismissed(Driver));
    }

    /// <summary>The rider pays a ride, and each has its part.</summary>
    /// <param name="Ride">Signed by the driver.</param>
    public readonly record struct Pay(Signed<Ride> Ride) : IClause<Rides>
    {
        public Signers MustSign(Rides agreed, Facts facts) => Signers.All(Ride.Statement.Rider);

        public Outcome<Rides> Decide(Rides agreed, Facts facts)
        {
            var (driver, ride) = Ride;
            if (ride.For != facts.Self<Rides>() || facts.Find(Drivers, driver) is null) return NotADriver;
            if (facts.Find(Payments, ride.Record) is not null) return PaidAlready;
            if (ride.Until < ride.From || ride.Until > facts.Now.Plus(SecondsAhead)) return NotATime;
            if (agreed.Against(ride) is { } refusal) return refusal;
            var commission = agreed.Commission.Of(ride.Fare, Rounding.Down);
            var toDriver = ride.Fare - commission + ride.Tip;
            var beyond = ride.Total - ride.Fare - ride.Tip - ride.Tolls;
            return facts.Accept(agreed).Move(toDriver, from: ride.Rider, to: driver).Move(commission, from: ride.Rider, to: agreed.Platform)
                .Move(ride.Tolls, from: ride.Rider, to: agreed.Road).Move(beyond, from: ride.Rider, to: agreed.Surcharges)
                .Put(Payments, ride.Record, new Paid(ride.Rider, driver, ride.Total, toDriver))
                .Emit(new Settled(ride.Record, driver, ride.Fare, ride.Tip, ride.Tolls, beyond, commission));
        }
    }

    /// <summary>The driver gives back what a ride should not have cost, up to what the driver has had of it.</summary>
    /// <param name="Record">Of the ride.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Hash Record, Amount Amount, Hash Reason) : ICorrection<Rides>, IExit
    {
        // Of a ride that was not paid the clause says so itself.
        public Signers MustSign(Rides agreed, Facts facts) => facts.Find(Payments, Record) is { } paid ? Signers.All(paid.Driver) : Signers.Anyone;

        public Outcome<Rides> Decide(Rides agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Money || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Payments, Record) is not { } paid || Amount > paid.ToDriver) return NotPaid;
            return facts.Accept(agreed).Move(Amount, from: paid.Driver, to: paid.Rider).Put(Payments, Record, paid with { ToDriver = paid.ToDriver - Amount })
                .Emit(new GivenBack(Record, Amount, Reason));
        }
    }

    /// <summary>The Platform ends it.</summary>
    public readonly record struct End : IClause<Rides>, IExit
    {
        public Signers MustSign(Rides agreed, Facts facts) => Signers.All(agreed.Platform);

        public Outcome<Rides> Decide(Rides agreed, Facts facts) => facts.Accept(agreed).End();
    }

    public readonly record struct Begun(Rate Commission, Party Road, Party Surcharges) : IEvent;
    public readonly record struct Admitted(Party Driver) : IEvent;
    public readonly record struct Dismissed(Party Driver) : IEvent;
    public readonly record struct Settled(Hash Record, Party Driver, Amount Fare, Amount Tip, Amount Tolls, Amount Surcharges, Amount Commission) : IEvent;
    public readonly record struct GivenBack(Hash Record, Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<Rides> Contents = new Contract<Rides>(code: 18, version: 1, Codecs.Rides.State)
        .Opens(1, Codecs.Rides.Begin).Does(2, Codecs.Rides.Admit).Does(3, Codecs.Rides.Dismiss).Does(4, Codecs.Rides.Pay).Corrects(5, Codecs.Rides.GiveBack).Does(6, Codecs.Rides.End)
        .Tells(1, Codecs.Rides.Begun).Tells(2, Codecs.Rides.Admitted).Tells(3, Codecs.Rides.Dismissed).Tells(4, Codecs.Rides.Settled).Tells(5, Codecs.Rides.GivenBack)
        .Keeps(Drivers, Codecs.Rides.Driver).Keeps(Payments, Codecs.Rides.Paid)
        .Refuses(NotEnrolled, NotAShare, NotADriver, PaidAlready, NotThisMoney, NotATime, BelowNothing, MoreThanTotal, AdmittedAlready, NotPaid);
}
