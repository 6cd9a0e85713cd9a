using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation;

/// <summary>A ledger of our own that executes a log from outside: what nodes say and hold is held against it.</summary>
internal sealed class Truth(Genesis genesis)
{
    private readonly Ledger replica = Ledger.Begin(genesis, BuiltIn.Catalogue);
    private readonly List<ReadOnlyMemory<byte>> log = [];
    private readonly List<Header> headers = [];                             // by height
    private readonly List<ValidatorSet> certifying = [];                    // by height
    private readonly Dictionary<Hash, (ulong Height, uint Code)> decided = [];
    private readonly Dictionary<Hash, int> seen = [];                       // a transaction's first place in the log
    private int ordered;

    public IReadOnlyList<ReadOnlyMemory<byte>> Log => log;

    public IReadOnlyList<Header> Headers => headers;

    /// <summary>Who is to certify the block of a height.</summary>
    public ValidatorSet CertifyingOf(ulong height) => certifying[(int)height - 1];

    public Header? Head => replica.Head;

    public Ledger Ledger => replica;

    /// <summary>Takes the log's next entry; the block that came of it, none where it is skipped.</summary>
    public Block? Execute(ReadOnlyMemory<byte> bytes)
    {
        log.Add(bytes);
        if (replica.Execute(bytes) is not { } block) return null;
        headers.Add(block.Header);
        certifying.Add(block.Validators);
        foreach (var decision in block.Outcomes.Decisions)
        {
            seen.TryAdd(decision.Id, ++ordered);
            if (!decision.IsVoid) Unless(decided.TryAdd(decision.Id, (block.Header.Height, decision.Code)), $"{decision.Id} was decided twice.");
        }
        return block;
    }

    /// <summary>What became of a transaction; null where it was not decided.</summary>
    public (ulong Height, uint Code)? Decided(Hash id) => decided.TryGetValue(id, out var outcome) ? outcome : null;

    /// <summary>A transaction's place among all that were ordered, void ones too; null where it was not.</summary>
    public int? Place(Hash id) => seen.TryGetValue(id, out var place) ? place : null;

    /// <summary>A ledger that begins anew takes the whole log to the same header.</summary>
    public void CheckReplay()
    {
        var again = Ledger.Begin(genesis, BuiltIn.Catalogue);
        foreach (var entry in log) again.Execute(entry);
        Unless(again.Head?.Hash == Head?.Hash, "The log, executed again, leads to another header.");
    }
}
