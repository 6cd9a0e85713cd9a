using Keten.Kernel.State;

namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>A new party joins with its first key, whose id is the party's for ever. The key signs; where the ledger admits parties, one who may admit signs too.</summary>
    /// <param name="Key">The first key.</param>
    public readonly record struct Enrol(PublicKey Key) : ICall
    {
        Signers ICall.MustSign(Desk desk) =>
            desk.Ledger.Parameters.AdmittedBy is { Count: > 0 } admitters ? Signers.Any(admitters.AsSpan()) : Signers.Anyone;

        KernelRefusal? ICall.Do(Desk desk)
        {
            var id = Key.Id;
            if (desk.Give(Key, Party.Of(id), KeyRole.Own) is { } refusal) return refusal;
            desk.Ledger.Parties.Set(Party.Of(id), PartyRecord.New(id));
            return null;
        }
    }

    /// <summary>One more key for a party; the new key signs too.</summary>
    /// <param name="Of">Whose.</param>
    /// <param name="Key">The new key.</param>
    public readonly record struct AddKey(Party Of, PublicKey Key) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (party.Keys.Count == PartyRecord.KeysAtMost) return KernelRefusal.TooManyKeys;
            if (desk.Give(Key, Of, KeyRole.Own) is { } taken) return taken;
            desk.Ledger.Parties.Set(Of, party with { Keys = new Many<KeyId>([.. party.Keys.AsSpan(), Key.Id]) });
            return null;
        }
    }

    /// <summary>A key of a party signs no more. It belongs to nobody else for ever, and its counters are remembered.</summary>
    /// <param name="Of">Whose.</param>
    /// <param name="Key">Which; not the last.</param>
    public readonly record struct RetireKey(Party Of, KeyId Key) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (!party.Keys.Contains(Key)) return KernelRefusal.NotYourKey;
            if (party.Keys.Count == 1) return KernelRefusal.LastKey;
            desk.Retire(Key);
            desk.Ledger.Parties.Set(Of, party with { Keys = Without(party.Keys, Key) });
            return null;
        }
    }

    internal static Many<KeyId> Without(Many<KeyId> keys, KeyId gone)
    {
        var kept = new List<KeyId>(keys.Count);
        foreach (var key in keys)
            if (key != gone) kept.Add(key);
        return new Many<KeyId>([.. kept]);
    }
}
