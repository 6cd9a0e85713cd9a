using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Keten.Tests.Alarms;

/// <summary>A message as a server took it.</summary>
internal sealed record Letter(string From, string To, string Head, string Text)
{
    public string Subject => Field("Subject: ");

    public string Id => Field("Message-ID: ");

    /// <summary>The last part of the link in it.</summary>
    public string Token => Text.Split("https://keten.example/v1/alarms/answer/")[1][..32];

    private string Field(string name) => Head.Split('\n').Single(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))[name.Length..].Trim();
}

/// <summary>A server that takes e-mail on this machine, by RFC 5321 as far as a client that delivers goes, and answers each message as it is told.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Letter> taken = Channel.CreateUnbounded<Letter>();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private int tried;

    public MailServer()
    {
        listener.Start();
        running = AcceptAsync();
    }

    /// <summary>What each attempt is answered, by its number.</summary>
    public Func<int, string> Answer { get; set; } = _ => "250 taken";

    public int Tried => Volatile.Read(ref tried);

    public string Address => listener.LocalEndpoint.ToString()!;

    public bool IsEmpty => taken.Reader.Count == 0;

    public Task<Letter> NextAsync() => taken.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var (from, to) = ("", "");
        await writer.WriteLineAsync("220 ready");
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "MAIL") from = Between(line);
            if (verb == "RCPT") to = Between(line);
            if (verb == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                var letter = Read(from, to, await DataAsync(reader));
                var answer = Answer(Interlocked.Increment(ref tried));
                if (answer[0] == '2') await taken.Writer.WriteAsync(letter);
                await writer.WriteLineAsync(answer);
            }
            else await writer.WriteLineAsync(verb is "EHLO" or "HELO" or "MAIL" or "RCPT" or "RSET" ? "250 well" : verb == "QUIT" ? "221 bye" : "502 no");
        }
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".") text.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        return text.ToString();
    }

    private static string Between(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    // Quoted-printable, which is what the node sends.
    private static Letter Read(string from, string to, string data)
    {
        var at = data.IndexOf("\n\n", StringComparison.Ordinal);
        var (plain, bytes) = (data[(at + 2)..].Replace("=\n", "", StringComparison.Ordinal), new List<byte>());
        for (var each = 0; each < plain.Length; each++)
        {
            if (plain[each] != '=') bytes.Add((byte)plain[each]);
            else
            {
                bytes.Add(Convert.ToByte(plain.Substring(each + 1, 2), 16));
                each += 2;
            }
        }
        return new Letter(from, to, data[..at], Encoding.UTF8.GetString([.. bytes]));
    }
}
