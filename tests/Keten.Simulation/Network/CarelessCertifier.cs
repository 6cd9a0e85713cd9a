using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Simulation.Network;

internal enum Carelessness
{
    NoEcho = 0,
    CountsTwice = 1,
    OneTooFew = 2,
    Unsigned = 3,
    FormerValidators = 4,
}

/// <summary>Certifies as a node does, but for one thing.</summary>
internal sealed class CarelessCertifier(NodeParts node, PromiseFile promises, Carelessness how) : Certifier
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(30);
    private readonly Signer validator = node.Validator!;

    public override async ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Block> blocks)
    {
        var certificates = new Certificate[blocks.Count];
        for (var each = 0; each < certificates.Length; each++)
        {
            var (header, validators) = (blocks[each].Header, how == Carelessness.FormerValidators ? node.Ledger.Genesis.Validators : blocks[each].Validators);
            var isOurs = blocks[each].Validators.Find(validator.Id) is not null;
            var echo = Echo.Sign(validator, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash);
            if (how != Carelessness.NoEcho && promises.Of(header) == Promise.None) await Gather(header, validators, isOurs ? new Standing(echo, null) : null, standing => IsEcho(header, validators, standing));
            if (promises.Of(header) == Promise.None) promises.Keep(header);
            var attested = await Gather(header, validators, isOurs ? new Standing(echo, Attestation.Sign(validator, header), header) : null, standing => IsAttested(header, validators, standing));
            certificates[each] = new Certificate(header, new Many<Attestation>([.. attested.Select(standing => standing.Attestation!.Value).OrderBy(one => one.Validator)]));
        }
        return certificates;
    }

    private bool IsEcho(Header header, ValidatorSet validators, Standing standing) =>
        standing.Echo.Position == header.LogPosition && standing.Echo.LogHash == header.LogHash
        && (how == Carelessness.Unsigned || standing.Echo.Verify(header.LedgerId, header.Epoch, validators.Find(standing.Echo.Validator)!.Value, node.Keys));

    private bool IsAttested(Header header, ValidatorSet validators, Standing standing) =>
        standing.Attestation is { } one && (how == Carelessness.Unsigned ? standing.Echo.LogHash == header.LogHash : one.Verify(header, validators.Find(one.Validator)!.Value, node.Keys));

    private async Task<List<Standing>> Gather(Header header, ValidatorSet validators, Standing? mine, Func<Standing, bool> passes)
    {
        var (passed, register) = (new List<Standing>(), node.Shared!.Register);
        var enough = validators.Quorum - (how == Carelessness.OneTooFew ? 1 : 0);
        while (true)
        {
            if (mine is { } said) await register.PublishAsync(validator.Id.ToString(), (long)header.Height, said.ToBytes(), node.Failure.Stop);
            if (how != Carelessness.CountsTwice) passed.Clear();
            foreach (var statement in await register.ReadAsync((long)header.Height, node.Failure.Stop))
                if (Standing.Read(statement.Validator, statement.Bytes.Span) is { } standing && validators.Find(standing.Echo.Validator) is not null && passes(standing) && passed.Count < enough) passed.Add(standing);
            if (passed.Count >= enough) return passed;
            await Task.Delay(Glance, node.Clock, node.Failure.Stop);
        }
    }
}
