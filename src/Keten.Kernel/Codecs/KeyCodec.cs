using System.Buffers.Binary;

namespace Keten.Kernel;

/// <summary>How the key of a child record becomes a fixed number of bytes whose order is the order of iteration.</summary>
/// <typeparam name="TKey">The key.</typeparam>
public abstract class KeyCodec<TKey> where TKey : struct
{
    /// <summary>With the number of bytes of every key; at most 64.</summary>
    protected KeyCodec(int size) => Size = size is > 0 and <= 64 ? size : throw new ArgumentOutOfRangeException(nameof(size));

    /// <summary>How many bytes a key has, always.</summary>
    public int Size { get; }

    /// <summary>Writes the bytes.</summary>
    public abstract void Write(Span<byte> target, in TKey key);

    /// <summary>The key that wrote these bytes.</summary>
    public abstract TKey Read(ReadOnlySpan<byte> bytes);

    /// <summary>Adds the parties that a key names.</summary>
    public virtual void NameParties(in TKey key, PartySet named)
    {
    }
}

/// <summary>The key codecs that need no generator.</summary>
public static class KeyCodec
{
    /// <summary>A number, most significant byte first.</summary>
    public static KeyCodec<ulong> Number { get; } = new NumberCodec();

    /// <summary>Of a type that knows its own key bytes.</summary>
    public static KeyCodec<TKey> Of<TKey>() where TKey : struct, IKey<TKey> => new OwnCodec<TKey>();

    private sealed class NumberCodec() : KeyCodec<ulong>(8)
    {
        public override void Write(Span<byte> target, in ulong key) => BinaryPrimitives.WriteUInt64BigEndian(target, key);

        public override ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private sealed class OwnCodec<TKey>() : KeyCodec<TKey>(TKey.KeySize) where TKey : struct, IKey<TKey>
    {
        public override void Write(Span<byte> target, in TKey key) => key.WriteKey(target);

        public override TKey Read(ReadOnlySpan<byte> bytes) => TKey.ReadKey(bytes);

        public override void NameParties(in TKey key, PartySet named)
        {
            if (key is Party party) named.Add(party);
        }
    }
}
