using Keten.Connectors.Ocmf;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The readings of an OCMF record as the ledger prices them: what the meter states, and what anyone who has the record can compare with it.</summary>
public static class RecordPoints
{
    /// <summary>The points in order; null where a reading is not of whole seconds and whole watt-hours, or has no energy.</summary>
    /// <param name="record">Of one session.</param>
    /// <param name="energy">The unit of registers, whose smallest part is a watt-hour.</param>
    public static Many<MeterPoint>? Of(OcmfDocument record, Unit energy)
    {
        var points = new List<MeterPoint>();
        foreach (var reading in record.BilledReadings)
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
