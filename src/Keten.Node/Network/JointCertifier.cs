using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Joining;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>
/// Echo, then attest: states in the register what was read from the log, attests a header once a quorum of validators read the same, and gathers a quorum of attestations. What the log or
/// a third of the validators do wrong holds it up, and makes it certify nothing that another honest node would not. Where the others went on long ago, their certificate is enough.
/// </summary>
internal sealed class JointCertifier(NodeParts node, Signer? validator, SharedOrder shared, PromiseFile? promises) : Certifier
{
    // The others are a few round trips behind, or something is wrong: then there is no hurry.
    private const int Glances = 100;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(4), Pause = TimeSpan.FromMilliseconds(500);
    private readonly ValidatorSet validators = node.Ledger.Validators;
    private bool behind;

    public override async ValueTask<Certificate[]> CertifyAsync(IReadOnlyList<Header> headers)
    {
        var certificates = new Certificate?[headers.Count];
        // An observer has nothing to say.
        if (validator is not null && promises is not null && await KnowsPromises(headers, certificates, validator, promises)) await State(headers, certificates, validator, promises);
        for (var each = 0; each < certificates.Length; each++) certificates[each] ??= await Certificate(headers[each]);
        return certificates!;
    }

    // A validator that was restored does not know what it attested after its backup: until others have told, it takes their certificates and says nothing.
    private async Task<bool> KnowsPromises(IReadOnlyList<Header> headers, Certificate?[] certificates, Signer validator, PromiseFile promises)
    {
        if (!promises.IsRestored) return true;
        if (promises.Floor < headers[0].Height) promises.Settle();
        while (promises.Floor is null && !await new LostPromises(node, shared, validator, validators).LearnAsync(promises))
        {
            var lacking = 0;
            for (var each = 0; each < certificates.Length; each++)
                if ((certificates[each] ??= await FromOthers(headers[each])) is null) lacking++;
            if (lacking == 0) return false;
            await Task.Delay(Pause, node.Failure.Stop);
        }
        return true;
    }

    private async Task State(IReadOnlyList<Header> headers, Certificate?[] certificates, Signer validator, PromiseFile promises)
    {
        var echoes = new Echo[headers.Count];
        for (var each = 0; each < echoes.Length; each++)
        {
            var header = headers[each];
            echoes[each] = Echo.Sign(validator, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash);
            if (certificates[each] is not null) continue;
            // A promise that was made before a restart is stated again: the register may have lost it, and others may wait for it.
            var promise = promises.Of(header);
            if (promise != Promise.Forgotten) await Publish(validator, header, new Standing(echoes[each], promise == Promise.This ? Attestation.Sign(validator, header) : null));
        }
        // One by one: whoever waits with an attestation for a later header's echoes may be what those who would give them wait for.
        for (var each = 0; each < echoes.Length; each++)
        {
            var header = headers[each];
            if (certificates[each] is not null || promises.Of(header) != Promise.None || (certificates[each] = await Gather(header, standing => IsEcho(header, standing), [])) is not null) continue;
            promises.Keep(header);
            await Publish(validator, header, new Standing(echoes[each], Attestation.Sign(validator, header)));
        }
    }

    private async Task<Certificate> Certificate(Header header)
    {
        var attested = new SortedDictionary<KeyId, Standing>();
        return await Gather(header, standing => IsAttested(header, standing), attested) ?? Of(header, attested);
    }

    private async Task<Certificate?> FromOthers(Header header)
    {
        var attested = new SortedDictionary<KeyId, Standing>();
        return await Look(header, standing => IsAttested(header, standing), attested) ? Of(header, attested) : await FromPeers(header);
    }

    private static Certificate Of(Header header, SortedDictionary<KeyId, Standing> attested) =>
        new(header, new Many<Attestation>([.. attested.Values.Select(standing => standing.Attestation!.Value)]));

    private bool IsAttested(Header header, Standing standing)
    {
        if (standing.Attestation is not { } one || !one.Verify(header, validators.Find(one.Validator)!.Value, node.Keys)) return false;
        node.Spoken[one.Validator] = new Spoken(header, one);
        return true;
    }

    private bool IsEcho(Header header, Standing standing) =>
        standing.Echo.Position == header.LogPosition && standing.Echo.LogHash == header.LogHash
        && standing.Echo.Verify(header.LedgerId, header.Epoch, validators.Find(standing.Echo.Validator)!.Value, node.Keys);

    private async Task Publish(Signer validator, Header header, Standing standing) =>
        await shared.Register.PublishAsync(validator.Id.ToString(), (long)header.Height, standing.ToBytes(), node.Failure.Stop);

    // Gathers the statements of a quorum of validators that pass, each validator's once; or gives the certificate that other nodes have, where the statements do not come.
    private async Task<Certificate?> Gather(Header header, Func<Standing, bool> passes, SortedDictionary<KeyId, Standing> passed)
    {
        for (var looked = 0; ; looked++)
        {
            if ((behind || looked >= Glances) && await FromPeers(header) is { } known) return known;
            if (await Look(header, passes, passed))
            {
                behind = false;
                return null;
            }
            await Task.Delay(looked < Glances ? Glance : Pause, node.Failure.Stop);
        }
    }

    // Whether as many statements have passed as make a certificate.
    private async Task<bool> Look(Header header, Func<Standing, bool> passes, SortedDictionary<KeyId, Standing> passed)
    {
        foreach (var statement in await shared.Register.ReadAsync((long)header.Height, node.Failure.Stop))
        {
            if (Standing.Read(statement.Validator, statement.Bytes.Span) is not { } standing) continue;
            var id = standing.Echo.Validator;
            if (validators.Find(id) is null || passed.ContainsKey(id) || !passes(standing)) continue;
            passed.Add(id, standing);
            if (passed.Count >= validators.Quorum) return true;
        }
        return false;
    }

    // Whoever has gone on without this node has gone on for more than a block: the next one's certificate is asked for at once.
    private async Task<Certificate?> FromPeers(Header header)
    {
        await foreach (var known in shared.CertificatesOf(header.Height, node.Failure.Stop))
        {
            if (known.Header.Height != header.Height || known.Header.LedgerId != header.LedgerId || !known.Verify(validators, node.Keys)) continue;
            if (known.Header != header) throw new DivergedException(header.Height, "has another header than the one that the validators certified");
            behind = true;
            return known;
        }
        behind = false;
        return null;
    }
}
