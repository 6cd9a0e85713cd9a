using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keten.Cli.Jobs;

/// <summary>A server on this machine that takes e-mail and delivers it nowhere: as much of RFC 5321 as a client needs that hands in one message after another.</summary>
internal sealed class MailInbox : IAsyncDisposable
{
    private const int LinesAtMost = 1_000;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> letters = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public MailInbox()
    {
        listener.Start();
        running = AcceptAsync();
    }

    /// <summary>HOST:PORT.</summary>
    public string Address => listener.LocalEndpoint.ToString()!;

    /// <summary>What came, head and text, in order. The text is quoted-printable, its lines joined again.</summary>
    public IReadOnlyList<string> Letters => [.. letters];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running;
        stop.Dispose();
    }

    // One after another: the node writes one letter at a time.
    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await TalkAsync(client);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The demonstration is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            await writer.WriteLineAsync("220 ready");
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (verb == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    letters.Enqueue(await ReadAsync(reader));
                }
                await writer.WriteLineAsync(verb is "EHLO" or "HELO" or "MAIL" or "RCPT" or "RSET" or "DATA" ? "250 well" : verb == "QUIT" ? "221 bye" : "502 no");
            }
        }
        catch (IOException)
        {
            // Whoever hung up in the middle comes again.
        }
    }

    private async Task<string> ReadAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        for (var line = 0; line < LinesAtMost && await reader.ReadLineAsync(stop.Token) is { } read && read != "."; line++) text.Append(read.StartsWith('.') ? read[1..] : read).Append('\n');
        return text.Replace("=\n", "").ToString();
    }
}
