using Keten.Kernel.Cbor;

namespace Keten.Kernel.Cose;

/// <summary>A tagged COSE_Sign (RFC 9052 §4.1) of anyone's making: one payload, signed by several. Only ES256 is checked.</summary>
public sealed class CoseSign
{
    /// <summary>No more sign one.</summary>
    public const int SignersAtMost = 64;

    private readonly CoseSignature body;
    private readonly CoseSignature[] signatures;

    /// <summary>Of these parts.</summary>
    /// <param name="protectedBytes">The body's protected header map; no bytes where it is empty.</param>
    /// <param name="unprotectedMap">The body's unprotected header map; no bytes where it is empty.</param>
    /// <param name="payload">What is signed; null where it is detached.</param>
    /// <param name="signatures">One for each signer.</param>
    public CoseSign(ReadOnlyMemory<byte> protectedBytes, ReadOnlyMemory<byte> unprotectedMap, ReadOnlyMemory<byte>? payload, params ReadOnlySpan<CoseSignature> signatures)
    {
        if (signatures.Length is 0 or > SignersAtMost) throw new ArgumentException("Between one and 64 sign a COSE_Sign.", nameof(signatures));
        body = new CoseSignature(protectedBytes, unprotectedMap, default);
        (Payload, this.signatures) = (payload, signatures.ToArray());
    }

    /// <summary>The body's protected headers, byte for byte as they came.</summary>
    public ReadOnlyMemory<byte> ProtectedBytes => body.ProtectedBytes;

    /// <summary>The body's headers that are signed over.</summary>
    public CoseHeaders Protected => body.Protected;

    /// <summary>The body's headers that anyone may change.</summary>
    public CoseHeaders Unprotected => body.Unprotected;

    /// <summary>The payload; null where it is detached.</summary>
    public ReadOnlyMemory<byte>? Payload { get; }

    /// <summary>The signatures, with their headers.</summary>
    public ReadOnlySpan<CoseSignature> Signatures => signatures;

    /// <summary>Reads one.</summary>
    /// <exception cref="MalformedException">The bytes are no COSE_Sign with tag 98, or their heads are not the shortest.</exception>
    public static CoseSign Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes.Span, anyOrder: true);
        if (reader.Tag() != CoseForm.SignTag) throw reader.Fault("The tag is not that of a COSE_Sign.");
        reader.ArrayOf(4);
        var (protectedBytes, unprotected) = CoseSignature.ReadHeaders(ref reader, bytes);
        var content = reader.TryNull() ? default(ReadOnlyMemory<byte>?) : CoseSignature.ReadBytes(ref reader, bytes);
        var read = new CoseSignature[reader.Array(SignersAtMost)];
        if (read.Length == 0) throw reader.Fault("A COSE_Sign has one signature at least.");
        for (var i = 0; i < read.Length; i++)
        {
            reader.ArrayOf(3);
            var (own, open) = CoseSignature.ReadHeaders(ref reader, bytes);
            read[i] = new CoseSignature(own, open, CoseSignature.ReadBytes(ref reader, bytes));
        }
        reader.End();
        return new CoseSign(protectedBytes, unprotected, content, read);
    }

    /// <summary>Whether a key made one of the signatures, by its place; the parameters are those of <see cref="CoseSign1.Verify"/>.</summary>
    public CoseVerdict Verify(int signature, ImportedKey key, ReadOnlySpan<byte> external = default, ReadOnlySpan<byte> detached = default)
    {
        if (Payload is not null && !detached.IsEmpty) return CoseVerdict.Invalid;
        if (Protected.Find(CoseHeaders.CriticalLabel) is not null) return CoseVerdict.Unsupported;
        var one = signatures[signature];
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign(ProtectedBytes.Span, one.ProtectedBytes.Span, external, Payload is { } attached ? attached.Span : detached, digest);
        return one.Verify(key, digest);
    }

    /// <summary>Writes it.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter();
        writer.Tag(CoseForm.SignTag);
        writer.Array(4);
        body.WriteHeaders(writer);
        if (Payload is { } attached) writer.Bytes(attached.Span);
        else writer.Null();
        writer.Array(signatures.Length);
        foreach (var one in signatures)
        {
            writer.Array(3);
            one.WriteHeaders(writer);
            writer.Bytes(one.Bytes.Span);
        }
        return writer.ToArray();
    }
}
