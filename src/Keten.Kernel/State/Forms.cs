using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>The canonical forms of short lists in the kernel's own records.</summary>
internal static class Forms
{
    public static void Write(CborWriter writer, Many<KeyId> keys)
    {
        writer.Array(keys.Count);
        foreach (var key in keys) writer.KeyId(key);
    }

    public static void Write(CborWriter writer, Many<Party> parties)
    {
        writer.Array(parties.Count);
        foreach (var party in parties) writer.Party(party);
    }

    public static void Write(CborWriter writer, Many<Amount> amounts)
    {
        writer.Array(amounts.Count);
        foreach (var amount in amounts) writer.Amount(amount);
    }

    public static Many<KeyId> ReadKeys(ref CborReader reader, int atMost)
    {
        var keys = new KeyId[reader.Array(atMost)];
        for (var each = 0; each < keys.Length; each++) keys[each] = reader.KeyId();
        return new Many<KeyId>(keys);
    }

    public static Many<Party> ReadParties(ref CborReader reader, int atMost)
    {
        var parties = new Party[reader.Array(atMost)];
        for (var each = 0; each < parties.Length; each++) parties[each] = reader.Party();
        return new Many<Party>(parties);
    }

    public static Many<Amount> ReadAmounts(ref CborReader reader)
    {
        var amounts = new Amount[reader.Array(32)];
        for (var each = 0; each < amounts.Length; each++) amounts[each] = reader.Amount();
        return new Many<Amount>(amounts);
    }
}
