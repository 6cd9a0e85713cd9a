using System.Net.Sockets;
using System.Text;
using Keten.Node.Pipeline;

namespace Keten.Tests.Api;

public sealed class StoppingTests
{
    [Fact]
    public async Task A_request_under_way_is_answered_final_while_the_node_stops_and_a_new_one_is_refused()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, address) = (rig.Ledger, new Uri(rig.Host.Url));
        var (payment, late) = (ledger.Pay(ledger.Ada, ledger.Bob, 250), ledger.Pay(ledger.Ada, ledger.Bob, 9));
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = connection.GetStream();
        var head = $"POST /v1/transactions?wait=final HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/cose\r\nContent-Length: {payment.Length}\r\nExpect: 100-continue\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        using var lines = new StreamReader(stream);
        // The node reads the body, so the request is under way.
        Assert.Equal("HTTP/1.1 100 Continue", await lines.ReadLineAsync());
        Assert.Equal("", await lines.ReadLineAsync());

        var stopping = rig.Host.StopAsync();
        Assert.False(await TakesAsync(rig, late));
        Assert.False(stopping.IsCompleted);
        await stream.WriteAsync(payment);
        Assert.Equal("HTTP/1.1 200 OK", await lines.ReadLineAsync());
        Assert.Contains("\"status\":\"done\"", await lines.ReadToEndAsync(), StringComparison.Ordinal);
        await stopping;
        await Assert.ThrowsAsync<NodeStoppedException>(() => ledger.Submit(late));

        await ledger.Open(null);
        Assert.Equal(250, ledger.BalanceOf(ledger.Bob));
        await ledger.Node.DisposeAsync();
    }

    // Told to come again, or not even heard.
    private static async Task<bool> TakesAsync(ApiRig rig, byte[] transaction)
    {
        try
        {
            var response = await rig.Post(transaction);
            if ((int)response.StatusCode == 503) Assert.NotNull(response.Headers.RetryAfter);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
