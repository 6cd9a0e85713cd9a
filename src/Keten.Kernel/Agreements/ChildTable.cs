namespace Keten.Kernel;

/// <summary>A table of child records, as a contract's contents page lists it.</summary>
public abstract class ChildTable
{
    private protected ChildTable(byte number, Codec values) => (Number, ValueCodec) = (number, values);

    /// <summary>Within the contract.</summary>
    public byte Number { get; }

    /// <summary>What a record is made of.</summary>
    public Codec ValueCodec { get; }

    /// <summary>Gathers the parties that a child record names, in its key and its value.</summary>
    internal abstract void NameParties(byte[] key, byte[] value, PartySet named);
}

internal sealed class ChildTable<TKey, TValue>(byte number, KeyCodec<TKey> keys, Codec<TValue> values) : ChildTable(number, values) where TKey : struct where TValue : struct
{
    public KeyCodec<TKey> Keys { get; } = keys;

    public Codec<TValue> Values { get; } = values;

    internal override void NameParties(byte[] key, byte[] value, PartySet named)
    {
        Keys.NameParties(Keys.Read(key), named);
        Values.NameParties(Values.FromBytes(value), named);
    }

    public byte[] KeyBytes(in TKey key)
    {
        var bytes = new byte[Keys.Size];
        Keys.Write(bytes, key);
        return bytes;
    }
}

/// <summary>An event, as a contract's contents page lists it.</summary>
public abstract class EventKind
{
    private protected EventKind(ushort number, Codec codec, string? warns) => (Number, EventCodec, Warns) = (number, codec, warns);

    /// <summary>Within the contract.</summary>
    public ushort Number { get; }

    /// <summary>What it is made of.</summary>
    public Codec EventCodec { get; }

    /// <summary>What it warns of, where somebody should know of it at once: a word such as «theft», the same in all contracts that warn of the like. Null for all other events.</summary>
    public string? Warns { get; }
}

internal sealed class EventKind<TEvent>(ushort number, Codec<TEvent> codec, string? warns = null) : EventKind(number, codec, warns) where TEvent : struct, IEvent
{
    public Codec<TEvent> Codec { get; } = codec;
}
