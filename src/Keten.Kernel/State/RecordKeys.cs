using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>The keys, in canonical form, of the records that a proof can be asked for: [table, key].</summary>
public static class RecordKeys
{
    /// <summary>An account.</summary>
    public static byte[] Account(AccountKey key) => Key(8, writer => AccountKey.Write(writer, key));

    /// <summary>An agreement.</summary>
    public static byte[] Agreement(ulong number) => Key(9, writer => writer.Unsigned(number));

    /// <summary>A party.</summary>
    public static byte[] Party(Party party) => Key(5, writer => writer.Party(party));

    /// <summary>The set of validators that was decided in a block; the first: 0.</summary>
    public static byte[] Validators(ulong height) => Key(16, writer => writer.Unsigned(height));

    /// <summary>A proposal that waits for votes.</summary>
    public static byte[] Proposal(ulong number) => Key(18, writer => writer.Unsigned(number));
    /// <summary>Ledger time.</summary>
    public static byte[] Clock() => Key(2, writer => writer.Unsigned(0));

    /// <summary>Which counters of a key's lane have been used.</summary>
    public static byte[] Window(KeyId key, byte lane) => Key(7, writer => LaneKey.Write(writer, new LaneKey(key, lane)));

    /// <summary>A child record of an agreement.</summary>
    public static byte[] Row(ulong agreement, byte table, ReadOnlySpan<byte> key)
    {
        var bytes = key.ToArray();
        return Key(10, writer =>
        {
            writer.Array(3);
            writer.Unsigned(agreement);
            writer.Unsigned(table);
            writer.Bytes(bytes);
        });
    }

    private static byte[] Key(byte table, Action<CborWriter> write)
    {
        var writer = new CborWriter(64);
        writer.Array(2);
        writer.Unsigned(table);
        write(writer);
        return writer.ToArray();
    }
}
