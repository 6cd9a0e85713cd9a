using Keten.Client;

namespace Keten.Cli.Jobs;

/// <summary>Who plays in the life of a car. Each has a key that was made a moment ago.</summary>
internal sealed class CarCast
{
    /// <summary>Issues the money.</summary>
    public Actor Institution { get; } = Actor.Named("institution");

    /// <summary>Keeps the register of vehicles.</summary>
    public Actor Authority { get; } = Actor.Named("authority");

    /// <summary>Builds the car, calls it back, and sells what it can be taught.</summary>
    public Actor Maker { get; } = Actor.Named("maker");

    /// <summary>Makes its battery.</summary>
    public Actor Supplier { get; } = Actor.Named("supplier");

    /// <summary>The first keeper.</summary>
    public Actor Dealer { get; } = Actor.Named("dealer");

    /// <summary>Buys the car on credit, and drives it.</summary>
    public Actor Ada { get; } = Actor.Named("ada");

    /// <summary>Buys it from her.</summary>
    public Actor Bob { get; } = Actor.Named("bob");

    /// <summary>Lends the money for it.</summary>
    public Actor Lender { get; } = Actor.Named("lender");

    /// <summary>Insures it.</summary>
    public Actor Insurer { get; } = Actor.Named("insurer");

    /// <summary>Looks at damage for the insurer.</summary>
    public Actor Assessor { get; } = Actor.Named("assessor");

    /// <summary>Has the last word, wherever two disagree.</summary>
    public Actor Arbiter { get; } = Actor.Named("arbiter");

    /// <summary>Serves and repairs.</summary>
    public Actor Garage { get; } = Actor.Named("garage");

    /// <summary>Reports collisions.</summary>
    public Actor Police { get; } = Actor.Named("police");

    /// <summary>The car itself: what its instruments show it signs.</summary>
    public Actor Car { get; } = Actor.Named("car");

    /// <summary>Has zones to park in.</summary>
    public Actor CarPark { get; } = Actor.Named("car-park");

    /// <summary>Whose road takes toll.</summary>
    public Actor Road { get; } = Actor.Named("road");

    /// <summary>Signs passages.</summary>
    public Actor Gantry { get; } = Actor.Named("gantry");

    /// <summary>Charges while the car drives over it.</summary>
    public Actor Coil { get; } = Actor.Named("coil");

    /// <summary>Buys energy from the car.</summary>
    public Actor Household { get; } = Actor.Named("household");

    /// <summary>Counts that energy.</summary>
    public Actor Meter { get; } = Actor.Named("meter");

    /// <summary>Uses the car for a morning.</summary>
    public Actor Renter { get; } = Actor.Named("renter");

    /// <summary>Brings owner and renter together.</summary>
    public Actor Platform { get; } = Actor.Named("platform");

    /// <summary>Whose streets they are.</summary>
    public Actor City { get; } = Actor.Named("city");

    /// <summary>A key of Ada's that is in the car, and may pay little. It is no party of its own.</summary>
    public Actor Wallet { get; } = new("wallet", SigningKey.Generate());

    /// <summary>All that are parties.</summary>
    public IReadOnlyList<Actor> Parties =>
    [
        Institution, Authority, Maker, Supplier, Dealer, Ada, Bob, Lender, Insurer, Assessor, Arbiter, Garage, Police, Car, CarPark, Road, Gantry, Coil, Household, Meter, Renter, Platform, City,
    ];
}
