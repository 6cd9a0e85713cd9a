using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using static Keten.Tests.Simulation.BrokenPromiseException;

namespace Keten.Tests.Simulation;

/// <summary>All that a node has told, and a ledger of our own that executes the log from outside: what the node says and holds after each start is held against both.</summary>
internal sealed class Promises(Genesis genesis)
{
    private readonly Ledger replica = Ledger.Begin(genesis, BuiltIn.Catalogue);
    private readonly List<byte[]> log = [];
    private readonly List<Hash> headers = [];                               // of the replica's blocks, by height
    private readonly Dictionary<Hash, (ulong Height, uint Code)> decided = [];
    private readonly Dictionary<Hash, int> seen = [];                       // a transaction's first place in the log
    private readonly Dictionary<ulong, Hash> toldHeaders = [];
    private readonly List<(Hash Id, ulong Height, uint Code)> final = [];
    private readonly List<Hash> accepted = [];
    private readonly List<Hash[]> requests = [];
    private readonly HashSet<Hash> hopeless = [];
    private readonly HashSet<Hash> again = [];
    private readonly Dictionary<Hash, (Party From, Party To, long Cents)> payments = [];
    private readonly Dictionary<Party, long> paidIn = [];
    private ulong sequence;
    private int ordered;

    /// <summary>Up to which height bodies may be gone.</summary>
    public ulong PrunedTo { get; set; }

    /// <summary>The highest height that anybody was told.</summary>
    public ulong Told { get; private set; }

    public int Finals => final.Count;

    public int Accepts => accepted.Count;

    public Hash AnyFinal(Random random) => final[random.Next(final.Count)].Id;

    public void PaidIn(Party who, long cents) => paidIn[who] = cents;

    public void Pays(Hash id, Party from, Party to, long cents) => payments[id] = (from, to, cents);

    /// <summary>Will never be done.</summary>
    public void IsHopeless(Hash id) => hopeless.Add(id);

    /// <summary>Was sent again, and may overtake itself.</summary>
    public void SentAgain(Hash id) => again.Add(id);

    /// <summary>These stood in one request, in this order.</summary>
    public void Requested(Hash[] ids) => requests.Add(ids);

    public void Answered(in Answer answer)
    {
        if (answer.Status == AnswerStatus.Accepted) accepted.Add(answer.Id);
        if (answer.Status is not (AnswerStatus.Done or AnswerStatus.Refused)) return;
        Unless(answer.Status != AnswerStatus.Done || !hopeless.Contains(answer.Id), $"{answer.Id} was done, and could not be.");
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
        Unless(head?.Hash == replica.Head?.Hash, $"The node is at block {head?.Height}, and the log leads to another header of block {replica.Head?.Height}.");
        Unless(node.Read(ledger => ledger.Skipped) == 0 && replica.Skipped == 0, "An entry of the node's own was skipped.");
        foreach (var (height, hash) in toldHeaders) Unless(height <= (ulong)headers.Count && headers[(int)height - 1] == hash, $"Block {height} has changed.");
        for (var height = Math.Max(1, headers.Count - 3); height <= headers.Count; height++)
            Unless(node.CertificateOf((ulong)height) is { } certificate && certificate.Header.Hash == headers[height - 1] && certificate.Verify(genesis.Validators), $"Block {height} has no good certificate.");
        foreach (var (id, height, code) in final)
        {
            Unless(decided.TryGetValue(id, out var was) && was == (height, code), $"{id} was final in block {height} with code {code}, and is not.");
            if (height > PrunedTo) Unless(node.Find(id) is { } place && (place.Height, place.Code) == (height, code), $"{id} was final in block {height}, and is not found.");
        }
        foreach (var id in accepted) Unless(seen.ContainsKey(id), $"{id} was accepted, and is not in the log.");
        foreach (var ids in requests) CheckOrder(ids);
        CheckMoney(node);
        var findings = NodeCheck.Run(disk);
        Unless(findings.Count == 0, findings.Count == 0 ? "" : $"{findings[0].File}, byte {findings[0].Offset}: {findings[0].Reason}");
    }

    /// <summary>A ledger that begins anew takes the whole log to the same header.</summary>
    public void CheckReplay()
    {
        var again = Ledger.Begin(genesis, BuiltIn.Catalogue);
        foreach (var entry in log) again.Execute(entry);
        Unless(again.Head?.Hash == replica.Head?.Hash, "The log, executed again, leads to another header.");
    }

    private void ReadLog(IDisk folder)
    {
        var report = LogCheck.Run(folder);
        Unless(report.Fault is null && report.Last >= log.Count, $"The log ends at {report.Last}, and had {log.Count} entries.");
        Unless(report.First <= log.Count + 1, $"The log begins at {report.First}, and nobody has seen what was before.");
        foreach (var (position, bytes) in LogEntries.Of(folder, report))
        {
            if (position <= log.Count) Unless(log[(int)position - 1].AsSpan().SequenceEqual(bytes.Span), $"Entry {position} of the log has changed.");
            else Execute(bytes.ToArray());
        }
    }

    private void Execute(byte[] bytes)
    {
        log.Add(bytes);
        var entry = Entry.Parse(bytes);
        Unless(entry.Sequence > sequence, $"Entry {log.Count} has the sequence number {entry.Sequence}, after {sequence}.");
        sequence = entry.Sequence;
        if (replica.Execute(bytes) is not { } block) throw new BrokenPromiseException($"Entry {log.Count} is skipped.");
        headers.Add(block.Header.Hash);
        foreach (var decision in block.Outcomes.Decisions)
        {
            seen.TryAdd(decision.Id, ++ordered);
            if (!decision.IsVoid) Unless(decided.TryAdd(decision.Id, (block.Header.Height, decision.Code)), $"{decision.Id} was decided twice.");
        }
    }

    private void CheckOrder(Hash[] ids)
    {
        var at = 0;
        foreach (var id in ids)
        {
            if (again.Contains(id) || !seen.TryGetValue(id, out var position)) continue;
            Unless(position > at, $"{id} was ordered before what stood before it in its request.");
            at = position;
        }
    }

    private void CheckMoney(LedgerNode node)
    {
        var expected = new Dictionary<Party, long>(paidIn);
        foreach (var (id, (from, to, cents)) in payments)
        {
            if (!decided.TryGetValue(id, out var outcome) || outcome.Code != 0) continue;
            expected[from] -= cents;
            expected[to] += cents;
        }
        foreach (var (party, cents) in expected) Unless(node.Read(ledger => ledger.State.Balance(party, new Unit(1))) == cents, $"{party} should have {cents}.");
        Unless(node.Read(ledger => ledger.State.AllAccounts().Aggregate(Int128.Zero, (sum, account) => sum + account.Value.Balance)) == 0, "Money has come or gone.");
    }
}
