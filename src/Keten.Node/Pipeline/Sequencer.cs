using System.Collections.Concurrent;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;

namespace Keten.Node.Pipeline;

/// <summary>An entry of this node's own on its way through the log, and who waits for its transactions.</summary>
internal sealed record Ordered(Entry Entry, Waiting[] Waiting, long Appended);

/// <summary>
/// Makes entries of what waits, signs them and appends them: the next is made while the last is being flushed, a few at most under way. States the clock, and ticks where it must.
/// </summary>
internal sealed class Sequencer(NodeParts node)
{
    private const int UnderWayAtMost = 3;
    public const long HourAtMost = 3_600;
    private const long JumpAtMost = 35 * Instant.Day;

    // An entry in a shared log costs every validator two statements and a quorum of signatures to check, however small it is.
    private static readonly TimeSpan WaitForMoreAtMost = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<Waiting> waiting = new();
    private readonly ConcurrentQueue<Ordered> own = new();
    private readonly Signal change = new();
    private ulong sequence;
    private Instant stated;
    private int underWay;
    private int checkpointsWanted;
    private bool closing, joined;

    public void Add(List<Waiting> some)
    {
        foreach (var one in some) waiting.Enqueue(one);
        if (node.Failure.Why is { } why) FailAll(why);
    }

    /// <summary>Something changed that may call for an entry.</summary>
    public void Poke() => change.Set();

    /// <summary>Wants checkpoints, by ticks if need be, until told that it has them.</summary>
    public void WantCheckpoints(int more)
    {
        Interlocked.Add(ref checkpointsWanted, more);
        Poke();
    }

    /// <summary>The entry of this node's own that is next in the log, if these are its bytes.</summary>
    public Ordered? TakeOwn(ReadOnlyMemory<byte> bytes) => own.TryPeek(out var next) && next.Entry.Bytes.Span.SequenceEqual(bytes.Span) && own.TryDequeue(out next) ? next : null;

    /// <summary>How long the oldest own entry that was appended has not come back.</summary>
    public TimeSpan Oldest => own.TryPeek(out var oldest) ? node.Clock.GetElapsedTime(oldest.Appended) : TimeSpan.Zero;

    /// <summary>An own entry has been executed.</summary>
    public void Executed()
    {
        Interlocked.Decrement(ref underWay);
        Poke();
    }

    /// <summary>
    /// An own entry was skipped. With transactions it came behind the block in which the validators changed: they were never decided, and another node takes them. A tick may have come
    /// behind others' that moved the time as far, and then one whose bucket is full has none free: nothing is lost with it.
    /// </summary>
    /// <exception cref="NodeStoppedException">It has transactions, and this node may still append: then nobody knows why.</exception>
    public void Skipped(Ordered own, long position)
    {
        if (node.Progress.MayAppend && own.Waiting.Length > 0) throw new NodeStoppedException($"The log's entry {position} is this node's own, and the ledger skipped it.");
        foreach (var one in own.Waiting) Decline(one);
        Executed();
    }

    public void Close()
    {
        Volatile.Write(ref closing, true);
        Poke();
    }

    /// <summary>Completes when all that was appended has been executed, or the node stops.</summary>
    public Task AllExecuted() => Until(() => Volatile.Read(ref underWay) == 0);

    /// <summary>What has not been executed when the node stops.</summary>
    public void FailAll(Exception why)
    {
        while (own.TryDequeue(out var entry))
            foreach (var one in entry.Waiting) one.Submission.Fail(why);
        while (waiting.TryDequeue(out var one)) one.Submission.Fail(why);
    }

    /// <summary>Until closed and nothing is left.</summary>
    public async Task RunAsync()
    {
        // Closed before it knew its own last number: it appends nothing, and whoever waits is told.
        if (!await AllOfTheLog()) return;
        await using var timer = node.Clock.CreateTimer(_ => Poke(), null, node.Options.TickPoll, node.Options.TickPoll);
        while (true)
        {
            var next = change.Next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            if (!node.Progress.MayAppend)
            {
                joined = false;
                DeclineAll();
                if (Volatile.Read(ref closing)) return;
                await next;
                continue;
            }
            // One that was muted may have an entry under way that counts again.
            if (!joined) (sequence, stated, joined) = node.State.Read(ledger => (Math.Max(sequence, ledger.State.Validators.Get(node.Validator!.Id).Sequence), ledger.State.Now, true));
            await CatchUp();
            if (IsBatchReady()) await Append(Take());
            else if (Volatile.Read(ref closing) && waiting.IsEmpty) return;
            else if (IsTickWanted() && await Append([])) continue;
            else if (IsTimeWanted() && await Append([], asks: node.Progress.Members.Count > 1)) continue;
            else if (IsMoreComing()) await MoreOr(next);
            else await next;
        }
    }

    private async Task MoreOr(Task next)
    {
        await using var enough = node.Clock.CreateTimer(_ => Poke(), null, WaitForMoreAtMost, Timeout.InfiniteTimeSpan);
        await next;
    }

    private void DeclineAll()
    {
        while (!waiting.IsEmpty)
            foreach (var one in Take()) Decline(one);
    }

    private static void Decline(in Waiting one) =>
        one.Submission.Answer(one.Index, new Answer(one.Checked.Transaction.Id, AnswerStatus.Rejected, KernelRefusal.NotAValidator, KernelRefusal.NotAValidator.Number, 0, 0));

