using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>Where one may park, for how long and for how much. A step costs its price once it has begun: of one minute, or of half an hour.</summary>
/// <param name="Number">As it stands on the sign.</param>
/// <param name="PerStep">What a step that has begun costs.</param>
/// <param name="MinutesPerStep">How long a step is; 1 where it is priced by the minute.</param>
/// <param name="Most">What a stay costs at most.</param>
/// <param name="MinutesAtMost">How long a stay is at most.</param>
/// <param name="MinutesOfGrace">How long after the time that was asked for there is no penalty yet.</param>
/// <param name="Penalty">What an over-stay costs besides; may be nothing.</param>
public readonly record struct ParkingZone(ushort Number, Amount PerStep, ushort MinutesPerStep, Amount Most, ushort MinutesAtMost, ushort MinutesOfGrace, Amount Penalty)
{
    /// <summary>No agreement has more zones.</summary>
    public const int ZonesAtMost = 64;

    /// <summary>What so long a stay costs; the first step has begun with it.</summary>
    public Amount For(long seconds)
    {
        var step = MinutesPerStep * 60L;
        return (PerStep * Math.Max(1, (seconds + step - 1) / step)).OrAtMost(Most);
    }

    /// <summary>Whether zones make a price list: each with its own number, a price and a time, all in one money.</summary>
    public static bool AreZones(Many<ParkingZone> zones)
    {
        if (zones.Count is 0 or > ZonesAtMost) return false;
        for (var each = 0; each < zones.Count; each++)
        {
            if (!zones[each].IsPriced(zones[0].PerStep.Unit)) return false;
            for (var other = 0; other < each; other++)
                if (zones[other].Number == zones[each].Number) return false;
        }
        return true;
    }

    private bool IsPriced(Unit money) =>
        PerStep.IsPrice(money) && Most.IsPrice(money) && Penalty.IsPrice(money) && PerStep <= Most && MinutesPerStep > 0 && MinutesAtMost > 0;
}
