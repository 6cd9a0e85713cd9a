using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// Looks at what the other validators sign, and keeps evidence of what none does who follows the rules. Whatever it finds, the node goes on: what is wrong was not counted anyway.
/// </summary>
internal sealed class Watch(NodeParts node, EvidenceStore store)
{
    private const ulong HeightsKept = 256;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private readonly Dictionary<(KeyId Validator, ulong Height), Seen> seen = [];
    private readonly Dictionary<ulong, (ReadOnlyMemory<byte> Entry, Hash Before)> clocks = [];
    private ulong swept;

    /// <summary>Told of the first of its kind that was found, the second, the fourth and so on; on whichever thread found it.</summary>
    public event Action<Evidence>? Found;

    public EvidenceStore Store => store;

    /// <summary>What is noted of the others meanwhile.</summary>
    public Pulse Pulse { get; } = new(node.Clock);

    private ValidatorSet Validators => node.Progress.Members;

    /// <summary>A validator's statement about a height, as the register shows it beside this node's own header. The same one may be shown many times.</summary>
    /// <remarks>What a validator stated first is remembered as it came; signatures are only looked at where something differs.</remarks>
    public void Stated(Header own, Standing standing)
    {
        var id = standing.Echo.Validator;
        if (Validators.Find(id) is not { } key) return;
        Pulse.Heard(id, own.Height);
        lock (gate)
        {
            if (!seen.TryGetValue((id, own.Height), out var before)) seen.Add((id, own.Height), before = new Seen(standing.Echo));
            if (before.Echo.LogHash != standing.Echo.LogHash || before.Echo.Position != standing.Echo.Position) Compare(own, before, standing.Echo, key);
            if (standing is not { Attestation: { } attestation, Attested: { } header } || header.Height != own.Height || header.Epoch != own.Epoch || header.LedgerId != own.LedgerId) return;
            if (before.Attested is not { } first) before.Attested = (header, attestation);
            else if (header != first.Header && !first.Attestation.Verify(first.Header, key, node.Keys)) before.Attested = (header, attestation);
            else if (header != first.Header && attestation.Verify(header, key, node.Keys)) Keep(Evidence.OfTwoAttestations(first.Header, first.Attestation, header, attestation), ref before.TwoAttestations);
            if (before.Certified is { } certified) Compare(certified, before, header, attestation, key);
        }
    }

    /// <summary>A header of this node's was certified.</summary>
    public void Certified(Certificate certificate)
    {
        var header = certificate.Header;
        lock (gate)
        {
            foreach (var id in Validators.Ids)
            {
                if (!seen.TryGetValue((id, header.Height), out var one)) continue;
                one.Certified = certificate;
                if (one.Attested is { } other && Validators.Find(id) is { } key) Compare(certificate, one, other.Header, other.Attestation, key);
            }
            if (clocks.Remove(header.Height, out var odd)) Report(Evidence.OfAbsurdClock(odd.Entry, odd.Before, certificate));
            Forget(header.Height);
        }
    }

    private void Compare(Header own, Seen before, Echo echo, in PublicKey key)
    {
        if (!before.Echo.Verify(own.LedgerId, own.Epoch, key, node.Keys)) before.Echo = echo;
        else if (before.Echo.Position == echo.Position && echo.Verify(own.LedgerId, own.Epoch, key, node.Keys)) Keep(Evidence.OfTwoEchoes(own.LedgerId, own.Epoch, before.Echo, echo), ref before.TwoEchoes);
    }

    private void Compare(Certificate certified, Seen before, Header header, in Attestation attestation, in PublicKey key)
    {
        if (!before.Other && header != certified.Header && header.Epoch == certified.Header.Epoch && attestation.Verify(header, key, node.Keys))
            Keep(Evidence.OfOtherAttestation(certified, header, attestation), ref before.Other);
    }

    /// <summary>An entry of the log was skipped.</summary>
    public void Skipped(ReadOnlyMemory<byte> entry)
    {
        if (Evidence.OfFaultyEntry(node.LedgerId, entry) is not { } evidence || Validators.Find(evidence.Validator) is not { } key) return;
        if (node.Keys.Get(evidence.Validator, key) is { } imported && Entry.ReadEnvelope(entry)?.IsSignedBy(imported) == true) Report(evidence);
    }

    /// <summary>Another validator's entry was executed. The caller holds the state.</summary>
    public void Executed(Ledger ledger, Block block, in Hash before)
    {
        var entry = ledger.LastEntry!;
        if (Ledger.IsAbsurd(entry.Clock, block.Header.Time, ledger.State.Parameters.ClockAheadSeconds))
        {
            lock (gate) clocks[block.Header.Height] = (entry.Bytes, before);
        }
        for (var place = 0; place < block.Outcomes.Decisions.Count; place++)
            if (block.Outcomes.Decisions[place].Refusal == KernelRefusal.BadSignature && Failing(ledger, entry.Transactions[place]) is { } key) Report(Evidence.OfBadTransaction(entry, place, key));
    }

    /// <summary>Looks again, now and then, at what was stated of the newest certified height: who signs something else may do so when nobody waits for it any more.</summary>
    public async Task RunAsync(SharedOrder shared)
    {
        while (true)
        {
            await Task.Delay(Glance, node.Clock, node.Failure.Stop);
            var head = node.Archive.Head;
            Pulse.HeadFor(head?.Header.Height ?? 0);
            var stated = await shared.Register.ReadAsync((long)(head?.Header.Height ?? 0), node.Failure.Stop);
            Pulse.Answered();
            if (head is null) continue;
            foreach (var statement in stated)
                if (Standing.Read(statement.Validator, statement.Bytes.Span) is { } standing) Stated(head.Header, standing);
            Certified(head);
        }
    }

    private static PublicKey? Failing(Ledger ledger, Transaction transaction)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        for (var each = 0; each < transaction.Signers.Length; each++)
        {
            var id = transaction.Signers[each].Key;
            if ((ledger.State.KeyOf(id)?.Key ?? IntroducedKeys.Find(transaction, id)) is not { } key) continue;
            transaction.SigningDigest(each, digest);
            if (!Es256.Verify(digest, new Signature(transaction.SignatureOf(each)), key)) return key;
        }
        return null;
    }

    private void Keep(Evidence evidence, ref bool kept)
    {
        if (kept) return;
        kept = true;
        Report(evidence);
    }

    private void Report(Evidence evidence)
    {
        node.Metrics.Misbehaved(evidence);
        // A second, a fourth, an eighth: who goes on and on does not fill the operator's log.
        if (System.Numerics.BitOperations.IsPow2(store.Add(evidence))) Found?.Invoke(evidence);
    }

    private void Forget(ulong height)
    {
        if (height < swept + HeightsKept) return;
        swept = height;
        foreach (var key in seen.Keys.ToList())
            if (key.Height + HeightsKept < height) seen.Remove(key);
        foreach (var old in clocks.Keys.ToList())
            if (old + HeightsKept < height) clocks.Remove(old);
    }

    private sealed class Seen(Echo echo)
    {
        public Echo Echo = echo;
        public (Header Header, Attestation Attestation)? Attested;
        public Certificate? Certified;
        public bool TwoEchoes, TwoAttestations, Other;
    }
}