    // What a node that was killed left in the log carries its sequence numbers on: an entry made before they are known would repeat one, and be skipped.
    private async Task<bool> AllOfTheLog()
    {
        var last = (await node.Order.RangeAsync(node.Failure.Stop)).Last + (node.Shared is null ? 0 : node.Epoch.Offset);
        return await Until(() => Volatile.Read(ref closing) || IsThere()) && IsThere();

        bool IsThere() => !node.IsLeftBehind && node.State.Read(ledger => (long)ledger.LogPosition) >= last;
    }

    // Looked at again after each change; that the node stops is one.
    private async Task<bool> Until(Func<bool> isSo)
    {
        while (true)
        {
            var next = change.Next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            if (isSo()) return true;
            await next;
        }
    }

    // Ledger time moves by an hour an entry at most: after a quiet night a few ticks come before whatever must not be judged by yesterday's time.
    private async Task CatchUp()
    {
        if (node.Now - stated > JumpAtMost && !node.Options.AcceptClockJump)
            throw new NodeStoppedException($"The clock is {(node.Now - stated) / Instant.Day} days ahead of the ledger's time. If it is right, open the node with {nameof(PipelineOptions.AcceptClockJump)}.");
        while (node.Now - stated > HourAtMost)
            if (!await Append([])) return;
    }

    // A few transactions wait for those under way, and go together: an entry costs a signature, two flushes and a certificate, however small it is.
    private bool IsBatchReady() =>
        !waiting.IsEmpty && (Volatile.Read(ref underWay) == 0 && !IsMoreComing() || Volatile.Read(ref closing) || node.Shared is null && waiting.Count >= Math.Max(1, node.Options.BatchAtMost / 4));

    // What has come through the door and is being verified goes along, where that costs no time worth speaking of.
    private bool IsMoreComing() =>
        node.Shared is not null && waiting.TryPeek(out var oldest) && waiting.Count < Math.Min(node.Room.Count, node.Options.BatchAtMost) && node.Clock.GetElapsedTime(oldest.Began) < WaitForMoreAtMost;

    private bool IsTickWanted()
    {
        if (Volatile.Read(ref underWay) > 0) return false;
        var (now, progress) = (node.Now, node.Progress);
        if (progress.NextWakeUp <= now.Seconds && (now > stated || progress.MoreDue)) return true;
        // Ticks never answer ticks: only what others' transactions moved is answered, and a tick that asks.
        if (progress.OthersWent && now > stated) return true;
        return progress.AnyIsFull && now > stated && now.Seconds > progress.Now;
    }

    // Somebody waits for a checkpoint, and ledger time stands: it is the median, so the others are asked for theirs, once a second at most. A quiet network is quiet again when nobody waits.
    private bool IsTimeWanted() =>
        Volatile.Read(ref underWay) == 0 && Volatile.Read(ref checkpointsWanted) > 0 && node.Now > stated && node.Now.Seconds >= node.Progress.CheckpointFrom;

    private Waiting[] Take()
    {
        var batch = new List<Waiting>(Math.Min(node.Options.BatchAtMost, 256));
        var (size, left) = (Entry.Overhead, 0L);
        while (batch.Count < node.Options.BatchAtMost && waiting.TryPeek(out var one))
        {
            size += one.Checked.Transaction.PackedLength + 5;
            if (size > node.EntryAtMost && batch.Count > 0) break;
            waiting.TryDequeue(out one);
            batch.Add(one);
            left += one.Submission.Transactions[one.Index].Length;
        }
        node.Room.Leave(batch.Count, left);
        return [.. batch];
    }

    // With a full bucket an entry would be skipped: a batch waits, and meanwhile the door fills up and says so; a tick that would be is not worth it, and is left out.
    private async Task<bool> MayAppend(bool isTick)
    {
        // A shared log may order otherwise what is appended at once, and a sequence that runs back is skipped.
        await Until(() => Volatile.Read(ref underWay) < (node.Shared is null ? UnderWayAtMost : 1));
        while (node.Shared is not null && !node.State.Read(ledger => ledger.Admits(node.Validator!.Id, isTick, Statement)))
        {
            var next = change.Next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            if (isTick) return false;
            if (!IsTickWanted() || !await Append([])) await next;
            await Until(() => Volatile.Read(ref underWay) == 0);
        }
        return true;
    }

    private Instant Statement => node.Now < stated ? stated : node.Now;

    private async Task<bool> Append(Waiting[] batch, bool asks = false)
    {
        try
        {
            if (!await MayAppend(isTick: batch.Length == 0)) return false;
            var now = Statement;
            var entry = Entry.Sign(node.Validator!, node.LedgerId, node.Epoch.Number, ++sequence, now, Array.ConvertAll(batch, one => one.Checked), asks);
            stated = now - stated > HourAtMost ? stated.Plus(HourAtMost) : now;
            Interlocked.Increment(ref underWay);
            own.Enqueue(new Ordered(entry, batch, node.Clock.GetTimestamp()));
            node.Metrics.Batch(batch.Length, node.Room.Count);
            if (node.Failure.Why is { } why) FailAll(why);
            node.Progress.OthersWent = false;
            _ = Watch(node.Order.AppendAsync(entry.Bytes).AsTask());
            return true;
        }
        catch
        {
            foreach (var one in batch) one.Submission.Fail(node.Failure.Why ?? new NodeStoppedException("The node has been closed."));
            throw;
        }
    }

    private async Task Watch(Task append)
    {
        var began = node.Clock.GetTimestamp();
        try
        {
            await append;
            node.Metrics.Appended(node.Clock.GetElapsedTime(began));
        }
        catch (Exception fault)
        {
            node.Failure.Set(fault);
        }
    }
}
