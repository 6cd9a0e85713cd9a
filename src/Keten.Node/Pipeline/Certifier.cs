using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Node.Pipeline;

/// <summary>Has headers certified, in the order of their heights.</summary>
internal abstract class Certifier
{
    /// <summary>What it does meanwhile, until the node stops.</summary>
    public virtual Task RunAsync() => Task.CompletedTask;

    /// <summary>The certificates of some headers, each the successor of the one before.</summary>
    public abstract ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Header> headers);
}

/// <summary>Where one validator's attestation is a certificate.</summary>
internal sealed class LoneCertifier(Signer validator) : Certifier
{
    public override ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Header> headers)
    {
        var certificates = new Certificate[headers.Count];
        for (var each = 0; each < certificates.Length; each++) certificates[each] = new Certificate(headers[each], new Many<Attestation>(Attestation.Sign(validator, headers[each])));
        return ValueTask.FromResult(certificates);
    }
}
