using Keten.Kernel.Cbor;

namespace Keten.Kernel.Cose;

/// <summary>The headers of one signature and its bytes: of a whole COSE_Sign1, or of one signer of a COSE_Sign.</summary>
public sealed class CoseSignature
{
    private readonly ReadOnlyMemory<byte> unprotectedMap;

    /// <summary>Of these bytes.</summary>
    /// <param name="protectedBytes">The protected header map as it is signed; no bytes where it is empty.</param>
    /// <param name="unprotectedMap">The unprotected header map; no bytes where it is empty.</param>
    /// <param name="bytes">The signature.</param>
    /// <exception cref="MalformedException">A header is no header map, or a label stands in both.</exception>
    public CoseSignature(ReadOnlyMemory<byte> protectedBytes, ReadOnlyMemory<byte> unprotectedMap, ReadOnlyMemory<byte> bytes)
    {
        this.unprotectedMap = unprotectedMap;
        (ProtectedBytes, Bytes) = (protectedBytes, bytes);
        (Protected, Unprotected) = (CoseHeaders.Parse(protectedBytes), CoseHeaders.Parse(unprotectedMap));
        if (Protected.Overlaps(Unprotected)) throw new MalformedException("A header is both protected and not.");
    }

    /// <summary>The protected headers, byte for byte as they came.</summary>
    public ReadOnlyMemory<byte> ProtectedBytes { get; }

    /// <summary>The headers that are signed over.</summary>
    public CoseHeaders Protected { get; }

    /// <summary>The headers that anyone may change.</summary>
    public CoseHeaders Unprotected { get; }

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The key id, protected or not; null where there is none.</summary>
    public ReadOnlyMemory<byte>? KeyId => Protected.KeyId ?? Unprotected.KeyId;

    /// <summary>{1: −7, 4: kid}, the protected headers of everything that Keten signs.</summary>
    public static byte[] HeadersOf(KeyId key)
    {
        var headers = new byte[CoseForm.HeaderSize];
        CoseForm.Header(key, headers);
        return headers;
    }

    internal CoseVerdict Verify(ImportedKey key, ReadOnlySpan<byte> digest)
    {
        if (Protected.Find(CoseHeaders.CriticalLabel) is not null) return CoseVerdict.Unsupported;
        if ((Protected.Find(CoseHeaders.AlgorithmLabel) is null ? Unprotected : Protected).Algorithm != CoseHeaders.Es256Algorithm) return CoseVerdict.Unsupported;
        return key.Verify(digest, Bytes.Span) ? CoseVerdict.Valid : CoseVerdict.Invalid;
    }

    internal static (ReadOnlyMemory<byte> Protected, ReadOnlyMemory<byte> Unprotected) ReadHeaders(ref CborReader reader, ReadOnlyMemory<byte> bytes)
    {
        var length = reader.Bytes().Length;
        var protectedBytes = bytes[(reader.Offset - length)..reader.Offset];
        if (reader.Peek() != CborKind.Map) throw reader.Fault("The unprotected header is a map.");
        length = reader.Item().Length;
        return (protectedBytes, bytes[(reader.Offset - length)..reader.Offset]);
    }

    internal static ReadOnlyMemory<byte> ReadBytes(ref CborReader reader, ReadOnlyMemory<byte> bytes)
    {
        var length = reader.Bytes().Length;
        return bytes[(reader.Offset - length)..reader.Offset];
    }

    internal void WriteHeaders(CborWriter writer)
    {
        writer.Bytes(ProtectedBytes.Span);
        if (unprotectedMap.IsEmpty) writer.Map(0);
        else writer.Raw(unprotectedMap.Span);
    }
}
