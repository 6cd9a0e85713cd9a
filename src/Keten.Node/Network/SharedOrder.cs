using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Joining;

namespace Keten.Node.Network;

/// <summary>What validators share: the log that orders their entries, and the register where each states what it has seen and certified. Neither is trusted with more than the order.</summary>
/// <param name="Log">The order. The node keeps a copy of its own in its data folder.</param>
/// <param name="Register">The statements.</param>
public sealed record SharedOrder(ILog Log, IRegister Register)
{
    /// <summary>Asks other nodes for their certificates of a height that the register has forgotten, each in turn. What they give is checked, and need not be trusted.</summary>
    public Func<ulong, CancellationToken, IAsyncEnumerable<Certificate>> CertificatesOf { get; init; } = (_, _) => AsyncEnumerable.Empty<Certificate>();

    /// <summary>The nodes that are asked for what the shared log has forgotten.</summary>
    internal Peers Peers { get; init; } = new();
}
