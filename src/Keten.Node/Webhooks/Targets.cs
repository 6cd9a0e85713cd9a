using System.Net;
using System.Net.Sockets;

namespace Keten.Node.Webhooks;

/// <summary>Where a webhook may go: nowhere inside the node's own network, whatever a name resolves to when it is called.</summary>
public sealed class Targets(WebhookOptions options)
{
    /// <summary>The longest address.</summary>
    public const int UrlAtMost = 2_048;

    // RFC 6890 and the registries that it began: what is not a public unicast address.
    private static readonly IPNetwork[] NotPublic = Array.ConvertAll(
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ],
        IPNetwork.Parse);

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Why an address is not taken, or null. What its name resolves to is judged when it is called.</summary>
    public string? Judge(string? url, out Uri parsed)
    {
        parsed = null!;
        if (url is null || url.Length > UrlAtMost || !Uri.TryCreate(url, UriKind.Absolute, out var read)) return "The address is no absolute URL of at most 2,048 characters.";
        if (read.UserInfo.Length > 0 || read.Fragment.Length > 0) return "The address has a user or a fragment in it.";
        var loopback = options.AllowLoopback && read.IsLoopback;
        if (read.Scheme != Uri.UriSchemeHttps && !(loopback && read.Scheme == Uri.UriSchemeHttp)) return "The address is not https.";
        if (read.IsLoopback && !loopback) return "The address is this machine's own.";
        if (IPAddress.TryParse(read.DnsSafeHost, out var address) && !IsAllowed(address)) return "The address is in a network that is not public.";
        parsed = read;
        return null;
    }

    /// <summary>Whether a webhook may be sent to an address.</summary>
    public bool IsAllowed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return options.AllowLoopback;
        if (options.AllowPrivate) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        foreach (var network in NotPublic)
            if (network.Contains(address)) return false;
        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
    }

    /// <summary>Connects to the first allowed address of a host, and to no other: what was judged is what is called.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(host.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host.Host, cancel);
        var allowed = Array.FindAll(addresses, IsAllowed);
        if (allowed.Length == 0) throw new HttpRequestException("The address is in a network that is not public.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
