using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Node.Joining;

/// <summary>
/// What a validator that was restored from a backup has attested since, as the others know it (rule 8): as many must answer as make a certificate with itself. Nobody is believed: what it
/// attested carries its own signature, and what is certified the others'.
/// </summary>
internal sealed class LostPromises(NodeParts node, SharedOrder shared, Signer validator)
{
    // It states nothing of a height before those before it are certified: no further ahead than blocks are executed ahead of certificates.
    private const ulong AheadAtMost = 64;

    /// <summary>Whether enough was told.</summary>
    public async Task<bool> LearnAsync(PromiseFile promises)
    {
        var (answered, floor, epoch, newest) = (1, 0UL, node.Epoch.Number, (Header?)null);
        foreach (var peer in shared.Peers.InOrder)
        {
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Attested, Key: validator.Id), node.Failure.Stop) is not { } answer) continue;
            try
            {
                if (Read(answer) is not var (certified, own)) continue;
                (floor, epoch) = (Math.Max(floor, Math.Max(certified.Height, own?.Height ?? 0)), Math.Max(epoch, certified.Epoch));
                if (own is not null && own.Height > (newest?.Height ?? 0)) newest = own;
                answered++;
            }
            catch (PeerFaultException lie)
            {
                peer.Lied(lie.Message);
            }
        }
        if (answered < node.Progress.Members.Quorum) return false;
        for (var height = floor + 1; height <= floor + AheadAtMost; height++)
            if (await IsStated(height, epoch)) floor = height;
        if (newest is not null && promises.Of(newest) == Promise.None) promises.Keep(newest);
        promises.Learn(floor);
        return true;
    }

    // Null where it is certified by validators whom this node does not know yet, as it is behind: it asks again when it knows them.
    private (Header Certified, Header? Own)? Read(byte[] answer)
    {
        try
        {
            var reader = new CborReader(answer);
            reader.ArrayOf(2);
            var certificate = Certificate.FromBytes(reader.Bytes());
            Spoken? own = reader.TryNull() ? null : Spoken.Read(ref reader, validator.Id);
            reader.End();
            var validators = node.State.Read(ledger => ledger.State.CertifiersOf(certificate.Header.Height));
            if (certificate.Header.LedgerId == node.LedgerId && certificate.Header.Height > (node.Archive.Head?.Header.Height ?? 0) && certificate.Header.Validators != validators.Hash) return null;
            if (certificate.Header.LedgerId != node.LedgerId || !certificate.Verify(validators, node.Keys)) throw new PeerFaultException("Its newest certificate does not hold.");
            if (own is { } said && (said.Header.LedgerId != node.LedgerId || !said.Attestation.Verify(said.Header, validator.Public, node.Keys)))
                throw new PeerFaultException("What it says that this validator attested is not signed by it.");
            return (certificate.Header, own?.Header);
        }
        catch (MalformedException fault)
        {
            throw new PeerFaultException("What it saw attested cannot be read.", fault);
        }
    }

    private async Task<bool> IsStated(ulong height, ulong epoch)
    {
        foreach (var statement in await shared.Register.ReadAsync((long)height, node.Failure.Stop))
            if (Standing.Read(statement.Validator, statement.Bytes.Span) is { } standing && standing.Echo.Validator == validator.Id && standing.Echo.Verify(node.LedgerId, epoch, validator.Public, node.Keys)) return true;
        return false;
    }
}
