using System.Security.Cryptography;

namespace Keten.Connectors.Ocmf;

/// <summary>A transaction that began and has not ended.</summary>
/// <param name="Record">The record it began in, by its number among those judged.</param>
/// <param name="Register">The register that is billed.</param>
/// <param name="BeginWh">What the register showed.</param>
/// <param name="Last">The time of its last reading.</param>
/// <param name="Sound">Whether every record of it so far was admissible.</param>
internal sealed record OcmfOpenTransaction(int Record, string Register, decimal? BeginWh, DateTimeOffset Last, bool Sound);

/// <summary>What is remembered of one meter: how far its records came.</summary>
internal sealed class OcmfMeterState
{
    private const int MaxRegisters = 16;
    private readonly Dictionary<char, (long Number, string Record)> pages = [];
    private readonly Dictionary<string, decimal> registers = new(StringComparer.Ordinal);

    internal OcmfOpenTransaction? Open { get; private set; }

    /// <summary>Adds what shows only against the meter's earlier records, and remembers this one.</summary>
    internal OcmfVerdict Judge(OcmfDocument record, OcmfVerdict verdict, SortedSet<OcmfFault> faults, int number)
    {
        if (!Page(record, faults)) return verdict with { Reasons = [.. faults] };
        Registers(record, faults);
        var transaction = new OcmfTransactionWalk(Open, number, faults);
        if (record.Pagination.IsTransaction) Open = transaction.Walk(record);
        return verdict with { Reasons = [.. faults], BeginWh = transaction.BeginWh, EndWh = transaction.EndWh, Overtakes = transaction.Overtakes };
    }

    // A record from before the last one is told of and forgotten: it must not move the meter back.
    private bool Page(OcmfDocument record, SortedSet<OcmfFault> faults)
    {
        var (context, number) = record.Pagination;
        var hash = Convert.ToHexString(SHA256.HashData(record.SignedBytes()));
        if (pages.TryGetValue(context, out var last))
        {
            if (number == last.Number && hash == last.Record) faults.Add(OcmfFault.RecordRepeated);
            else if (number != last.Number + 1) faults.Add(OcmfFault.PaginationGap);
            if (number <= last.Number) return false;
        }
        pages[context] = (number, hash);
        return true;
    }

    private void Registers(OcmfDocument record, SortedSet<OcmfFault> faults)
    {
        var billed = record.BilledRegister;
        var within = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var reading in record.Readings)
        {
            var name = reading.Register ?? "";
            if (reading.WattHours is not { } now || (name != billed && !OcmfRegister.OnlyGoesUp(reading.Register))) continue;
            var startsAgain = reading.Transaction == OcmfTransaction.Begin && OcmfRegister.IsPerTransaction(reading.Register);
            if (!startsAgain && Before(name, within) is { } before && now < before) faults.Add(OcmfFault.ReadingRunsBack);
            within[name] = now;
        }
        foreach (var (name, now) in within)
            if (registers.TryGetValue(name, out var highest)) registers[name] = OcmfRegister.IsPerTransaction(name) ? now : decimal.Max(now, highest);
            else if (registers.Count < MaxRegisters) registers.Add(name, now);
    }

    private decimal? Before(string name, Dictionary<string, decimal> within)
    {
        if (within.TryGetValue(name, out var inRecord)) return inRecord;
        return OcmfRegister.OnlyGoesUp(name) && registers.TryGetValue(name, out var earlier) ? earlier : null;
    }
}

/// <summary>Follows the readings of one record through begin, charging and end.</summary>
internal sealed class OcmfTransactionWalk(OcmfOpenTransaction? before, int record, SortedSet<OcmfFault> faults)
{
    private OcmfOpenTransaction? open = before;

    internal decimal? BeginWh { get; private set; }

    internal decimal? EndWh { get; private set; }

    internal int? Overtakes { get; private set; }

    /// <summary>The transaction that is open after the record; null when none is.</summary>
    internal OcmfOpenTransaction? Walk(OcmfDocument document)
    {
        foreach (var reading in document.BilledReadings)
        {
            if (reading.Transaction == OcmfTransaction.Begin) Begin(reading);
            else Continue(reading);
        }
        if (document.BilledRegister is null || open is null) return open;
        return open with { Sound = open.Sound && faults.Count == 0 };
    }

    private void Begin(OcmfReading reading)
    {
        if (open?.Record == record) faults.Add(OcmfFault.MissingEnd);
        else if (open is not null) Overtakes = open.Record;
        open = new OcmfOpenTransaction(record, reading.Register ?? "", reading.WattHours, reading.Time.At, Sound: true);
        (BeginWh, EndWh) = (reading.WattHours, null);
    }

    private void Continue(OcmfReading reading)
    {
        if (open is null || open.Register != (reading.Register ?? ""))
        {
            faults.Add(OcmfFault.MissingBegin);
            return;
        }
        if (!open.Sound) faults.Add(OcmfFault.TransactionNotAdmissible);
        if (reading.Time.At < open.Last) faults.Add(OcmfFault.TimeRunsBack);
        BeginWh = open.BeginWh;
        open = open with { Last = reading.Time.At };
        if (!reading.Transaction.Ends()) return;
        EndWh = reading.WattHours;
        open = null;
    }
}
