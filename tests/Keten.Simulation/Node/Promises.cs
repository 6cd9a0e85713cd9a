using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation;

/// <summary>All that a node has told: what it says and holds after each start is held against that, and against what its log leads to.</summary>
internal sealed class Promises(Genesis genesis)
{
    private readonly Truth truth = new(genesis);
    private readonly Dictionary<ulong, Hash> toldHeaders = [];
    private readonly List<(Hash Id, ulong Height, uint Code)> final = [];
    private readonly List<Hash> accepted = [];
    private readonly List<Hash[]> requests = [];
    private ulong sequence;

    /// <summary>Of those who pay.</summary>
    public Expectations Expected { get; } = new();

    /// <summary>Up to which height bodies may be gone.</summary>
    public ulong PrunedTo { get; set; }

    /// <summary>The highest height that anybody was told.</summary>
    public ulong Told { get; private set; }

    public int Finals => final.Count;

    public int Accepts => accepted.Count;

    public Hash AnyFinal(Random random) => final[random.Next(final.Count)].Id;

    /// <summary>These stood in one request, in this order.</summary>
    public void Requested(Hash[] ids) => requests.Add(ids);

    public void Answered(in Answer answer)
    {
        if (answer.Status == AnswerStatus.Accepted) accepted.Add(answer.Id);
        if (answer.Status is not (AnswerStatus.Done or AnswerStatus.Refused)) return;
        if (answer.Status == AnswerStatus.Done) Expected.WasDone(answer.Id);
        final.Add((answer.Id, answer.Height, answer.Code));
        Told = Math.Max(Told, answer.Height);
    }

    /// <summary>Somebody was shown a certified header.</summary>
    public void Shown(Header header)
    {
        var hash = header.Hash;
        if (!toldHeaders.TryAdd(header.Height, hash)) Unless(toldHeaders[header.Height] == hash, $"Block {header.Height} has another header than before.");
        Told = Math.Max(Told, header.Height);
    }

    /// <summary>What lies on the disk before a node is opened: each block of which anybody was told, and nothing that opening cannot mend.</summary>
    public void CheckStored(IDisk disk)
    {
        foreach (var finding in NodeCheck.Run(disk)) Unless(!finding.IsDamage, $"{finding.File}, byte {finding.Offset}: {finding.Reason}");
        var stored = (ulong)StoredBlocks.Read(disk.Folder("blocks"), 0, []).Count;
        Unless(stored >= Told, $"Block {Told} was told, and {stored} blocks are stored.");
    }

    /// <summary>All of it, against a node that has just been opened.</summary>
    public void Check(LedgerNode node, IDisk disk)
    {
        ReadLog(disk.Folder("log"));
        var head = node.Head?.Header;
        Unless(head?.Hash == truth.Head?.Hash, $"The node is at block {head?.Height}, and the log leads to another header of block {truth.Head?.Height}.");
        Unless(node.Read(ledger => ledger.Skipped) == 0 && truth.Ledger.Skipped == 0, "An entry of the node's own was skipped.");
        foreach (var (height, hash) in toldHeaders) Unless(height <= (ulong)truth.Headers.Count && truth.Headers[(int)height - 1].Hash == hash, $"Block {height} has changed.");
        for (var height = Math.Max(1, truth.Headers.Count - 3); height <= truth.Headers.Count; height++)
            Unless(node.CertificateOf((ulong)height) is { } certificate && certificate.Header == truth.Headers[height - 1] && certificate.Verify(genesis.Validators), $"Block {height} has no good certificate.");
        foreach (var (id, height, code) in final)
        {
            Unless(truth.Decided(id) == (height, code), $"{id} was final in block {height} with code {code}, and is not.");
            if (height > PrunedTo) Unless(node.Find(id) is { } place && (place.Height, place.Code) == (height, code), $"{id} was final in block {height}, and is not found.");
        }
        foreach (var id in accepted) Unless(truth.Place(id) is not null, $"{id} was accepted, and is not in the log.");
        foreach (var ids in requests) CheckOrder(ids);
        node.Read(ledger =>
        {
            Expected.CheckMoney(ledger, truth);
            return true;
        });
        var findings = NodeCheck.Run(disk);
        Unless(findings.Count == 0, findings.Count == 0 ? "" : $"{findings[0].File}, byte {findings[0].Offset}: {findings[0].Reason}");
    }

    public void CheckReplay() => truth.CheckReplay();

    private void ReadLog(IDisk folder)
    {
        var report = LogCheck.Run(folder);
        Unless(report.Fault is null && report.Last >= truth.Log.Count, $"The log ends at {report.Last}, and had {truth.Log.Count} entries.");
        Unless(report.First <= truth.Log.Count + 1, $"The log begins at {report.First}, and nobody has seen what was before.");
        foreach (var (position, bytes) in LogEntries.Of(folder, report))
        {
            if (position <= truth.Log.Count) Unless(truth.Log[(int)position - 1].Span.SequenceEqual(bytes.Span), $"Entry {position} of the log has changed.");
            else Execute(bytes.ToArray());
        }
    }

    private void Execute(byte[] bytes)
    {
        var entry = Entry.Parse(bytes);
        Unless(entry.Sequence > sequence, $"Entry {truth.Log.Count + 1} has the sequence number {entry.Sequence}, after {sequence}.");
        sequence = entry.Sequence;
        Unless(truth.Execute(bytes) is not null, $"Entry {truth.Log.Count} is skipped.");
    }

    private void CheckOrder(Hash[] ids)
    {
        var at = 0;
        foreach (var id in ids)
        {
            if (Expected.WasSentAgain(id) || truth.Place(id) is not { } position) continue;
            Unless(position > at, $"{id} was ordered before what stood before it in its request.");
            at = position;
        }
    }
}
