using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>Takes a location's local time from the host's zone table, once, when a tariff is published: from then on it is data of the tariff.</summary>
public static class ZoneOffsets
{
    /// <summary>
    /// The offsets of a zone from one moment to another; the first entry stands for all time before its first change, the last for all time after.
    /// </summary>
    /// <param name="zone">The <c>time_zone</c> of OCPI's Location.</param>
    /// <param name="from">The first moment that matters.</param>
    /// <param name="until">The last; at most 50 years later.</param>
    /// <exception cref="ArgumentOutOfRangeException">The stretch runs back or is longer.</exception>
    public static Many<ZoneOffset> Of(TimeZoneInfo zone, Instant from, Instant until)
    {
        const long Longest = 50 * 366 * Instant.Day;
        if (until < from || until - from > Longest) throw new ArgumentOutOfRangeException(nameof(until));
        var offsets = new List<ZoneOffset> { new(default, Offset(zone, from)) };
        for (var at = from; at < until;)
        {
            var next = new Instant(Math.Min(at.Seconds + Instant.Day, until.Seconds));
            if (Offset(zone, next) != offsets[^1].Seconds) offsets.Add(new ZoneOffset(Shift(zone, at, next), Offset(zone, next)));
            at = next;
        }
        return new([.. offsets]);
    }

    /// <summary>The first second of the offset that holds at the end of a day in which it changed.</summary>
    private static Instant Shift(TimeZoneInfo zone, Instant before, Instant after)
    {
        while (after - before > 1)
        {
            var middle = before.Plus((after - before) / 2);
            if (Offset(zone, middle) == Offset(zone, after)) after = middle;
            else before = middle;
        }
        return after;
    }

    private static int Offset(TimeZoneInfo zone, Instant at) => (int)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(at.Seconds)).TotalSeconds;
}
