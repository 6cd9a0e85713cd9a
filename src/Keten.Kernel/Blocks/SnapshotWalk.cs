using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>A snapshot that is being taken piece by piece, between blocks. Each piece, and giving up, is under whatever holds off the ledger's writer.</summary>
public sealed class SnapshotWalk
{
    private readonly LedgerState state;
    private readonly long count;
    private int table;

    internal SnapshotWalk(Header head, ulong skipped, Frontier history, LedgerState state)
    {
        (Head, Skipped, History, this.state) = (head, skipped, history, state);
        count = state.BeginWalk();
    }

    /// <summary>The header of the block that ended the checkpoint.</summary>
    public Header Head { get; }

    /// <summary>How many entries had been skipped.</summary>
    public ulong Skipped { get; }

    /// <summary>The right edge of the history tree.</summary>
    public Frontier History { get; }

    /// <summary>What stands before the records in a snapshot's form.</summary>
    public byte[] Start() => Snapshot.Start(Head, Skipped, History, (ulong)count).ToArray();

    /// <summary>Takes some more records, looking at so many at most, behind what the capture has; false when those were the last.</summary>
    public bool Take(StateCapture into, int atMost) => state.Walk(into, ref table, atMost);

    /// <summary>Takes no more.</summary>
    public void GiveUp() => state.EndWalk();
}
