using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Node.Pipeline;

/// <summary>Has blocks certified by the validators that each names, in the order of their heights.</summary>
internal abstract class Certifier
{
    /// <summary>What it does meanwhile, until the node stops.</summary>
    public virtual Task RunAsync() => Task.CompletedTask;

    /// <summary>The certificates of some blocks, each the successor of the one before.</summary>
    public abstract ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Block> blocks);
}

/// <summary>Where one validator's attestation is a certificate.</summary>
internal sealed class LoneCertifier(Signer validator) : Certifier
{
    public override ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Block> blocks)
    {
        var certificates = new Certificate[blocks.Count];
        for (var each = 0; each < certificates.Length; each++)
        {
            var (header, set) = (blocks[each].Header, blocks[each].Validators);
            if (set.Quorum > 1 || set.Find(validator.Id) is null)
                throw new NodeStoppedException($"A certificate of block {header.Height} takes {set.Quorum} of {set.Count} validators; this node works alone, with the key {validator.Id}. Open it with that validator's key, and with the order that all share.");
            certificates[each] = new Certificate(header, new Many<Attestation>(Attestation.Sign(validator, header)));
        }
        return ValueTask.FromResult(certificates);
    }
}
