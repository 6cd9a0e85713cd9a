using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>Checks what was brought from another ledger, by what an agreement knows of it; the signatures are counted before they are checked.</summary>
/// <param name="known">What is known.</param>
/// <param name="keys">Where validators' keys are kept ready.</param>
/// <param name="count">Counts so many signatures; throws where they are too many.</param>
internal readonly ref struct ProofCheck(in Elsewhere known, KeyCache? keys, Action<int> count)
{
    private readonly Elsewhere known = known;

    /// <summary>How a ledger began; null where it is no genesis.</summary>
    public static Elsewhere? Begun(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var genesis = Genesis.FromBytes(bytes);
            return new Elsewhere(Hash.Of(bytes), genesis.Validators.Hash, 0);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>What is known once the validators have changed; null where a change does not hold, or nothing is new in them.</summary>
    public Elsewhere? Follow(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new CborReader(bytes);
            var history = Begin(ref reader);
            var changes = SetChange.Read(ref reader);
            reader.End();
            if (history is null) return null;
            foreach (var change in changes)
            {
                // What is known already is taken unseen, and would let the rest of a list look as if it held.
                if (change.Height <= history.Height) return null;
                count(change.Certificate.Attestations.Count);
                if (!history.Take(change, keys)) return null;
            }
            return changes.Length == 0 ? null : new Elsewhere(known.Ledger, history.Newest.Hash, history.Height);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>The records that are shown, all under one certificate of the newest validators that are known; null where that does not hold.</summary>
    public StateEvidence[]? See(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new CborReader(bytes);
            var history = Begin(ref reader);
            var shown = new StateEvidence[reader.Array(Proof.RecordsAtMost)];
            for (var each = 0; each < shown.Length; each++) shown[each] = StateEvidence.FromBytes(reader.Bytes());
            reader.End();
            if (history is null || shown.Length == 0) return null;
            var certificate = shown[0].Certificate;
            count(certificate.Attestations.Count);
            if (!history.Certifies(certificate, keys)) return null;
            foreach (var one in shown)
                if (one.Changes.Count > 0 || one.Certificate != certificate || !one.LeadsToRoot()) return null;
            return shown;
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    // By the validators who are brought, where they are those that are known.
    private ValidatorHistory? Begin(ref CborReader reader)
    {
        reader.ArrayOf(2);
        var validators = ValidatorSet.Read(ref reader);
        return validators.Hash == known.Validators ? new ValidatorHistory(known.Ledger, known.ChangedAt, default, validators) : null;
    }
}
