using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>What the use of a shared vehicle costs, and what stands in for it.</summary>
/// <param name="PerMinute">What a minute that has begun costs.</param>
/// <param name="PerKilometre">What a kilometre costs.</param>
/// <param name="LatePerHour">What each hour costs besides that has begun after the booked time.</param>
/// <param name="Deposit">What is held for damage until the time to claim is over.</param>
/// <param name="HoursToClaim">How long after the return that is.</param>
public readonly record struct SharingTerms(Amount PerMinute, Amount PerKilometre, Amount LatePerHour, Amount Deposit, ushort HoursToClaim)
{
    /// <summary>What so many seconds cost.</summary>
    public Amount ForTime(long seconds) => PerMinute * Math.Max(1, Begun(seconds, 60));

    /// <summary>What so many metres cost, rounded half-even.</summary>
    public Amount ForDistance(long metres) => PerKilometre.Times(metres, 1_000, Rounding.HalfEven);

    /// <summary>What so many seconds after the booked time cost besides.</summary>
    public Amount ForLateness(long seconds) => LatePerHour * Begun(Math.Max(0, seconds), 3_600);

    /// <summary>Whether all prices are of one money.</summary>
    public bool AreIn(Unit money) => PerMinute.IsPrice(money) && PerKilometre.IsPrice(money) && LatePerHour.IsPrice(money) && Deposit.IsPrice(money);

    private static long Begun(long seconds, long step) => (seconds + step - 1) / step;
}

/// <summary>Among whom the price of use is divided; what none of the three has is the owner's, and so is the remainder of each rounding.</summary>
/// <param name="Platform">Who brings owner and renter together.</param>
/// <param name="ToPlatform">Its share.</param>
/// <param name="Insurer">Who insures the use.</param>
/// <param name="ToInsurer">Its share.</param>
/// <param name="City">Whose streets they are.</param>
/// <param name="ToCity">Its share.</param>
public readonly record struct SharingSplit(Party Platform, Rate ToPlatform, Party Insurer, Rate ToInsurer, Party City, Rate ToCity)
{
    /// <summary>Whether no share is below nothing, and all together no more than the whole.</summary>
    public bool IsWhole => IsShare(ToPlatform) && IsShare(ToInsurer) && IsShare(ToCity) && ToPlatform.Millionths + ToInsurer.Millionths + ToCity.Millionths <= Rate.One;

    private static bool IsShare(Rate rate) => rate.Millionths is >= 0 and <= Rate.One;
}

/// <summary>How far a sharing is.</summary>
public enum SharingStage
{
    /// <summary>The vehicle is kept for the Renter; price and deposit are held.</summary>
    Booked = 1,

    /// <summary>The Renter has the vehicle.</summary>
    InUse = 2,

    /// <summary>The vehicle is back, and the use is paid; the deposit is held until the time to claim is over.</summary>
    Returned = 3,

    /// <summary>The Owner claims damage.</summary>
    Claimed = 4,

    /// <summary>The Renter contests the claim, which waits for the Arbiter.</summary>
    Contested = 5,
}
