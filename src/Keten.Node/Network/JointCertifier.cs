using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>
/// Echo, then attest: states in the register what was read from the log, attests a header once a quorum of validators read the same, and gathers a quorum of attestations. What the log or
/// a third of the validators do wrong holds it up, and makes it certify nothing that another honest node would not. Where the others went on long ago, their certificate is enough.
/// </summary>
internal sealed class JointCertifier(NodeParts node, Signer validator, SharedOrder shared, PromiseFile promises) : Certifier
{
    private const int PausesBeforePeers = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private readonly ValidatorSet validators = node.Ledger.Validators;

    public override async ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Header> headers)
    {
        var (echoes, certificates) = (new Echo[headers.Count], new Certificate?[headers.Count]);
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
            if ((certificates[each] = await Gather(header, standing => IsEcho(header, standing), [])) is not null) continue;
            promises.Keep(header);
            await Publish(header, new Standing(echoes[each], Attestation.Sign(validator, header)));
        }
        for (var each = 0; each < echoes.Length; each++) certificates[each] ??= await Certificate(headers[each]);
        return certificates!;
    }

    private async Task<Certificate> Certificate(Header header)
    {
        var attested = new SortedDictionary<KeyId, Standing>();
        return await Gather(header, standing => standing.Attestation is { } one && one.Verify(header, validators.Find(one.Validator)!.Value), attested)
            ?? new Certificate(header, new Many<Attestation>([.. attested.Values.Select(standing => standing.Attestation!.Value)]));
    }

    private bool IsEcho(Header header, Standing standing) =>
        standing.Echo.Position == header.LogPosition && standing.Echo.LogHash == header.LogHash
        && standing.Echo.Verify(header.LedgerId, header.Epoch, validators.Find(standing.Echo.Validator)!.Value);

    private async Task Publish(Header header, Standing standing) =>
        await shared.Register.PublishAsync(validator.Id.ToString(), (long)header.Height, standing.ToBytes(), node.Failure.Stop);

    // Gathers the statements of a quorum of validators that pass, each validator's once; or gives the certificate that other nodes have, where the statements do not come.
    private async Task<Certificate?> Gather(Header header, Func<Standing, bool> passes, SortedDictionary<KeyId, Standing> passed)
    {
        for (var pauses = 1; ; pauses++)
        {
            foreach (var statement in await shared.Register.ReadAsync((long)header.Height, node.Failure.Stop))
            {
                if (Standing.Read(statement.Validator, statement.Bytes.Span) is not { } standing) continue;
                var id = standing.Echo.Validator;
                if (validators.Find(id) is null || passed.ContainsKey(id) || !passes(standing)) continue;
                passed.Add(id, standing);
                if (passed.Count == validators.Quorum) return null;
            }
            if (pauses % PausesBeforePeers == 0 && await FromPeers(header) is { } known) return known;
            await Task.Delay(Pause, node.Failure.Stop);
        }
    }

    private async Task<Certificate?> FromPeers(Header header)
    {
        if (shared.Peers is not { } peers || await peers(header.Height, node.Failure.Stop) is not { } known) return null;
        if (known.Header.Height != header.Height || known.Header.LedgerId != header.LedgerId || !known.Verify(validators)) return null;
        return known.Header == header ? known : throw new DivergedException(header.Height, "has another header than the one that the validators certified");
    }
}
