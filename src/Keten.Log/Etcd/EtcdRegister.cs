using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Keten.Log;

/// <summary>The register of attestations on etcd, beside the log and under the same prefix: each validator has 1024 places, and the statement about height h stands at h modulo 1024.
/// A server that cannot be reached is waited for. docs/log-etcd.md.</summary>
public sealed class EtcdRegister : IRegister, IDisposable
{
    private readonly EtcdKeys keys;
    private readonly EtcdGateway gateway;
    private readonly EtcdWatch watch;

    /// <summary>The newest height of each validator that was published for here, and the revision that wrote it: right unless another has published since, which the transaction finds.</summary>
    private readonly ConcurrentDictionary<string, (long Newest, long ChangedAt)> last = new(StringComparer.Ordinal);

    /// <summary>Connects when it is first asked.</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public EtcdRegister(EtcdOptions options)
    {
        (keys, gateway) = (new EtcdKeys(options.Checked().Prefix), new EtcdGateway(options));
        watch = new EtcdWatch(gateway, keys.AllStatements, options.Silence, RevisionAsync);
    }

    /// <summary>What stands in the way at present, in a sentence; null while all is well.</summary>
    public string? Trouble => gateway.Trouble;

    /// <inheritdoc/>
    /// <exception cref="EtcdException">etcd refused: this user may not write for that validator.</exception>
    public async ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        ValidatorId.CheckStatements(validator, statements);
        var newestKey = keys.NewestOf(validator);
        while (true)
        {
            var remembered = last.TryRemove(validator, out var known) && statements[0].Height > known.Newest - RegisterLimits.Heights;
            var (before, changedAt) = remembered ? known : await NewestOfAsync(newestKey, cancel);
            var newest = Math.Max(before, statements[^1].Height);
            var kept = statements.Where(one => one.Height > newest - RegisterLimits.Heights && one.Height > before - RegisterLimits.Heights).ToArray();
            if (kept.Length == 0) return false;
            if (changedAt == 0 && await CountAsync(cancel) >= RegisterLimits.Validators) throw new RegisterFullException();
            // A repetition after a lost answer finds the newest height changed, by itself, looks again and writes the same.
            var answer = await gateway.AskAsync("/v3/kv/txn", EtcdJson.Object(json =>
            {
                json.Members("compare", EtcdJson.IsUnchangedSince(newestKey, changedAt));
                json.Members("success", [EtcdJson.Put(newestKey, Number(newest)), .. kept.Select(one => EtcdJson.Put(keys.Statement(validator, one.Height), Value(one)))]);
            }, kept.Sum(one => one.Bytes.Length * 4 / 3 + 256) + 1024), cancel);
            gateway.Trouble = null;
            if (!answer.Flag("succeeded")) continue;
            if (last.Count < RegisterLimits.Validators) last[validator] = (newest, answer.Revision());
            return kept.Length == statements.Count;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (height < 0) return [];
        var validators = await ValidatorsAsync(height, cancel);
        if (validators.Count == 0) return [];
        var answer = await gateway.AskAsync("/v3/kv/txn", EtcdJson.Object(json => json.Members("success", [.. validators.Select(id => RangeOf(keys.Statement(id, height)))])), cancel);
        var found = new List<Statement>();
        foreach (var (validator, response) in validators.Zip(answer.GetProperty("responses").EnumerateArray()))
        {
            foreach (var kv in response.GetProperty("response_range").KeyValues())
            {
                if (kv.Bytes("value") is { Length: >= 8 } value && BinaryPrimitives.ReadInt64BigEndian(value) == height) found.Add(new Statement(validator, height, value.AsMemory(8)));
            }
        }
        gateway.Trouble = null;
        return found;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Statement> FollowAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var backoff = new Backoff();
        while (true)
        {
            await using var revisions = watch.FromAsync(0, cancel).GetAsyncEnumerator(cancel);
            while (await NextAsync(revisions))
            {
                backoff.Reset();
                foreach (var put in revisions.Current.Events)
                {
                    if (put is { IsPut: true, Value.Length: >= 8 } && keys.StatedBy(put.Key) is { } validator)
                        yield return new Statement(validator, BinaryPrimitives.ReadInt64BigEndian(put.Value), put.Value.AsMemory(8));
                }
            }
            await backoff.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gateway.Dispose();

    // False where the watch has broken: what it missed is read.
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<EtcdRevision> revisions)
    {
        try
        {
            return await revisions.MoveNextAsync();
        }
        catch (LogException passing) when (passing is EtcdUnreachableException or EtcdCompactedException)
        {
            gateway.Trouble = passing.Message;
            return false;
        }
    }

    // Each publication writes its validator's newest height, too.
    private async Task<long> RevisionAsync(CancellationToken cancel) =>
        (await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json => json.KeysUnder(keys.Newest)), cancel)).KeyValues().Select(newest => newest.Number("mod_revision")).DefaultIfEmpty().Max();

    /// <summary>Those who may have spoken of a height, in order.</summary>
    private async Task<List<string>> ValidatorsAsync(long height, CancellationToken cancel)
    {
        var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
        {
            json.KeysUnder(keys.Newest);
            json.WriteString("limit", RegisterLimits.Validators.ToString());
        }), cancel);
        var validators = new List<string>();
        foreach (var kv in answer.KeyValues())
        {
            var (id, newest) = (kv.KeyText()[keys.Newest.Length..], Height(kv));
            if (ValidatorId.Is(id) && height <= newest && height > newest - RegisterLimits.Heights) validators.Add(id);
        }
        return validators;
    }

    private async Task<(long Newest, long ChangedAt)> NewestOfAsync(string key, CancellationToken cancel)
    {
        var answer = await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json => json.Key(key)), cancel);
        foreach (var kv in answer.KeyValues()) return (Height(kv), kv.Number("mod_revision"));
        return (0, 0);
    }

    private async Task<long> CountAsync(CancellationToken cancel) => (await gateway.AskAsync("/v3/kv/range", EtcdJson.Object(json =>
    {
        json.KeysUnder(keys.Newest);
        json.WriteBoolean("count_only", true);
    }), cancel)).Number("count");

    private static long Height(JsonElement kv) => kv.Bytes("value") is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    private static byte[] Value(in Stated statement)
    {
        var value = new byte[8 + statement.Bytes.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, statement.Height);
        statement.Bytes.Span.CopyTo(value.AsSpan(8));
        return value;
    }

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }

    private static Action<Utf8JsonWriter> RangeOf(string key) => json => json.Member("request_range", range => range.Key(key));
}
