using System.Net;
using System.Net.Sockets;
using Keten.Log;

namespace Keten.Tests.Log;

/// <summary>A watch whose connection is there and says nothing.</summary>
public sealed class EtcdWatchTests
{
    [Fact]
    public async Task A_watch_that_never_says_that_it_stands_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = SilentAsync(listener);
        var options = new EtcdOptions { Endpoints = [new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")], Prefix = "test/" };
        using var gateway = new EtcdGateway(options.Checked());
        var watch = new EtcdWatch(gateway, "test/", TimeSpan.FromMilliseconds(20), _ => Task.FromResult(7L));

        using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<EtcdUnreachableException>(async () =>
        {
            await foreach (var _ in watch.FromAsync(1, cancel.Token)) Assert.Fail("Nothing was ordered.");
        });
        listener.Stop();
        (await serving).Dispose();
    }

    // The head of an answer, and no line of it.
    private static async Task<TcpClient> SilentAsync(TcpListener listener)
    {
        var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"u8.ToArray());
        return client;
    }
}
