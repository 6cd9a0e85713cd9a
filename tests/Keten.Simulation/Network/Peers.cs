using System.Runtime.CompilerServices;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Simulation.Network;

/// <summary>Other nodes, asked for certificates. A dishonest one gives what it likes.</summary>
internal sealed class Peers(World world, Wires wires, Engine engine)
{
    /// <summary>The others, for one that may have lost what it had.</summary>
    public IReadOnlyList<WiredPeer> Of(Host asker) => [.. world.Hosts.Where(peer => peer != asker).Select(peer => new WiredPeer(world, wires, this, asker, peer))];

    public async IAsyncEnumerable<Certificate> CertificatesOf(Host asker, ulong height, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var peer in world.Hosts)
        {
            if (peer == asker) continue;
            var answer = new TaskCompletionSource<Certificate?>();
            await using var given = cancel.UnsafeRegister(_ => answer.TrySetCanceled(cancel), null);
            wires.Send(() => asker.IsShut || peer.IsShut, () =>
            {
                var known = Known(peer, height);
                wires.Send(() => asker.IsShut || peer.IsShut, () => answer.TrySetResult(known));
            });
            world.Later(250, () => answer.TrySetResult(null));
            if (await answer.Task is { } certificate) yield return certificate;
        }
    }

    private Certificate? Known(Host peer, ulong height)
    {
        if (!peer.IsHonest) return Forged(peer, height);
        try
        {
            return peer.Node?.CertificateOf(height);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            return null;        // its disk has failed
        }
    }

    // As many attestations as it takes, all its own, of another header.
    public Certificate? Forged(Host peer, ulong height)
    {
        if (height > (ulong)engine.Main.Truth.Headers.Count || world.Random.Next(3) == 0) return null;
        var forged = engine.Main.Truth.Headers[(int)height - 1] with { HistorySize = 77 };
        var mine = Attestation.Sign(peer.Key, forged);
        var all = world.Hosts.Select(host => host.Key.Id).Order().ToArray();
        return new Certificate(forged, new Many<Attestation>([.. all[..(2 * all.Length / 3 + 1)].Select(id => world.Random.Next(2) == 0 ? mine : mine with { Validator = id })]));
    }
}
