using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Keten.Log;

/// <summary>One change of one key.</summary>
internal readonly record struct EtcdEvent(bool IsPut, string Key, byte[] Value, long Version, long Lease);

/// <summary>All changes that one revision made to the keys that are watched.</summary>
internal sealed record EtcdRevision(long Number, List<EtcdEvent> Events);

/// <summary>Reads what was ordered: the revisions that touched the keys under a prefix, one after another, each whole.</summary>
internal sealed class EtcdWatch(EtcdGateway gateway, string prefix, TimeSpan silence, Func<CancellationToken, Task<long>> newest)
{
    /// <summary>No answer is longer: a fragment holds 1.5 MiB of events and the one that passed it, in base64.</summary>
    private const int LongestLine = 16 * 1024 * 1024;

    private const int SilencesBeforeTheFirst = 3;

    /// <summary>Follows from a revision on, until something breaks.</summary>
    /// <exception cref="EtcdCompactedException">That revision is gone.</exception>
    /// <exception cref="EtcdUnreachableException">The connection broke, or the member lags behind the others.</exception>
    public async IAsyncEnumerable<EtcdRevision> FromAsync(long revision, [EnumeratorCancellation] CancellationToken cancel)
    {
        var body = EtcdJson.Object(json => json.Member("create_request", create =>
        {
            create.KeysUnder(prefix);
            create.WriteString("start_revision", revision.ToString());
            create.WriteBoolean("fragment", true);
        }));
        var (response, member) = await gateway.OpenAsync("/v3/watch", body, cancel);
        using var closing = response;
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancel), new StreamPipeReaderOptions(bufferSize: 128 * 1024));
        var known = 0L;
        EtcdRevision? open = null;
        while (true)
        {
            var (result, shown) = await NextAsync(lines, member, known, cancel);
            known = Math.Max(known, shown);
            using (result)
            {
                var answer = Answer(result.RootElement, member);
                var fragment = answer.Flag("fragment");
                foreach (var one in Events(answer))
                {
                    if (open is not null && open.Number != one.Revision)
                    {
                        yield return open;
                        open = null;
                    }
                    open ??= new EtcdRevision(one.Revision, []);
                    open.Events.Add(one.Event);
                }
                // A revision is never split over answers, except over the fragments of one.
                if (fragment || open is null) continue;
                yield return open;
                open = null;
            }
        }
    }

    private JsonElement Answer(JsonElement line, int member)
    {
        if (!line.TryGetProperty("result", out var answer)) throw gateway.Unreachable(member, null, line.GetRawText()[..Math.Min(200, line.GetRawText().Length)]);
        if (!answer.Flag("canceled")) return answer;
        if (answer.Number("compact_revision") is > 0 and var compacted) throw new EtcdCompactedException(compacted);
        gateway.ForgetToken();
        throw gateway.Unreachable(member, null, $"the watch was ended: {answer.Text("cancel_reason")}");
    }

    private static IEnumerable<(long Revision, EtcdEvent Event)> Events(JsonElement answer)
    {
        if (!answer.TryGetProperty("events", out var events)) yield break;
        foreach (var one in events.EnumerateArray())
        {
            var kv = one.GetProperty("kv");
            yield return (kv.Number("mod_revision"), new EtcdEvent(one.Text("type") != "DELETE", kv.KeyText(), kv.Bytes("value"), kv.Number("version"), kv.Number("lease")));
        }
    }

    /// <summary>The next line. While there is none, asks now and then whether the cluster has gone on without this member, which a member cut off from the others would not say.</summary>
    private async Task<(JsonDocument Line, long Revision)> NextAsync(PipeReader lines, int member, long known, CancellationToken cancel)
    {
        try
        {
            var line = ReadLineAsync(lines, cancel);
            for (var silences = 1; !line.IsCompleted; silences++)
            {
                if (await Task.WhenAny(line, Task.Delay(silence, cancel)) == line) break;
                var reached = await newest(cancel);
                // The first line says that the watch stands: where that is long in coming, it was lost with the connection.
                if (reached > known && (known > 0 || silences >= SilencesBeforeTheFirst)) throw gateway.Unreachable(member, null, $"its watch is silent at revision {known} while the cluster is at {reached}");
            }
            var json = await line;
            var revision = json.RootElement.TryGetProperty("result", out var answer) && answer.TryGetProperty("header", out var header) ? header.Number("revision") : 0;
            return (json, revision);
        }
        catch (Exception broken) when (EtcdGateway.IsTransport(broken) && !cancel.IsCancellationRequested)
        {
            throw gateway.Unreachable(member, broken);
        }
    }

    private static async Task<JsonDocument> ReadLineAsync(PipeReader lines, CancellationToken cancel)
    {
        while (true)
        {
            var read = await lines.ReadAsync(cancel);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var json = JsonDocument.Parse(read.Buffer.Slice(0, end).ToArray());
                lines.AdvanceTo(read.Buffer.GetPosition(1, end));
                return json;
            }
            if (read.IsCompleted) throw new IOException("The watch ended.");
            if (read.Buffer.Length > LongestLine) throw new IOException("A watch's answer is longer than any that etcd gives.");
            lines.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
