namespace Keten.Kernel;

/// <summary>Sixteen opaque bytes that mean something to whoever drew them: a payer's payment reference, a grant in a vault. Nothing personal can be read from it.</summary>
public readonly record struct Reference : IKey<Reference>
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 value;

    /// <summary>Takes over exactly 16 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public Reference(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("A reference is 16 bytes.", nameof(bytes));
        value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <inheritdoc/>
    public static int KeySize => Size;

    /// <summary>Reads 32 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse(string? hex, out Reference reference)
    {
        reference = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex is not { Length: 2 * Size } || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        reference = new Reference(bytes);
        return true;
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> target) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(target, value);

    /// <inheritdoc/>
    public void WriteKey(Span<byte> target) => CopyTo(target);

    /// <inheritdoc/>
    public static Reference ReadKey(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
