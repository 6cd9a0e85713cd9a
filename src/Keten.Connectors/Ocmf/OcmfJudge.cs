namespace Keten.Connectors.Ocmf;

/// <summary>
/// Judges records in the order in which they come. It remembers for each meter the last pagination, the registers and the open transaction, so that gaps,
/// repeats and registers that run back show across records. Only records with a valid signature are remembered. Not for several threads at once.
/// </summary>
/// <param name="trusted">
/// The trusted meters. Null takes the key that comes with each record, which shows that the record is whole but not whose it is.
/// </param>
/// <param name="clock">What the clock must be worth.</param>
public sealed class OcmfJudge(OcmfKeys? trusted = null, OcmfClockDemand clock = OcmfClockDemand.Energy)
{
    /// <summary>Most meters remembered; the records of further ones are judged each for itself.</summary>
    public const int MaxMeters = 100_000;

    private readonly Dictionary<(string? Gateway, string? Meter, string? Point), OcmfMeterState> meters = [];
    private int judged;

    /// <summary>The records, by their number among those judged, whose transaction is open: it began and has not ended.</summary>
    public IEnumerable<int> Open => meters.Values.Select(meter => meter.Open).OfType<OcmfOpenTransaction>().Select(open => open.Record);

    /// <summary>Judges a value of a file.</summary>
    public OcmfVerdict Judge(OcmfValue value)
    {
        if (value.Problem is { } wrong) return Count(OcmfVerdict.Of(wrong));
        var record = OcmfDocument.Read(value.SignedData, out var problem);
        if (record is null) return Count(OcmfVerdict.Of(problem!));
        if (trusted is not null || value.PublicKey is null) return Judge(record, key: null);
        return OcmfPublicKey.Read(value.PublicKey) is { } key ? Judge(record, key) : Count(Check(record, [], OcmfFault.KeyUnusable));
    }

    /// <summary>Judges a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="key">The key that came with it; not looked at where trusted keys are given.</param>
    public OcmfVerdict Judge(OcmfDocument record, OcmfPublicKey? key)
    {
        if (trusted is not null) return Count(Check(record, trusted.For(record), OcmfFault.UnknownMeter));
        return Count(Check(record, key is null ? [] : [key], OcmfFault.KeyMissing));
    }

    private OcmfVerdict Count(OcmfVerdict verdict)
    {
        judged++;
        return verdict;
    }

    private OcmfVerdict Check(OcmfDocument record, IReadOnlyList<OcmfPublicKey> keys, OcmfFault withoutKey)
    {
        var signature = Signature(record, keys, withoutKey);
        var faults = new SortedSet<OcmfFault>(OcmfContent.Faults(record, clock));
        if (signature is { } fault) faults.Add(fault);
        if (record.Meter is null) faults.Add(OcmfFault.UnknownMeter);
        var verdict = new OcmfVerdict
        {
            Signature = signature switch
            {
                null => OcmfSignatureState.Valid,
                OcmfFault.UnsupportedAlgorithm => OcmfSignatureState.Unsupported,
                _ => OcmfSignatureState.Invalid,
            },
            Reasons = [.. faults],
            Document = record,
        };
        return signature is null ? Meter(record).Judge(record, verdict, faults, judged) : verdict;
    }

    // Any one key will do. Where none does, a key of the right curve says more than one of another.
    private static OcmfFault? Signature(OcmfDocument record, IReadOnlyList<OcmfPublicKey> keys, OcmfFault withoutKey)
    {
        if (record.Signature.Unsupported() is { } unsupported) return unsupported;
        var signed = record.SignedBytes();
        var worst = withoutKey;
        foreach (var key in keys)
        {
            if (record.Signature.Verify(signed, key) is not { } fault) return null;
            if (fault > worst || worst == withoutKey) worst = fault;
        }
        return worst;
    }

    private OcmfMeterState Meter(OcmfDocument record)
    {
        var nameless = OcmfDocument.NotEmpty(record.MeterSerial) is null && OcmfDocument.NotEmpty(record.GatewaySerial) is null;
        var name = (record.GatewaySerial, record.MeterSerial, nameless ? record.ChargePoint : null);
        if (meters.TryGetValue(name, out var state)) return state;
        state = new OcmfMeterState();
        if (meters.Count < MaxMeters) meters.Add(name, state);
        return state;
    }
}

/// <summary>What a record shows by itself.</summary>
internal static class OcmfContent
{
    internal static IEnumerable<OcmfFault> Faults(OcmfDocument record, OcmfClockDemand clock)
    {
        foreach (var reading in record.Readings)
        {
            if (!IsGoodEnough(reading, clock)) yield return OcmfFault.ClockNotSynchronised;
            if (reading.ErrorFlags.Length > 0) yield return OcmfFault.ErrorFlags;
            if (reading.Status != "G") yield return OcmfFault.MeterStateNotGood;
            if (reading.Transaction == OcmfTransaction.Exception) yield return OcmfFault.ChargingException;
            if (reading.Transaction == OcmfTransaction.EndPowerFailure && clock != OcmfClockDemand.Energy) yield return OcmfFault.ChargingException;
        }
        if (record.BilledRegister is null || record.BilledReadings.Any(reading => reading.WattHours is null)) yield return OcmfFault.UnitUnknown;
    }

    private static bool IsGoodEnough(OcmfReading reading, OcmfClockDemand clock) => reading.Time.Clock switch
    {
        OcmfClock.Synchronised => true,
        OcmfClock.Relative => clock != OcmfClockDemand.TimeOfDay,
        OcmfClock.Informative => clock == OcmfClockDemand.Energy || (clock == OcmfClockDemand.Duration && reading.Transaction == OcmfTransaction.Begin),
        _ => false,
    };
}
