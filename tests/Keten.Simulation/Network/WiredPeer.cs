using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;

namespace Keten.Simulation.Network;

/// <summary>Another node as one that joins asks it, over the wire between them. A dishonest one gives certificates as it likes, and for the rest nothing or nonsense.</summary>
internal sealed class WiredPeer(World world, Wires wires, Peers peers, Host asker, Host peer) : Peer(FormattableString.Invariant($"validator {peer.Index}"))
{
    private const double GivesUpAfter = 400;

    public override async Task<byte[]?> AskAsync(PeerQuestion question, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<byte[]?>();
        await using var given = cancel.UnsafeRegister(_ => answer.TrySetCanceled(cancel), null);
        wires.Send(IsShut, () => Serve(question, bytes => wires.Send(IsShut, () => answer.TrySetResult(bytes))));
        world.Later(GivesUpAfter, () => answer.TrySetResult(null));
        return await answer.Task;
    }

    private bool IsShut() => asker.IsShut || peer.IsShut;

    private void Serve(PeerQuestion question, Action<byte[]?> give)
    {
        if (!peer.IsHonest) give(Lie(question));
        else if (peer.Node is { } node) _ = peer.Threads.Start(async () => give(await Answer(node, question)));
    }

    private static async Task<byte[]?> Answer(LedgerNode node, PeerQuestion question)
    {
        try
        {
            return await node.Serving.AnswerAsync(question, default);
        }
        catch (Exception fault) when (fault is LogException or IOException or ObjectDisposedException)
        {
            return null;        // its disk has failed, or it is closing
        }
    }

    private byte[]? Lie(PeerQuestion question)
    {
        if (question.Topic == PeerTopic.Certificates && peers.Forged(peer, question.From) is { } forged)
        {
            var writer = new CborWriter();
            writer.Array(1);
            new CertifiedBlock(forged, null).Write(writer);
            return writer.ToArray();
        }
        if (world.Random.Next(3) > 0) return null;
        var nonsense = new byte[world.Random.Next(1, 200)];
        world.Random.NextBytes(nonsense);
        return nonsense;
    }
}
