namespace Keten.Kernel;

/// <summary>An ES256 signature: r ‖ s, 32 bytes each (RFC 9053 §2.1).</summary>
/// <param name="R">Most significant byte first.</param>
/// <param name="S">Most significant byte first.</param>
public readonly record struct Signature(Hash R, Hash S)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 64;

    /// <summary>Takes over exactly 64 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 64 bytes long.</exception>
    public Signature(ReadOnlySpan<byte> bytes) : this(new Hash(bytes[..32]), new Hash(bytes[32..]))
    {
    }

    /// <summary>Writes r ‖ s.</summary>
    public void CopyTo(Span<byte> target)
    {
        R.CopyTo(target);
        S.CopyTo(target[32..]);
    }

    internal void Write(Cbor.CborWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        writer.Bytes(bytes);
    }
}
