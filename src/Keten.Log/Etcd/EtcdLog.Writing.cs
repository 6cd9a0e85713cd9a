namespace Keten.Log;

// Entries, marks, and what is forgotten.
public sealed partial class EtcdLog
{
    private async Task WriteAsync()
    {
        var run = $"{DateTime.UtcNow.Ticks:x16}-{Guid.NewGuid():N}";
        try
        {
            await UntilAsync(() => ready, closing.Token);       // what is put before the log has its name is no entry of it
            for (var number = 0L; ; number++)
            {
                var one = (await queue.TakeAsync(1, MaxEntryBytes, closing.Token))[0];
                var key = $"{keys.Entries(options.Validator!)}{run}-{number:x12}";
                lock (gate) flying.Add(key, one);
                await PutAsync(key, one, closing.Token);
            }
        }
        catch (Exception ended) when (closing.IsCancellationRequested && ended is OperationCanceledException or LogStoppedException)
        {
            // Closed: whoever waits is told by the closing.
        }
        catch (Exception broken)
        {
            Stop(broken);
        }
    }

    /// <summary>Puts a key that nobody has, once: a repetition after an answer that was lost finds it there. The watch tells its position.</summary>
    private async Task PutAsync(string key, QueuedAppend one, CancellationToken cancel)
    {
        var body = EtcdJson.Object(json =>
        {
            json.Members("compare", EtcdJson.IsAbsent(key));
            json.Members("success", EtcdJson.Put(key, one.Bytes));
        }, one.Bytes.Length * 4 / 3 + 1024);
        var backoff = new Backoff();
        while (!one.Position.IsCompletedSuccessfully)
        {
            try
            {
                await gateway.AskOnceAsync("/v3/kv/txn", body, cancel);
                gateway.Trouble = null;
                return;
            }
            catch (EtcdUnreachableException unreachable)
            {
                gateway.Trouble = unreachable.Message;
                await backoff.WaitAsync(cancel);
            }
        }
    }

    /// <summary>Leaves this validator's mark, and gives the revision at which it stands.</summary>
    private async Task<long> MarkAsync(CancellationToken cancel)
    {
        bool asked;
        lock (gate) asked = archived is not null;
        var before = asked ? default : await ArchivedAsync(cancel);
        EtcdMark mark;
        lock (gate) mark = new EtcdMark(archived ??= before, positions.Newest);
        var answer = await gateway.AskAsync("/v3/kv/put", EtcdJson.Object(json =>
        {
            json.Key(keys.Mark(options.Validator!));
            json.WriteBase64String("value", mark.ToBytes());
        }), cancel);
        return answer.Revision();
    }

    private async Task<EtcdBase> ArchivedAsync(CancellationToken cancel)
    {
        var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json => json.Key(keys.Mark(options.Validator!))), cancel);
        foreach (var (_, mark) in ReadMarks(answer, keys.Marks.Length)) return mark.Archived;
        lock (gate) return positions.Base;
    }

    /// <summary>For one who may not write: the revision of the newest key that is left. It does not tell of entries that their validator has deleted since.</summary>
    private async Task<long> NewestKeyAsync(CancellationToken cancel)
    {
        var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
        {
            json.KeysUnder(keys.Log);
            json.WriteBoolean("keys_only", true);
            json.WriteString("limit", "1");
            json.WriteString("sort_order", "DESCEND");
            json.WriteString("sort_target", "MOD");
        }), cancel);
        foreach (var kv in answer.KeyValues()) return kv.Number("mod_revision");
        return 0;
    }

    private async Task CompactAsync(CancellationToken cancel)
    {
        var wanted = (await MarksAsync(cancel)).Select(mark => mark.Mark.Archived.Position).OrderDescending().ToArray();
        long revision;
        bool further;
        lock (gate)
        {
            var before = wanted.Length < options.PruneQuorum ? 0 : Math.Min(wanted[options.PruneQuorum - 1], positions.Last) + 1;
            further = before > positions.First;
            revision = further ? positions.RevisionOf(before - 1) : positions.Base.Revision;
        }
        await DeleteOwnAsync(revision, cancel);
        if (!further) return;
        try
        {
            await gateway.AskAsync("/v3/kv/compaction", EtcdJson.Object(json => json.WriteString("revision", revision.ToString())), cancel);
        }
        catch (EtcdException done) when (done.Code == 11)
        {
            // Another was there first, and went further.
        }
        ForgetUpTo(revision);
    }

    /// <summary>Deletes this validator's own entries up to a revision, oldest first: compaction frees what has been deleted, and only its owner may delete it.</summary>
    private async Task DeleteOwnAsync(long upTo, CancellationToken cancel)
    {
        const int page = 100;
        var own = keys.Entries(options.Validator!);
        while (true)
        {
            var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
            {
                json.KeysUnder(own);
                json.WriteBoolean("keys_only", true);
                json.WriteString("limit", page.ToString());
            }), cancel);
            var doomed = answer.KeyValues().Where(kv => kv.Number("mod_revision") <= upTo).Select(kv => kv.KeyText()).ToArray();
            if (doomed.Length == 0) return;
            await gateway.AskAsync("/v3/kv/txn", EtcdJson.Object(json => json.Members("success", [.. doomed.Select(DeleteOf)])), cancel);
            if (doomed.Length < page) return;
        }
    }

    private static Action<System.Text.Json.Utf8JsonWriter> DeleteOf(string key) => json => json.Member("request_delete_range", range => range.Key(key));
}
