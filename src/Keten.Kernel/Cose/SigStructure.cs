using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keten.Kernel.Cose;

/// <summary>The bytes that a COSE signature is over (RFC 9052 §4.4), and their SHA-256. An empty protected header map counts as no bytes (§3), however it was sent.</summary>
public static class SigStructure
{
    private const int OnStack = 1024;

    /// <summary>["Signature1", body protected, external data, payload]: what a COSE_Sign1 signs.</summary>
    public static byte[] OfSign1(ReadOnlySpan<byte> bodyProtected, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload)
    {
        bodyProtected = Meant(bodyProtected);
        var bytes = new byte[Length(bodyProtected, default, external, payload)];
        return bytes[..Write(bytes, alone: true, bodyProtected, default, external, payload)];
    }

    /// <summary>["Signature", body protected, signer's protected, external data, payload]: what each signer of a COSE_Sign signs.</summary>
    public static byte[] OfSign(ReadOnlySpan<byte> bodyProtected, ReadOnlySpan<byte> signProtected, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload)
    {
        bodyProtected = Meant(bodyProtected);
        signProtected = Meant(signProtected);
        var bytes = new byte[Length(bodyProtected, signProtected, external, payload)];
        return bytes[..Write(bytes, alone: false, bodyProtected, signProtected, external, payload)];
    }

    /// <summary>SHA-256 of what a COSE_Sign1 signs, into 32 bytes.</summary>
    public static void DigestSign1(ReadOnlySpan<byte> bodyProtected, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload, Span<byte> digest) =>
        Digest(alone: true, Meant(bodyProtected), default, external, payload, digest);

    /// <summary>SHA-256 of what a signer of a COSE_Sign signs, into 32 bytes.</summary>
    public static void DigestSign(
        ReadOnlySpan<byte> bodyProtected, ReadOnlySpan<byte> signProtected, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload, Span<byte> digest) =>
        Digest(alone: false, Meant(bodyProtected), Meant(signProtected), external, payload, digest);

    private static ReadOnlySpan<byte> Meant(ReadOnlySpan<byte> protectedHeader) => protectedHeader is [0xa0] ? default : protectedHeader;

    private static void Digest(
        bool alone, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signer, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload, Span<byte> digest)
    {
        var length = Length(body, signer, external, payload);
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var bytes = rented ?? stackalloc byte[OnStack];
        SHA256.HashData(bytes[..Write(bytes, alone, body, signer, external, payload)], digest);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    // Room enough: the context, and a head of at most five bytes for each string.
    private static int Length(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signer, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload) =>
        32 + body.Length + signer.Length + external.Length + payload.Length;

    private static int Write(
        Span<byte> target, bool alone, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signer, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload)
    {
        var context = alone ? Alone : Together;
        context.CopyTo(target);
        var at = context.Length;
        at += Bytes(target[at..], body);
        if (!alone) at += Bytes(target[at..], signer);
        at += Bytes(target[at..], external);
        return at + Bytes(target[at..], payload);
    }

    // The heads of an array and of a text, and the text.
    private static ReadOnlySpan<byte> Alone => [0x84, 0x6a, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e', (byte)'1'];

    private static ReadOnlySpan<byte> Together => [0x85, 0x69, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e'];

    private static int Bytes(Span<byte> target, ReadOnlySpan<byte> value)
    {
        var head = 1;
        switch (value.Length)
        {
            case < 24:
                target[0] = (byte)(0x40 | value.Length);
                break;
            case <= byte.MaxValue:
                (target[0], target[1], head) = (0x58, (byte)value.Length, 2);
                break;
            case <= ushort.MaxValue:
                target[0] = 0x59;
                BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value.Length);
                head = 3;
                break;
            default:
                target[0] = 0x5a;
                BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)value.Length);
                head = 5;
                break;
        }
        value.CopyTo(target[head..]);
        return head + value.Length;
    }
}
