using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Keten.Log;

// The one watch that counts positions, and the watches of those who read what is no longer in memory.
public sealed partial class EtcdLog
{
    /// <summary>How many entries pass between the marks that a validator leaves for those who have to begin in the middle.</summary>
    private const int EntriesBetweenMarks = 1024;

    private async Task ReadAsync()
    {
        var backoff = new Backoff();
        try
        {
            while (true)
            {
                try
                {
                    await WatchAsync(backoff, closing.Token);
                }
                catch (LogException passing) when (passing is EtcdUnreachableException or EtcdCompactedException)
                {
                    gateway.Trouble = passing.Message;
                    await backoff.WaitAsync(closing.Token);
                }
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // Closed.
        }
        catch (Exception broken)
        {
            Stop(broken);
        }
    }

    private async Task WatchAsync(Backoff backoff, CancellationToken cancel)
    {
        try
        {
            var (start, expected) = await EnterAsync(cancel);
            await foreach (var revision in watch.FromAsync(start, cancel))
            {
                if (expected is { } known) CheckResumed(revision, known);
                else Take(revision);
                expected = null;
                backoff.Reset();
                gateway.Trouble = null;
            }
        }
        catch (EtcdCompactedException compacted)
        {
            await RestartAsync(compacted.Revision, cancel);
        }
    }

    /// <summary>Finds where to go on: the revision to watch from, and, where an entry is known already, the position that must be shown first.</summary>
    private async Task<(long Start, long? Expected)> EnterAsync(CancellationToken cancel)
    {
        var (id, created, now) = await OriginAsync(once: true, cancel);
        EtcdBase newest;
        bool known;
        lock (gate)
        {
            newest = positions.Newest;
            if (positions.LogId is { } before && before != id) throw new LogRolledBackException(newest.Position, 0);
            if (newest.Revision > now) throw new LogRolledBackException(newest.Position, Math.Min(positions.CountUpTo(now), newest.Position - 1));
            if (positions.LogId is null) positions.Restart(id, newest = new EtcdBase(0, created));
            if (!positions.IsEmpty) Ready();
            known = ready;
            if (!positions.IsEmpty) return (newest.Revision, newest.Position);
        }
        // Before anything was counted, a base that is compacted away is no base.
        if (!known && !await HoldsAsync(newest.Revision, cancel) && await CompactedAsync(cancel) is var compacted && newest.Revision + 1 < compacted) throw new EtcdCompactedException(compacted);
        lock (gate) Ready();
        changed.Set();
        gateway.Trouble = null;
        return (newest.Revision + 1, null);
    }

    /// <summary>The log's name, the revision at which it began, and the cluster's newest, as most of its members know it.</summary>
    private async Task<(Guid Id, long Created, long Now)> OriginAsync(bool once, CancellationToken cancel)
    {
        var body = EtcdJson.Object(json => json.Key(keys.Origin));
        var answer = once ? await gateway.AskOnceAsync("/v3/kv/range", body, cancel) : await gateway.AskAsync("/v3/kv/range", body, cancel);
        foreach (var kv in answer.KeyValues())
        {
            if (kv.Bytes("value") is not { Length: 16 } id) throw new LogCorruptException(keys.Origin, 0, "The log's name is not 16 bytes long.");
            return (new Guid(id, bigEndian: true), kv.Number("create_revision"), answer.Revision());
        }
        lock (gate)
        {
            if (positions.LogId is not null) throw new LogRolledBackException(positions.Last, 0);
        }
        await EtcdSetup.CreateLogAsync(gateway, keys, cancel);
        return await OriginAsync(once, cancel);
    }

    /// <summary>The entry that was seen last must stand where it stood: otherwise the cluster was set back, and has gone on from there.</summary>
    private void CheckResumed(EtcdRevision revision, long position)
    {
        lock (gate)
        {
            if (!IsKnown(revision, position)) throw new LogRolledBackException(position, position - 1);
            seen = Math.Max(seen, revision.Number);
        }
        changed.Set();
    }

    /// <summary>Under the gate.</summary>
    private bool IsKnown(EtcdRevision revision, long position) =>
        revision.Number == positions.RevisionOf(position) && keys.IsEntry(revision) && EtcdPositions.Checksum(revision.Events[0]) == positions.ChecksumOf(position);

    private void Take(EtcdRevision revision)
    {
        QueuedAppend? own = null;
        long position = 0;
        var due = false;
        lock (gate)
        {
            if (keys.IsEntry(revision))
            {
                var put = revision.Events[0];
                position = positions.Add(revision.Number, EtcdPositions.Checksum(put));
                positions.Flush();
                tail.Add(position, put.Value);
                flying.Remove(put.Key, out own);
                due = position % EntriesBetweenMarks == 0 && options.Validator is not null;
            }
            seen = revision.Number;
            Ready();
        }
        changed.Set();
        own?.Complete(position);
        if (due) _ = LeaveMarkAsync();
    }

    private async Task LeaveMarkAsync()
    {
        try
        {
            await MarkAsync(closing.Token);
        }
        catch (Exception lost) when (lost is OperationCanceledException or LogException)
        {
            // The next one tells as much.
        }
    }

    /// <summary>Under the gate.</summary>
    private void Ready()
    {
        ready = true;
        seen = Math.Max(seen, positions.Newest.Revision);
    }

    /// <summary>The wanted revision is gone. Where the base or one entry alone is gone, counting goes on behind it; otherwise from where a trusted peer, or most of the validators' marks, say.</summary>
    private async Task RestartAsync(long compacted, CancellationToken cancel)
    {
        var (id, _, _) = await OriginAsync(once: true, cancel);
        EtcdBase newest;
        lock (gate) newest = positions.Newest;
        var from = newest.Revision + 1 >= compacted ? newest
            : options.Base is { } told && told.Revision + 1 >= compacted ? told
            : await VoteAsync(compacted, cancel);
        if (from.Position < newest.Position)
            throw new LogStoppedException($"This node has counted {newest.Position} entries; the base to go on from says {from.Position} at revision {from.Revision}, behind them.");
        lock (gate)
        {
            positions.Restart(id, from);
            tail.Restart(from.Position + 1);
            Ready();
        }
        changed.Set();
    }

    /// <summary>Takes each validator's mark for a statement about how many entries there are, and believes what most of them say.</summary>
    private async Task<EtcdBase> VoteAsync(long compacted, CancellationToken cancel)
    {
        var told = (await MarksAsync(cancel)).SelectMany(mark => new[] { (mark.Validator, Base: mark.Mark.Archived), (mark.Validator, Base: mark.Mark.Newest) })
            .Where(one => one.Base.Revision + 1 >= compacted).OrderBy(one => one.Base.Revision).ToArray();
        if (told.Length == 0) throw new EtcdUnreachableException($"Revisions before {compacted} have been compacted away, and no validator's mark stands behind them yet.");
        var first = told[0].Base.Revision;
        var counted = await CountAsync(first, told[^1].Base.Revision, cancel);
        var votes = told.GroupBy(one => one.Base.Position - counted.Count(entry => entry <= one.Base.Revision), one => one.Validator)
            .Select(group => (Position: group.Key, Validators: group.Distinct().Count())).OrderByDescending(vote => vote.Validators).First();
        if (2 * votes.Validators <= told.Select(one => one.Validator).Distinct().Count())
            throw new LogStoppedException("The validators' marks contradict each other, and the log's start is compacted away. State the base that a peer whom you trust has counted.");
        return new EtcdBase(votes.Position, first);
    }

    /// <summary>The revisions of the entries behind one revision and up to another.</summary>
    private async Task<List<long>> CountAsync(long after, long upTo, CancellationToken cancel)
    {
        var counted = new List<long>();
        if (after == upTo) return counted;
        // A mark is itself watched, and stands behind the revision that it names: so something behind the last is always shown.
        await foreach (var revision in watch.FromAsync(after + 1, cancel))
        {
            if (revision.Number > upTo) break;
            if (keys.IsEntry(revision)) counted.Add(revision.Number);
        }
        return counted;
    }

    /// <summary>Reads from the servers what is no longer in memory, up to where memory begins.</summary>
    private async IAsyncEnumerable<LogEntry> StoredAsync(long position, [EnumeratorCancellation] CancellationToken cancel)
    {
        long start;
        lock (gate)
        {
            if (position < positions.First) throw new LogPrunedException(position, positions.First);
            start = positions.RevisionOf(position);
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping.Token);
        await foreach (var revision in watch.FromAsync(start, either.Token))
        {
            bool enough;
            lock (gate)
            {
                if (position < positions.First) throw new LogPrunedException(position, positions.First);
                if (revision.Number < positions.RevisionOf(position) && !keys.IsEntry(revision)) continue;
                // etcd changes nothing that it has ordered; a cluster that was set back orders something else.
                if (!IsKnown(revision, position)) throw new LogRolledBackException(positions.Last, position - 1);
                enough = position + 1 >= tail.First;
            }
            yield return new LogEntry(position++, revision.Events[0].Value);
            if (enough) yield break;
        }
    }

    private async Task<bool> MoveAsync(IAsyncEnumerator<LogEntry> stored, long position, CancellationToken cancel)
    {
        try
        {
            return await stored.MoveNextAsync();
        }
        catch (EtcdUnreachableException unreachable)
        {
            gateway.Trouble = unreachable.Message;
            await Task.Delay(100, cancel);
            return false;
        }
        catch (EtcdCompactedException compacted)
        {
            ForgetUpTo(compacted.Revision);
            lock (gate) throw new LogPrunedException(position, Math.Max(position + 1, positions.First));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw Ended();
        }
    }

    /// <summary>What was compacted is pruned, whoever did it.</summary>
    private void ForgetUpTo(long revision)
    {
        lock (gate)
        {
            var before = positions.CountUpTo(revision) + 1;
            positions.ForgetBefore(before);
            tail.ForgetBefore(before);
        }
        changed.Set();
    }

    private async Task ForgetCompactedAsync(CancellationToken cancel)
    {
        long first;
        lock (gate)
        {
            if (positions.IsEmpty) return;
            first = positions.RevisionOf(positions.First);
        }
        if (!await HoldsAsync(first, cancel)) ForgetUpTo(await CompactedAsync(cancel));
    }

    /// <summary>Whether the cluster still knows what there was at a revision.</summary>
    private async Task<bool> HoldsAsync(long revision, CancellationToken cancel)
    {
        try
        {
            await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
            {
                json.Key(keys.Origin);
                json.WriteString("revision", revision.ToString());
            }), cancel);
            return true;
        }
        catch (EtcdException gone) when (gone.Code == 11)
        {
            return false;
        }
    }

    /// <summary>The revision up to which was compacted: no request tells it but a watch that wants an older one.</summary>
    private async Task<long> CompactedAsync(CancellationToken cancel)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await foreach (var _ in watch.FromAsync(1, cancel)) return 0;
            }
            catch (EtcdCompactedException compacted)
            {
                return compacted.Revision;
            }
            catch (EtcdUnreachableException)
            {
                await backoff.WaitAsync(cancel);
            }
        }
    }

    private static IEnumerable<(string Validator, EtcdMark Mark)> ReadMarks(JsonElement answer, int prefixLength)
    {
        foreach (var kv in answer.KeyValues())
        {
            if (EtcdMark.Read(kv.Bytes("value")) is { } mark) yield return (kv.KeyText()[prefixLength..], mark);
        }
    }

    private async Task<List<(string Validator, EtcdMark Mark)>> MarksAsync(CancellationToken cancel)
    {
        var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
        {
            json.KeysUnder(keys.Marks);
            json.WriteString("limit", RegisterLimits.Validators.ToString());
        }), cancel);
        return [.. ReadMarks(answer, keys.Marks.Length).Where(mark => ValidatorId.Is(mark.Validator))];
    }
}
