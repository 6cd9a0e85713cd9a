using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Pipeline;

/// <summary>When a snapshot is taken, and its writing beside execution: the history's leaves first, then the snapshot, so that a snapshot never lacks them.</summary>
internal sealed class SnapshotRhythm(int every, StateGate state, SnapshotStore store, IDisk blockFolder, TaskScheduler scheduler)
{
    private readonly Lock gate = new();
    private TaskCompletionSource<ulong>? wanted;
    private int withContent;
    private Task writing = Task.CompletedTask;
    private bool taken;

    /// <summary>Whether a snapshot is to be taken of this block, which has just been executed.</summary>
    public bool IsDue(Block block)
    {
        lock (gate)
        {
            if (block.Transactions.Count > 0 || block.Outcomes.Calls.Count > 0) withContent++;
            if (block.Checkpoint is null || taken || (withContent < every && wanted is null)) return false;
            withContent = 0;
            return taken = true;
        }
    }

    /// <summary>Asks for a snapshot at the next checkpoint; gives its height when it is written.</summary>
    public Task<ulong> Want()
    {
        lock (gate) return (wanted ??= new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Writes one whose block is stored.</summary>
    public void Begin(Snapshot snapshot, Action<Exception> failed) => writing = Task.Factory.StartNew(() =>
    {
        try
        {
            HistoryFile.Extend(blockFolder, snapshot.History.Size, (from, leaves) => Fill(from, leaves));
            store.Write(snapshot);
            TaskCompletionSource<ulong>? waiting;
            lock (gate) (waiting, wanted, taken) = (wanted, null, false);
            waiting?.TrySetResult(snapshot.Head.Height);
        }
        catch (Exception fault)
        {
            failed(fault);
        }
    }, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    public Task Finish(Exception why)
    {
        lock (gate)
        {
            if (wanted?.TrySetException(why) == true) _ = wanted.Task.Exception;
        }
        return writing;
    }

    private void Fill(ulong from, Span<Hash> leaves)
    {
        var some = new Hash[leaves.Length];
        state.Read(ledger =>
        {
            for (var each = 0; each < some.Length; each++) some[each] = ledger.History.Leaf(from + (uint)each);
            return true;
        });
        some.CopyTo(leaves);
    }
}
