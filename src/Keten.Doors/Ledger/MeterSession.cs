using System.Text;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Devices;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What a meter signed of one session: one OCMF record from begin to end, or several in order.</summary>
internal sealed class MeterSession
{
    private readonly IReadOnlyList<OcmfDocument> records;

    private MeterSession(IReadOnlyList<OcmfDocument> records) => this.records = records;

    /// <summary>When it ended, by the meter.</summary>
    public Instant End => At(records[^1].BilledReadings.Last());

    /// <summary>The number of its last page.</summary>
    public long Page => records[^1].Pagination.Number;

    /// <summary>Puts the records of a session together: of those that came, the last that is whole, or those from the last begin to the last end. Null where begin or end is missing.</summary>
    public static byte[]? Whole(IEnumerable<SignedValue> values)
    {
        List<string>? open = null, whole = null;
        foreach (var value in values)
        {
            if (OcmfDocument.Read(value.Data, out _) is not { } record) continue;
            var (begins, ends) = (record.Readings.Any(reading => reading.Transaction == OcmfTransaction.Begin), record.Readings.Any(reading => reading.Transaction.Ends()));
            if (begins) open = [];
            open?.Add(value.Data.Trim());
            if (ends && open is not null) (whole, open) = (open, begins ? null : open);
        }
        return whole is null ? null : Encoding.UTF8.GetBytes(string.Join('\n', whole));
    }

    /// <summary>Reads what <see cref="Whole"/> put together.</summary>
    /// <exception cref="ApartException">A line is no record.</exception>
    public static MeterSession Read(byte[] content)
    {
        var records = new List<OcmfDocument>();
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
            records.Add(OcmfDocument.Read(line, out var problem) ?? throw new ApartException(ApartReason.Unreadable, problem!.Detail));
        return records.All(record => record.BilledReadings.Any()) ? new MeterSession(records) : throw new ApartException(ApartReason.NotBillable, "The record has no energy.");
    }

    /// <summary>Under which name its pages are counted.</summary>
    public string Meter(string lane) => $"{lane}/{records[^1].Meter}/{records[^1].Pagination.Context}";

    /// <summary>Whether an enrolled key signed all of it, in force then, and it may be billed.</summary>
    /// <exception cref="ApartException">It may not.</exception>
    public async Task CheckAsync(Party party, Device device, IEnumerable<string?> said, LedgerDesk desk, CancellationToken cancel)
    {
        var trusted = new OcmfKeys();
        var any = false;
        foreach (var text in said)
        {
            if (text is null || OcmfPublicKey.Read(text) is not { } key || await desk.MeterKeyAsync(Hash.Of(key.Spki.Span), cancel) is not { } enrolled) continue;
            if (enrolled.Device != party || End < enrolled.From || End > enrolled.Until) continue;
            trusted.Add(OcmfKeys.Any, key);
            any = true;
        }
        if (!any) throw new ApartException(ApartReason.UnknownDevice, "No meter key that was enrolled for the device at that time came with the record, or is configured.");
        if (!device.IsInForce(End)) throw new ApartException(ApartReason.NotCalibrated, "The meter's calibration was not in force when the session ended.");
        Judge(trusted);
    }

    /// <summary>The readings as the ledger prices them.</summary>
    /// <exception cref="ApartException">They are not of whole seconds and watt-hours.</exception>
    public Many<MeterPoint> Points(Unit energy) =>
        RecordPoints.Of(records, energy) ?? throw new ApartException(ApartReason.NotBillable, "A reading is not of whole seconds and whole watt-hours.");

    // Prices hang on the hour, and so does what was wished: the clock has to be good for it. A page that was left out is another record's loss, not this one's.
    private void Judge(OcmfKeys trusted)
    {
        var judge = new OcmfJudge(trusted, OcmfClockDemand.TimeOfDay);
        OcmfVerdict? last = null;
        foreach (var record in records)
        {
            last = judge.Judge(record, key: null);
            foreach (var fault in last.Reasons)
                if (fault != OcmfFault.PaginationGap) throw new ApartException(fault is OcmfFault.BadSignature or OcmfFault.KeyMismatch ? ApartReason.BadSignature : ApartReason.NotBillable, fault.Text());
        }
        if (last?.EnergyWh is null) throw new ApartException(ApartReason.NotBillable, OcmfFault.MissingEnd.Text());
    }

    private static Instant At(OcmfReading reading) => new(reading.Time.At.ToUnixTimeSeconds());
}
