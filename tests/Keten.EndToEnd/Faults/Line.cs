using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Keten.EndToEnd.Faults;

/// <summary>
/// The line between one machine and the others, as forwarded TCP connections. While it is cut, connections stand and nothing comes through, in either direction and without a word: as where a
/// network drops what it should carry. When it is mended, what waited comes through.
/// </summary>
/// <param name="late">How long everything is under way, in each direction.</param>
internal sealed class Line(TimeSpan late = default) : IDisposable
{
    // Of 64 KiB: more than a link of its delay carries at once here.
    private const int UnderWayAtMost = 256;

    private readonly CancellationTokenSource end = new();
    private readonly List<TcpListener> listeners = [];
    private volatile TaskCompletionSource open = Opened();

    /// <summary>A port of the loopback behind which another one stands.</summary>
    public int To(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        listeners.Add(listener);
        _ = AcceptAsync(listener, port);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>An address behind which another one of this machine stands.</summary>
    public string Through(string url) => $"http://127.0.0.1:{To(new Uri(url).Port)}";

    public void Cut() => open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => open.TrySetResult();

    public void Dispose()
    {
        end.Cancel();
        foreach (var listener in listeners) listener.Dispose();
        end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync(end.Token), port, end.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It has been taken down.
        }
    }

    private async Task CarryAsync(TcpClient near, int port, CancellationToken cancel)
    {
        using var far = new TcpClient();
        try
        {
            using (near)
            {
                await open.Task.WaitAsync(cancel);
                await far.ConnectAsync(IPAddress.Loopback, port, cancel);
                (near.NoDelay, far.NoDelay) = (true, true);
                await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream(), cancel), PassAsync(far.GetStream(), near.GetStream(), cancel));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or IOException)
        {
            // One side has ended it; the other sees it closed.
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, CancellationToken cancel)
    {
        if (late > TimeSpan.Zero)
        {
            var way = Channel.CreateBounded<(byte[] Bytes, long Began)>(UnderWayAtMost);
            await Task.WhenAll(SendAsync(from, way.Writer, cancel), ArriveAsync(way.Reader, to, cancel));
            return;
        }
        var some = new byte[1 << 16];
        while (await from.ReadAsync(some, cancel) is > 0 and var read)
        {
            await open.Task.WaitAsync(cancel);
            await to.WriteAsync(some.AsMemory(0, read), cancel);
        }
        await open.Task.WaitAsync(cancel);
    }

    private static async Task SendAsync(NetworkStream from, ChannelWriter<(byte[] Bytes, long Began)> way, CancellationToken cancel)
    {
        try
        {
            var some = new byte[1 << 16];
            while (await from.ReadAsync(some, cancel) is > 0 and var read) await way.WriteAsync((some[..read], Stopwatch.GetTimestamp()), cancel);
        }
        finally
        {
            way.Complete();
        }
    }

    private async Task ArriveAsync(ChannelReader<(byte[] Bytes, long Began)> way, NetworkStream to, CancellationToken cancel)
    {
        await foreach (var (bytes, began) in way.ReadAllAsync(cancel))
        {
            if (late - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero) await Task.Delay(left, cancel);
            await open.Task.WaitAsync(cancel);
            await to.WriteAsync(bytes, cancel);
        }
    }
}
