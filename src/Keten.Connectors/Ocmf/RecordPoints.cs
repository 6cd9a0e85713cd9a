using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Connectors.Ocmf;

/// <summary>The readings of OCMF records as the ledger prices them: what the meter states, and what anyone who has the records can compare with it.</summary>
public static class RecordPoints
{
    /// <summary>The points of a session's one record in order; null where a reading is not of whole seconds and whole watt-hours, or has no energy.</summary>
    /// <param name="record">Of one session.</param>
    /// <param name="energy">The unit of registers, whose smallest part is a watt-hour.</param>
    public static Many<MeterPoint>? Of(OcmfDocument record, Unit energy) => Of([record], energy);

    /// <summary>The points of a session's records, one after the other: of a meter that signs begin and end apart. Null as for one.</summary>
    /// <param name="records">Of one session, in order.</param>
    /// <param name="energy">The unit of registers, whose smallest part is a watt-hour.</param>
    public static Many<MeterPoint>? Of(IEnumerable<OcmfDocument> records, Unit energy)
    {
        var points = new List<MeterPoint>();
        foreach (var reading in records.SelectMany(record => record.BilledReadings))
        {
            if (reading.WattHours is not { } wattHours || !decimal.IsInteger(wattHours) || wattHours is < 0 or > long.MaxValue) return null;
            var at = reading.Time.At;
            if (at.Ticks % TimeSpan.TicksPerSecond != 0 || points.Count == Many<MeterPoint>.AtMost) return null;
            var activity = reading.Transaction == OcmfTransaction.Suspended ? Activity.Parking : Activity.Charging;
            points.Add(new MeterPoint(new Instant(at.ToUnixTimeSeconds()), energy.Of((long)wattHours), activity));
        }
        return points.Count == 0 ? null : new Many<MeterPoint>([.. points]);
    }
}
