using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>A P-256 public key: the point's coordinates, 32 bytes each. That it lies on the curve is checked when it is imported, before anything is verified with it.</summary>
/// <param name="X">Most significant byte first.</param>
/// <param name="Y">Most significant byte first.</param>
public readonly record struct PublicKey(Hash X, Hash Y)
{
    /// <summary>Its length in bytes, x ‖ y.</summary>
    public const int Size = 64;

    /// <summary>Takes over exactly 64 bytes, x ‖ y.</summary>
    /// <exception cref="ArgumentException">The span is not 64 bytes long.</exception>
    public PublicKey(ReadOnlySpan<byte> bytes) : this(new Hash(bytes[..32]), new Hash(bytes[32..]))
    {
    }

    /// <summary>The COSE Key thumbprint (RFC 9679 §3: SHA-256 of {1: 2, -1: 1, -2: x, -3: y}), cut to 20 bytes.</summary>
    public KeyId Id
    {
        get
        {
            var writer = new CborWriter(80);
            WriteCoseKey(writer);
            var digest = Hash.Of(writer.Written);
            return new KeyId(Hash.Bytes(in digest)[..KeyId.Size]);
        }
    }

    /// <summary>The COSE_Key with its required parameters only (RFC 9053 §7.1.1).</summary>
    public void WriteCoseKey(CborWriter writer)
    {
        writer.Map(4);
        writer.Unsigned(1);
        writer.Unsigned(2);
        writer.Integer(-1);
        writer.Unsigned(1);
        writer.Integer(-2);
        writer.Hash(X);
        writer.Integer(-3);
        writer.Hash(Y);
    }

    /// <summary>Writes x ‖ y.</summary>
    public void CopyTo(Span<byte> target)
    {
        X.CopyTo(target);
        Y.CopyTo(target[32..]);
    }

    /// <summary>As a byte string of 64.</summary>
    internal void Write(CborWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        writer.Bytes(bytes);
    }

    internal static PublicKey Read(ref CborReader reader) => new(reader.Bytes(Size));

    /// <summary>Reads 128 hexadecimal digits, x ‖ y; false for anything else.</summary>
    public static bool TryParse(string? hex, out PublicKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex is not { Length: 2 * Size } || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        key = new PublicKey(bytes);
        return true;
    }

    /// <summary>128 lower-case hexadecimal digits, x ‖ y.</summary>
    public override string ToString() => X.ToString() + Y;
}
