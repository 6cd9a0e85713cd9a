using System.Runtime.CompilerServices;
using Keten.Kernel.Blocks;

namespace Keten.Node.Joining;

/// <summary>The other nodes that this one asks, those that have always told the truth first.</summary>
/// <param name="all">As the settings name them.</param>
internal sealed class Peers(params IReadOnlyList<Peer> all) : IDisposable
{
    private readonly Dictionary<Peer, Dictionary<ulong, Certificate>> ahead = [];

    public IReadOnlyList<Peer> All => all;

    public IEnumerable<Peer> InOrder => all.OrderBy(peer => peer.Lies);

    /// <summary>How often any of them gave what was not so.</summary>
    public long Lies => all.Sum(peer => (long)peer.Lies);

    /// <summary>The certificates of a height that they say there are, in turn, unchecked. Each is asked for many at once, as who asks for one is behind and will ask for the next.</summary>
    public async IAsyncEnumerable<Certificate> CertificatesOf(ulong height, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var peer in InOrder)
        {
            Certificate? one;
            lock (ahead) one = ahead.GetValueOrDefault(peer)?.GetValueOrDefault(height);
            if (one is null && await peer.AskAsync(new PeerQuestion(PeerTopic.Certificates, height), cancel) is { } answer) one = Keep(peer, answer, height);
            if (one is not null) yield return one;
        }
    }

    public void Dispose()
    {
        foreach (var peer in all) peer.Dispose();
    }

    private Certificate? Keep(Peer peer, byte[] answer, ulong height)
    {
        try
        {
            var read = new Dictionary<ulong, Certificate>();
            foreach (var one in CertifiedBlock.Read(answer)) read[one.Header.Height] = one.Certificate;
            lock (ahead) ahead[peer] = read;
            return read.GetValueOrDefault(height);
        }
        catch (PeerFaultException fault)
        {
            peer.Lied(fault.Message);
            return null;
        }
    }
}
