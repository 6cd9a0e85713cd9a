using System.Text;

namespace Keten.Client;

/// <summary>One event of a stream (HTML Living Standard, «Server-sent events»).</summary>
/// <param name="Id">By which the stream is resumed after it; null before the first id.</param>
/// <param name="Type">What kind: «message» where none is named.</param>
/// <param name="Data">Its content, JSON.</param>
public sealed record StreamEvent(string? Id, string Type, string Data);

/// <summary>Reads the events of a stream; lines and events are bounded.</summary>
internal static class ServerSentEvents
{
    public const int EventAtMost = 1 << 20;

    public static async IAsyncEnumerable<StreamEvent> ReadAsync(Stream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (id, type, data) = ((string?)null, "", new StringBuilder());
        await foreach (var line in LinesAsync(stream, cancel))
        {
            if (line.Length == 0)
            {
                if (data.Length > 0) yield return new StreamEvent(id, type.Length == 0 ? "message" : type, data.ToString(0, data.Length - 1));
                type = "";
                data.Clear();
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == 0) continue;
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "data") data.Append(value).Append('\n');
            else if (field == "event") type = value;
            else if (field == "id" && !value.Contains('\0', StringComparison.Ordinal)) id = value;
            if (data.Length > EventAtMost) throw new UnexpectedAnswerException("An event of the stream is longer than 1 MiB.");
        }
    }

    // By lines that end in LF or CR LF; a line without end must not fill the memory.
    private static async IAsyncEnumerable<string> LinesAsync(Stream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var buffer = new byte[1 << 14];
        var line = new MemoryStream();
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            var from = 0;
            for (var at = 0; at < read; at++)
            {
                if (buffer[at] != '\n') continue;
                line.Write(buffer, from, at - from);
                from = at + 1;
                var text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
                line.SetLength(0);
                yield return text.EndsWith('\r') ? text[..^1] : text;
            }
            line.Write(buffer, from, read - from);
            if (line.Length > EventAtMost) throw new UnexpectedAnswerException("A line of the stream is longer than 1 MiB.");
        }
    }
}
