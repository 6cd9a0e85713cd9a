using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;

namespace Keten.Tests.Networks;

/// <summary>A node of the same process as a peer, which may change what it says.</summary>
internal sealed class LocalPeer(string name, Func<LedgerNode?> node, Func<PeerQuestion, byte[]?, byte[]?>? tamper) : Peer(name)
{
    public override async Task<byte[]?> AskAsync(PeerQuestion question, CancellationToken cancel)
    {
        if (node() is not { } there) return null;
        try
        {
            var answer = await there.Serving.AnswerAsync(question, cancel);
            return tamper is null ? answer : tamper(question, answer);
        }
        catch (Exception fault) when (fault is LogException or ObjectDisposedException)
        {
            return null;
        }
    }
}
