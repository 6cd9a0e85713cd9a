using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>
/// Records of another ledger, all of one moment, that its validators have certified; <see cref="Facts.See"/> gives it. What is asked for here is read by the forms of the contract whose
/// clause runs: its counterpart there is of the same contract and version.
/// </summary>
public readonly struct Seen
{
    private readonly StateEvidence[] records;
    private readonly Contract contract;

    internal Seen(StateEvidence[] records, Contract contract) => (this.records, this.contract) = (records, contract);

    /// <summary>Ledger time there, at the moment of which the records are; null where the proof does not show it. The time of the header that carries them may be later.</summary>
    public Instant? Now
    {
        get
        {
            if (Of(RecordKeys.Clock())?.Value is not { } value) return null;
            var reader = new CborReader(value);
            var now = Wire.ReadInstant(ref reader);
            reader.End();
            return now;
        }
    }

    /// <summary>The state of an agreement there; null where the proof does not show it, there is none, or it is of another contract or version.</summary>
    public T? State<T>(ulong agreement) where T : class =>
        Of(RecordKeys.Agreement(agreement))?.Value is { } value ? AgreementRecord.FromBytes(value, contract)?.State as T : null;

    /// <summary>A child record of an agreement there; null where the proof does not show it, or shows that there is none.</summary>
    public TValue? Find<TKey, TValue>(ulong agreement, Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct
    {
        var table = contract.Table(records);
        return Of(RecordKeys.Row(agreement, records.Number, table.KeyBytes(key)))?.Value is { } value ? table.Values.FromBytes(value) : null;
    }

    /// <summary>Whether the proof shows that an agreement there has no such child record.</summary>
    public bool Lacks<TKey, TValue>(ulong agreement, Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct =>
        Of(RecordKeys.Row(agreement, records.Number, contract.Table(records).KeyBytes(key))) is { Value: null };

    private StateEvidence? Of(ReadOnlySpan<byte> key)
    {
        foreach (var record in records)
            if (record.Key.AsSpan().SequenceEqual(key)) return record;
        return null;
    }
}
