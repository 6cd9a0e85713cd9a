using System.Threading.Channels;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;

namespace Keten.Node.Pipeline;

/// <summary>A block that was executed and is to be made final.</summary>
internal sealed record Executed(Block Block, Dictionary<ulong, Readers> Readers, Waiting[] Waiting, SnapshotWalk? Snapshot);

/// <summary>Executes the log's entries in order, one after another, holding the state for a block at a time.</summary>
internal sealed class ExecutionStage(NodeParts node, Sequencer sequencer, Proofs proofs, SnapshotRhythm rhythm, Watch watch, ChannelWriter<Executed> next)
{

    /// <summary>Until the log ends or the node stops.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (var entry in node.Log.FollowAsync((long)node.Ledger.LogPosition, node.Failure.Stop)) await Take(entry, sequencer.TakeOwn(entry.Bytes));
        }
        finally
        {
            next.TryComplete();
        }
    }

    private async Task Take(LogEntry entry, Ordered? own)
    {
        try
        {
            var began = node.Clock.GetTimestamp();
            if (Execute(entry, own) is not { } executed)
            {
                node.Metrics.Skipped();
                watch.Skipped(entry.Bytes);
                sequencer.Poke();
                node.Moved.Set();
                if (own is not null) sequencer.Skipped(own, entry.Position);
                return;
            }
            Accept(own);
            node.Metrics.Executed(executed.Block, node.Clock.GetElapsedTime(began));
            if (executed.Block.Checkpoint is { } checkpoint) _ = Task.Factory.StartNew(() => checkpoint.Root, CancellationToken.None, TaskCreationOptions.DenyChildAttach, node.Scheduler);
            await next.WriteAsync(executed, node.Failure.Stop);
            if (node.Shared is not null && own is null && (executed.Block.Transactions.Count > 0 || Entry.Parse(entry.Bytes).Asks)) node.Progress.OthersWent = true;
            if (own is not null) sequencer.Executed();
            else sequencer.Poke();
            node.Moved.Set();
        }
        catch (Exception fault)
        {
            var why = new NodeStoppedException($"The node stopped at entry {entry.Position}, after block {node.Ledger.Head?.Height ?? 0}: {fault.Message}", fault);
            if (fault is not OperationCanceledException) node.Failure.Set(why);
            foreach (var one in own?.Waiting ?? []) one.Submission.Fail(node.Failure.Why ?? why);
            throw;
        }
    }

    private Executed? Execute(LogEntry entry, Ordered? own) => node.State.Read(ledger =>
    {
        var before = ledger.LogHash;
        if (ledger.Execute(entry.Bytes, own?.Entry) is not { } block) return null;
        if (own is null && node.Shared is not null) watch.Executed(ledger, block, before);
        var readers = EventReaders.Of(ledger, block.Outcomes);
        proofs.Executed(block);
        var snapshot = rhythm.IsDue(block) ? ledger.BeginSnapshot() : null;
        node.Progress.Take(ledger, block.Outcomes.Calls.Count);
        return new Executed(block, readers, own?.Waiting ?? [], snapshot);
    });

    // Once durable in the log it will be executed, whatever happens to this node: the promise that «accepted» is.
    private static void Accept(Ordered? own)
    {
        foreach (var one in own?.Waiting ?? [])
            if (one.Submission.Wait == WaitFor.Accepted) one.Submission.Answer(one.Index, new Answer(one.Checked.Transaction.Id, AnswerStatus.Accepted, null, 0, 0, 0));
    }
}
