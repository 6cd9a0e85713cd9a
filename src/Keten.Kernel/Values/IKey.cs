namespace Keten.Kernel;

/// <summary>A value that can be the key of a child record: a fixed number of bytes whose order is the order of iteration.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IKey<TSelf> where TSelf : struct, IKey<TSelf>
{
    /// <summary>How many bytes a key has, always.</summary>
    static abstract int KeySize { get; }

    /// <summary>Writes the bytes; smaller values give earlier bytes.</summary>
    void WriteKey(Span<byte> target);

    /// <summary>The value that wrote these bytes.</summary>
    static abstract TSelf ReadKey(ReadOnlySpan<byte> bytes);
}
