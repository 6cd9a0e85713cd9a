using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>
/// One or more calls, signed by one or more keys: all of it happens or none. Immutable; parsing it checks the form throughout (docs/formats-transactions.md) and no
/// signature, which <see cref="SignatureCheck"/> does. What it says has one form only: the bytes follow from payload and signatures.
/// </summary>
public sealed class Transaction
{
    /// <summary>The longest, in bytes of its COSE form.</summary>
    public const int BytesAtMost = 1 << 20;

    /// <summary>The most calls.</summary>
    public const int CallsAtMost = 10_000;

    /// <summary>The most signers.</summary>
    public const int SignersAtMost = 16;

    /// <summary>The longest arguments of one call, in bytes.</summary>
    public const int ArgumentsAtMost = 1 << 16;

    private readonly byte[] cose;
    private readonly int payloadAt;
    private readonly int payloadLength;
    private readonly SignerSlot[] signers;
    private readonly Call[] calls;

    private Transaction(byte[] cose, Range payload, Hash ledger, Instant expiry, SignerSlot[] signers, Call[] calls)
    {
        this.cose = cose;
        (payloadAt, payloadLength) = payload.GetOffsetAndLength(cose.Length);
        (LedgerId, Expiry, this.signers, this.calls) = (ledger, expiry, signers, calls);
        Id = Hash.Of(Payload);
        Leaf = LeafOf(cose);
    }

    /// <summary>The ledger that it is for. That it is the reader's own is for the caller to judge.</summary>
    public Hash LedgerId { get; }

    /// <summary>From this moment of ledger time on it is no longer decided.</summary>
    public Instant Expiry { get; }

    /// <summary>Its signers, by key id upwards.</summary>
    public ReadOnlySpan<SignerSlot> Signers => signers;

    /// <summary>Its calls, in their order.</summary>
    public ReadOnlySpan<Call> Calls => calls;

    /// <summary>What it says: the CBOR that is signed.</summary>
    public ReadOnlySpan<byte> Payload => cose.AsSpan(payloadAt, payloadLength);

    /// <summary>Its identity, SHA-256 of the payload: signed anew it is the same transaction.</summary>
    public Hash Id { get; }

    /// <summary>Its leaf in the history tree: SHA-256(0x00 ‖ SHA-256(COSE form)).</summary>
    public Hash Leaf { get; }

    /// <summary>The COSE form: a tagged COSE_Sign1 of one signer, or COSE_Sign of several.</summary>
    public ReadOnlyMemory<byte> Cose => cose;

    /// <summary>The signature of a signer by its place, 64 bytes r ‖ s.</summary>
    public ReadOnlySpan<byte> SignatureOf(int signer) => cose.AsSpan(CoseForm.SignatureAt(cose.Length, signers.Length, signer), Signature.Size);

    /// <summary>The digest that a signer's signature is over, into 32 bytes.</summary>
    public void SigningDigest(int signer, Span<byte> digest) => CoseForm.Digest(Payload, signers.Length, signers[signer].Key, digest);

    /// <summary>Reads the COSE form and nothing else.</summary>
    /// <exception cref="MalformedException">The bytes are too many, not canonical, or their parts do not agree.</exception>
    public static Transaction Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new MalformedException("A transaction is at most 1 MiB.");
        return Parse(bytes.ToArray());
    }

    /// <summary>Reads the packed form of a ledger's transaction.</summary>
    /// <exception cref="MalformedException">The bytes are too many, not canonical, or not so many signatures as signers.</exception>
    public static Transaction Unpack(in Hash ledger, ReadOnlySpan<byte> packed)
    {
        if (packed.Length > BytesAtMost) throw new MalformedException("A transaction is at most 1 MiB.");
        return Parse(CoseForm.Rebuild(ledger, packed));
    }

    /// <summary>How long the packed form is, in bytes.</summary>
    public int PackedLength => payloadLength - CoseForm.LedgerPrefix + signers.Length * Signature.Size;

    /// <summary>Writes the packed form, for a place that says how long it is and of which ledger: the payload after the ledger's id, then the signatures.</summary>
    public void Pack(Span<byte> target)
    {
        Payload[CoseForm.LedgerPrefix..].CopyTo(target);
        var at = payloadLength - CoseForm.LedgerPrefix;
        for (var i = 0; i < signers.Length; i++) SignatureOf(i).CopyTo(target[(at + i * Signature.Size)..]);
    }

    /// <summary>The packed form in a new array.</summary>
    public byte[] ToPacked()
    {
        var packed = new byte[PackedLength];
        Pack(packed);
        return packed;
    }

    /// <summary>The history leaf of any bytes: SHA-256(0x00 ‖ SHA-256(bytes)).</summary>
    public static Hash LeafOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> inner = stackalloc byte[1 + Hash.Size];
        inner[0] = 0;
        Hash.Of(bytes).CopyTo(inner[1..]);
        return Hash.Of(inner);
    }

    private static Transaction Parse(byte[] owned)
    {
        if (owned.Length > BytesAtMost) throw new MalformedException("A transaction is at most 1 MiB.");
        var payload = CoseForm.FindPayload(owned);
        var (at, length) = payload.GetOffsetAndLength(owned.Length);
        var reader = new CborReader(owned.AsSpan(at, length));
        reader.ArrayOf(4);
        var ledger = reader.Hash();
        var expiry = Wire.ReadInstant(ref reader);
        var slots = ReadSigners(ref reader);
        var read = new Call[reader.Array(CallsAtMost)];
        if (read.Length == 0) throw reader.Fault("A transaction makes one call at least.");
        for (var i = 0; i < read.Length; i++) read[i] = Call.Read(ref reader, owned, at, slots.Length);
        reader.End();
        CoseForm.CheckSigners(owned, at, length, slots);
        return new Transaction(owned, payload, ledger, expiry, slots, read);
    }

    internal static SignerSlot[] ReadSigners(ref CborReader reader)
    {
        var slots = new SignerSlot[reader.Array(SignersAtMost)];
        if (slots.Length == 0) throw reader.Fault("A transaction has one signer at least.");
        for (var i = 0; i < slots.Length; i++)
        {
            reader.ArrayOf(3);
            slots[i] = new SignerSlot(reader.KeyId(), (byte)reader.Unsigned(SignerSlot.Lanes - 1), reader.Unsigned());
            if (i > 0 && slots[i].Key <= slots[i - 1].Key) throw reader.Fault("Signers are out of order, or one stands twice.");
        }
        return slots;
    }
}
