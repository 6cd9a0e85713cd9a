using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>How far a policy is.</summary>
public enum PolicyStage
{
    /// <summary>The Insurer has quoted; the Holder has not accepted.</summary>
    Quoted = 1,

    /// <summary>It runs.</summary>
    Running = 2,

    /// <summary>It has ended but for what is owed.</summary>
    Over = 3,
}

/// <summary>Why a policy ended.</summary>
public enum PolicyEnd
{
    /// <summary>The year was over, and it was not renewed.</summary>
    RanOut = 1,

    /// <summary>What was owed was not paid within the days of grace.</summary>
    Lapsed = 2,

    /// <summary>The Holder left.</summary>
    Cancelled = 3,

    /// <summary>The Holder no longer keeps the vehicle.</summary>
    NotTheKeeper = 4,
}

/// <summary>What was stated of the risk.</summary>
/// <param name="Levels">For each factor of the tariff in order, the level that it falls to, from 0. The values themselves are not on the ledger.</param>
/// <param name="Statement">Commitment to the values, and what proves them.</param>
public readonly record struct StatedRisk(Many<byte> Levels, Hash Statement);

/// <summary>What a vehicle's box shows: all of it since the vehicle was new. Numbers may be left out: the next reading has what a lost one had.</summary>
/// <param name="Number">Of the reading; each is higher than the one before.</param>
/// <param name="At">When, by the box's clock.</param>
/// <param name="Metres">What the odometer shows (COVESA Vehicle.TraveledDistance).</param>
/// <param name="Seconds">How long the vehicle has been driven.</param>
public readonly record struct DriveCounter(uint Number, Instant At, uint Metres, uint Seconds)
{
    /// <summary>No vehicle is faster, in metres a second: 288 km/h.</summary>
    public const long MetresPerSecond = 80;

    /// <summary>Whether it is earlier than another, or shows less of anything.</summary>
    public bool RunsBehind(in DriveCounter last) => At < last.At || Metres < last.Metres || Seconds < last.Seconds;

    /// <summary>Whether the vehicle would have been driven since another for longer than time has passed, or faster than any goes.</summary>
    public bool OutrunsTime(in DriveCounter last) => Seconds - last.Seconds > At - last.At || Metres - last.Metres > (Seconds - last.Seconds) * MetresPerSecond;
}

/// <summary>What has been driven, and what of it has been billed.</summary>
/// <param name="Last">What the box showed last.</param>
/// <param name="Metres">What the odometer showed when it was billed last.</param>
/// <param name="Seconds">How long it had been driven then.</param>
public readonly record struct Driving(DriveCounter Last, uint Metres, uint Seconds)
{
    /// <summary>Nothing has been billed yet, and only what comes after this is.</summary>
    public static Driving From(DriveCounter start) => new(start, start.Metres, start.Seconds);

    /// <summary>What has been driven since it was billed, at a price.</summary>
    public Amount Cost(in DrivePrice price) => price.For(Last.Metres - Metres, Last.Seconds - Seconds);

    /// <summary>All of it has been billed.</summary>
    public Driving Billed => From(Last);
}

/// <summary>A year of a policy.</summary>
/// <param name="Number">From 1.</param>
/// <param name="From">Its first moment, a day's.</param>
/// <param name="Risk">Class, premium, prices, cover.</param>
/// <param name="Instalments">In how many the premium is paid: 1, 2, 4 or 12.</param>
/// <param name="Months">How many of its months are over and settled.</param>
public sealed record PolicyYear(uint Number, Instant From, PricedRisk Risk, byte Instalments, byte Months)
{
    /// <summary>Of a year.</summary>
    public const int MonthsInAll = 12;

    /// <summary>When it is over.</summary>
    public Instant Until => After(MonthsInAll);

    /// <summary>When the month began that is running.</summary>
    public Instant MonthBegan => After(Months);

    /// <summary>When that month is over.</summary>
    public Instant MonthEnds => After(Months + 1);

    /// <summary>What is earned by the month that is running. The twelve sum to the premium exactly.</summary>
    public Amount Monthly => Risk.Premium.Share(Months, Months + 1, MonthsInAll);

    /// <summary>What is earned by the part of that month until a moment, rounded half-even.</summary>
    public Amount EarnedUntil(Instant at) => Monthly.Times(at - MonthBegan, MonthEnds - MonthBegan, Rounding.HalfEven);

    /// <summary>What is billed at the beginning of a month: an instalment, or nothing. They sum to the premium exactly.</summary>
    /// <param name="month">From 0.</param>
    public Amount InstalmentAt(int month)
    {
        var every = MonthsInAll / Instalments;
        return month % every == 0 ? Risk.Premium.Share(month / every, month / every + 1, Instalments) : Risk.Premium - Risk.Premium;
    }

    /// <summary>Whether a premium can be paid in so many instalments.</summary>
    public static bool CanBePaidIn(byte instalments) => instalments is 1 or 2 or 4 or 12;

    private Instant After(int months) => CalendarDate.Of(From).PlusMonths(months).Begin;
}
