using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keten.Bench.Load;

/// <summary>What came back: good until the connection's next request.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="RetryAfter">In seconds; -1 where it was not said.</param>
/// <param name="Body">As it came.</param>
internal readonly record struct Reply(int Status, int RetryAfter, ReadOnlyMemory<byte> Body);

/// <summary>One kept connection to a node, that costs the load's process as little as may be: ready bytes out, a length and a body in. One request at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[1 << 16];

    public static async Task<Connection> OpenAsync(Uri node)
    {
        var opened = new Connection();
        await opened.socket.ConnectAsync(IPAddress.Loopback, node.Port);
        return opened;
    }

    public async ValueTask<Reply> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (!request.IsEmpty) request = request[await socket.SendAsync(request)..];
        var (filled, head) = (0, -1);
        while (head < 0)
        {
            filled += await ReceiveAsync(filled);
            head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }
        var (status, retryAfter, length) = Read(buffer.AsSpan(0, head + 2));
        var end = head + 4 + length;
        if (end > buffer.Length) Array.Resize(ref buffer, end);
        while (filled < end) filled += await ReceiveAsync(filled);
        return new Reply(status, retryAfter, buffer.AsMemory(head + 4, length));
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int at)
    {
        if (at == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        return await socket.ReceiveAsync(buffer.AsMemory(at)) is > 0 and var read ? read : throw new IOException("The node closed the connection.");
    }

    private static (int Status, int RetryAfter, int Length) Read(ReadOnlySpan<byte> head)
    {
        if (!Utf8Parser.TryParse(head[9..12], out int status, out _)) throw new IOException("The node's answer is no HTTP.");
        var length = Field(head, "\r\ncontent-length: "u8);
        return (status, Field(head, "\r\nretry-after: "u8), length >= 0 ? length : status == 204 ? 0 : throw new IOException("The node's answer has no length: " + Encoding.ASCII.GetString(head)));
    }

    private static int Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at + name.Length < head.Length; at++)
            if (Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name)) return Utf8Parser.TryParse(head[(at + name.Length)..], out int value, out _) ? value : -1;
        return -1;
    }
}
