using Keten.Kernel.Cbor;

namespace Keten.Kernel.Cose;

/// <summary>A tagged COSE_Sign1 (RFC 9052 §4.2) of anyone's making: the protected headers are kept byte for byte, as they are what was signed. Only ES256 is checked.</summary>
/// <param name="signature">The signature and its headers.</param>
/// <param name="payload">What is signed; null where it is detached.</param>
public sealed class CoseSign1(CoseSignature signature, ReadOnlyMemory<byte>? payload)
{
    /// <summary>The signature and its headers.</summary>
    public CoseSignature Signature { get; } = signature;

    /// <summary>The payload; null where it is detached.</summary>
    public ReadOnlyMemory<byte>? Payload { get; } = payload;

    /// <summary>Reads one.</summary>
    /// <exception cref="MalformedException">The bytes are no COSE_Sign1 with tag 18, or their heads are not the shortest.</exception>
    public static CoseSign1 Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes.Span, anyOrder: true);
        if (reader.Tag() != CoseForm.Sign1Tag) throw reader.Fault("The tag is not that of a COSE_Sign1.");
        reader.ArrayOf(4);
        var (protectedBytes, unprotected) = CoseSignature.ReadHeaders(ref reader, bytes);
        var content = reader.TryNull() ? default(ReadOnlyMemory<byte>?) : CoseSignature.ReadBytes(ref reader, bytes);
        var signed = CoseSignature.ReadBytes(ref reader, bytes);
        reader.End();
        return new CoseSign1(new CoseSignature(protectedBytes, unprotected, signed), content);
    }

    /// <summary>Signs a payload.</summary>
    /// <param name="signer">Who signs.</param>
    /// <param name="protectedBytes">The protected header map, which must say ES256: <see cref="CoseSignature.HeadersOf"/> or more.</param>
    /// <param name="payload">What is signed.</param>
    /// <param name="detached">Whether the payload is left out of the bytes.</param>
    /// <param name="unprotectedMap">The unprotected header map; no bytes where it is empty.</param>
    /// <param name="external">What is signed as well and known to both sides.</param>
    public static CoseSign1 Sign(
        Signer signer, ReadOnlyMemory<byte> protectedBytes, ReadOnlyMemory<byte> payload, bool detached = false, ReadOnlyMemory<byte> unprotectedMap = default,
        ReadOnlySpan<byte> external = default)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(protectedBytes.Span, external, payload.Span, digest);
        var bytes = new byte[Kernel.Signature.Size];
        signer.Sign(digest).CopyTo(bytes);
        return new CoseSign1(new CoseSignature(protectedBytes, unprotectedMap, bytes), detached ? default(ReadOnlyMemory<byte>?) : payload);
    }

    /// <summary>Whether a key signed it.</summary>
    /// <param name="key">Whose signature it is said to be.</param>
    /// <param name="external">What is signed as well and known to both sides.</param>
    /// <param name="detached">The payload where it is detached; nothing otherwise, or the answer is <see cref="CoseVerdict.Invalid"/>.</param>
    public CoseVerdict Verify(ImportedKey key, ReadOnlySpan<byte> external = default, ReadOnlySpan<byte> detached = default)
    {
        if (Payload is not null && !detached.IsEmpty) return CoseVerdict.Invalid;
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(Signature.ProtectedBytes.Span, external, Payload is { } attached ? attached.Span : detached, digest);
        return Signature.Verify(key, digest);
    }

    /// <summary>Writes it.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter();
        writer.Tag(CoseForm.Sign1Tag);
        writer.Array(4);
        Signature.WriteHeaders(writer);
        if (Payload is { } attached) writer.Bytes(attached.Span);
        else writer.Null();
        writer.Bytes(Signature.Bytes.Span);
        return writer.ToArray();
    }
}
