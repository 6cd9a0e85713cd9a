using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// Echo, then attest: states in the register what was read from the log, attests a header once a quorum of validators read the same, and gathers a quorum of attestations. What the log or
/// a third of the validators do wrong holds it up, and makes it certify nothing that another honest node would not.
/// </summary>
internal sealed class JointCertifier(NodeParts node, Signer validator, IRegister register, PromiseFile promises) : Certifier
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private readonly ValidatorSet validators = node.Ledger.Validators;

    public override async ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Header> headers)
    {
        var echoes = new Echo[headers.Count];
        for (var each = 0; each < echoes.Length; each++)
        {
            var header = headers[each];
            echoes[each] = Echo.Sign(validator, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash);
            // What was stated before a restart stays: a height's attestation is not taken back by an echo.
            if (header.Height > promises.Height) await Publish(header, new Standing(echoes[each], null));
        }
        // One by one: whoever waits with an attestation for a later header's echoes may be what those who would give them wait for.
        for (var each = 0; each < echoes.Length; each++)
        {
            var header = headers[each];
            await Quorum(header, standing => IsEcho(header, standing));
            promises.Keep(header);
            await Publish(header, new Standing(echoes[each], Attestation.Sign(validator, header)));
        }
        var certificates = new Certificate[headers.Count];
        for (var each = 0; each < certificates.Length; each++)
        {
            var header = headers[each];
            var found = await Quorum(header, standing => standing.Attestation is { } one && one.Verify(header, validators.Find(one.Validator)!.Value));
            certificates[each] = new Certificate(header, new Many<Attestation>([.. found.Select(standing => standing.Attestation!.Value)]));
        }
        return certificates;
    }

    private bool IsEcho(Header header, Standing standing) =>
        standing.Echo.Position == header.LogPosition && standing.Echo.LogHash == header.LogHash
        && standing.Echo.Verify(header.LedgerId, header.Epoch, validators.Find(standing.Echo.Validator)!.Value);

    private async Task Publish(Header header, Standing standing) =>
        await register.PublishAsync(validator.Id.ToString(), (long)header.Height, standing.ToBytes(), node.Failure.Stop);

    // The statements of a quorum of validators that pass, each validator's once, by key id. Each is looked at until it has passed.
    private async Task<IEnumerable<Standing>> Quorum(Header header, Func<Standing, bool> passes)
    {
        var passed = new SortedDictionary<KeyId, Standing>();
        while (true)
        {
            foreach (var statement in await register.ReadAsync((long)header.Height, node.Failure.Stop))
            {
                if (Standing.Read(statement.Validator, statement.Bytes.Span) is not { } standing) continue;
                var id = standing.Echo.Validator;
                if (validators.Find(id) is null || passed.ContainsKey(id) || !passes(standing)) continue;
                passed.Add(id, standing);
                if (passed.Count == validators.Quorum) return passed.Values;
            }
            await Task.Delay(Pause, node.Failure.Stop);
        }
    }
}
