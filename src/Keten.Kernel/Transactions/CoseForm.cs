using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel;

/// <summary>How a payload and its signatures stand in COSE: one form for each, so that either gives the other.</summary>
internal static class CoseForm
{
    /// <summary>Tag 18, RFC 9052 §2.</summary>
    public const ulong Sign1Tag = 18;

    /// <summary>Tag 98, RFC 9052 §2.</summary>
    public const ulong SignTag = 98;

    /// <summary>How long the payload's part is that says the ledger: the heads of the array and of the id, and the id.</summary>
    public const int LedgerPrefix = 3 + Hash.Size;

    /// <summary>How long {1: −7, 4: kid} is.</summary>
    public const int HeaderSize = 5 + KeyId.Size;

    // 0x83, the header as a byte string, 0xa0, the signature as a byte string.
    private const int EntrySize = 1 + 2 + HeaderSize + 1 + 2 + Signature.Size;

    // An array of four, and a byte string of 32.
    private static ReadOnlySpan<byte> LedgerStart => [0x84, 0x58, Hash.Size];

    private static ReadOnlySpan<byte> HeaderStart => [0xa2, 0x01, 0x26, 0x04, 0x54];

    /// <summary>{1: −7, 4: kid}: ES256, and by whom.</summary>
    public static void Header(KeyId key, Span<byte> target)
    {
        HeaderStart.CopyTo(target);
        key.CopyTo(target[HeaderStart.Length..]);
    }

    /// <summary>The digest that a signer signs; the structure differs between one signer and several.</summary>
    public static void Digest(ReadOnlySpan<byte> payload, int signers, KeyId key, Span<byte> digest)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        Header(key, header);
        if (signers == 1) SigStructure.DigestSign1(header, default, payload, digest);
        else SigStructure.DigestSign(default, header, default, payload, digest);
    }

    /// <summary>Where a signer's signature stands: entries have one size, and the last ends with the bytes.</summary>
    public static int SignatureAt(int length, int signers, int signer) => length - (signers - 1 - signer) * EntrySize - Signature.Size;

    /// <summary>The COSE bytes of a payload with signatures of 64 bytes each, in the order of the payload's signers.</summary>
    public static byte[] Assemble(ReadOnlySpan<byte> payload, ReadOnlySpan<SignerSlot> signers, ReadOnlySpan<byte> signatures) => Assemble(default, payload, signers, signatures);

    // The payload in two parts, so that what is put together from a ledger's id and packed bytes is not copied first.
    private static byte[] Assemble(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more, ReadOnlySpan<SignerSlot> signers, ReadOnlySpan<byte> signatures)
    {
        var length = payload.Length + more.Length;
        var writer = new CborWriter(Size(length, signers.Length));
        Span<byte> header = stackalloc byte[HeaderSize];
        writer.Tag(signers.Length == 1 ? Sign1Tag : SignTag);
        writer.Array(4);
        if (signers.Length == 1)
        {
            Header(signers[0].Key, header);
            writer.Bytes(header);
        }
        else
            writer.Bytes(default);
        writer.Map(0);
        var target = writer.BytesToFill(length);
        payload.CopyTo(target);
        more.CopyTo(target[payload.Length..]);
        if (signers.Length == 1)
        {
            writer.Bytes(signatures);
            return writer.Take();
        }
        writer.Array(signers.Length);
        for (var i = 0; i < signers.Length; i++)
        {
            Header(signers[i].Key, header);
            writer.Array(3);
            writer.Bytes(header);
            writer.Map(0);
            writer.Bytes(signatures.Slice(i * Signature.Size, Signature.Size));
        }
        return writer.Take();
    }

    // 0xd2 or 0xd8 0x62, 0x84, the header or 0x40, 0xa0, the payload, and the signature or the array of them.
    private static int Size(int payload, int signers) => signers == 1
        ? 1 + 1 + 2 + HeaderSize + 1 + CborWriter.HeadSize(payload) + payload + 2 + Signature.Size
        : 2 + 1 + 1 + 1 + CborWriter.HeadSize(payload) + payload + CborWriter.HeadSize(signers) + signers * EntrySize;

    /// <summary>Where in COSE bytes the payload stands; what is around it is checked by <see cref="CheckSigners"/> once the payload's signers are known.</summary>
    public static Range FindPayload(ReadOnlySpan<byte> cose)
    {
        var reader = new CborReader(cose);
        if (reader.Tag() is not (Sign1Tag or SignTag)) throw reader.Fault("A transaction is a COSE_Sign1 or a COSE_Sign.");
        reader.ArrayOf(4);
        reader.Bytes();
        reader.Map(0);
        var length = reader.Bytes().Length;
        return (reader.Offset - length)..reader.Offset;
    }

    /// <summary>Checks that the signatures' headers name exactly the payload's signers, in their order, and that the form is the one for so many.</summary>
    public static void CheckSigners(ReadOnlySpan<byte> cose, int payloadAt, int payloadLength, ReadOnlySpan<SignerSlot> signers)
    {
        var reader = new CborReader(cose);
        var alone = reader.Tag() == Sign1Tag;
        if (alone != (signers.Length == 1)) throw reader.Fault("One signer signs a COSE_Sign1, several a COSE_Sign.");
        reader.ArrayOf(4);
        if (alone) CheckHeader(ref reader, signers[0].Key);
        else reader.Bytes(0);
        var rest = new CborReader(cose[(payloadAt + payloadLength)..]);
        if (alone) rest.Bytes(Signature.Size);
        else
        {
            rest.ArrayOf(signers.Length);
            foreach (var signer in signers) CheckEntry(ref rest, signer.Key);
        }
        rest.End();
    }

    /// <summary>The COSE bytes of the packed form: the payload after the ledger's id, then the signatures.</summary>
    public static byte[] Rebuild(in Hash ledger, ReadOnlySpan<byte> packed)
    {
        var reader = new CborReader(packed);
        Wire.ReadInstant(ref reader);
        var signers = Transaction.ReadSigners(ref reader);
        for (var calls = reader.Array(Transaction.CallsAtMost); calls > 0; calls--)
            for (var parts = reader.Array(4); parts > 0; parts--) reader.Item();
        Span<byte> prefix = stackalloc byte[LedgerPrefix];
        LedgerStart.CopyTo(prefix);
        ledger.CopyTo(prefix[LedgerStart.Length..]);
        var signatures = packed[reader.Offset..];
        return signatures.Length == signers.Length * Signature.Size
            ? Assemble(prefix, packed[..reader.Offset], signers, signatures)
            : throw reader.Fault("There are not so many signatures as signers.");
    }

    private static void CheckEntry(ref CborReader reader, KeyId key)
    {
        reader.ArrayOf(3);
        CheckHeader(ref reader, key);
        reader.Map(0);
        reader.Bytes(Signature.Size);
    }

    private static void CheckHeader(ref CborReader reader, KeyId key)
    {
        Span<byte> expected = stackalloc byte[HeaderSize];
        Header(key, expected);
        if (!reader.Bytes(HeaderSize).SequenceEqual(expected)) throw reader.Fault("A signature's header is not ES256 by the payload's signer.");
    }
}
