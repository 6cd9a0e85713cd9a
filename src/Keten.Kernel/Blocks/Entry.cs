using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;
using Keten.Kernel.Execution;

namespace Keten.Kernel.Blocks;

/// <summary>
/// What one validator puts into the log: a batch of transactions in packed form, with its stated clock, signed (COSE_Sign1). An entry without transactions is a tick; one that asks has
/// the others state their clocks too.
/// </summary>
public sealed class Entry
{
    /// <summary>No entry is larger.</summary>
    public const int BytesAtMost = 1 << 20;

    /// <summary>What the entry takes besides its transactions, at most.</summary>
    public const int Overhead = 512;

    private readonly ReadOnlyMemory<byte> protectedBytes, payload, signature;

    private Entry(
        ReadOnlyMemory<byte> bytes, KeyId validator, Hash ledgerId, ulong epoch, ulong sequence, Instant clock, Transaction[] transactions, bool asks,
        ReadOnlyMemory<byte> protectedBytes, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        (Bytes, Validator, LedgerId, Epoch, Sequence, Clock, Transactions, Asks) = (bytes, validator, ledgerId, epoch, sequence, clock, transactions, asks);
        (this.protectedBytes, this.payload, this.signature) = (protectedBytes, payload, signature);
    }

    /// <summary>As it stands in the log.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Who signed it.</summary>
    public KeyId Validator { get; }

    /// <summary>For which ledger.</summary>
    public Hash LedgerId { get; }

    /// <summary>In which epoch of the log.</summary>
    public ulong Epoch { get; }

    /// <summary>The validator's own number for it; exceeds that of its last.</summary>
    public ulong Sequence { get; }

    /// <summary>The validator's clock.</summary>
    public Instant Clock { get; }

    /// <summary>The batch.</summary>
    public IReadOnlyList<Transaction> Transactions { get; }

    /// <summary>Whether it is a tick that asks the other validators to state their clocks: somebody waits for the ledger's time, and nobody else says what time it is. The one tick that is answered, by
    /// ticks that do not ask.</summary>
    public bool Asks { get; }

    /// <summary>How many calls the transactions make.</summary>
    internal int CallCount
    {
        get
        {
            var count = 0;
            foreach (var transaction in Transactions) count += transaction.Calls.Length;
            return count;
        }
    }

    /// <summary>The same transactions as they were verified ahead of the order by this very process; null where they were not, and are verified when they are executed.</summary>
    public IReadOnlyList<CheckedTransaction?>? Prepared { get; init; }

    /// <summary>The same entry, with those of its transactions that this process knows to verify, each at its place; none at a place where it does not.</summary>
    /// <exception cref="ArgumentException">There are not so many places.</exception>
    public Entry With(IReadOnlyList<CheckedTransaction?> prepared) => prepared.Count == Transactions.Count
        ? new Entry(Bytes, Validator, LedgerId, Epoch, Sequence, Clock, (Transaction[])Transactions, Asks, protectedBytes, payload, signature) { Prepared = prepared }
        : throw new ArgumentException("There is not one place for each transaction.", nameof(prepared));

    /// <summary>Makes and signs one.</summary>
    /// <exception cref="ArgumentException">It is longer than 1 MiB, or asks and has transactions.</exception>
    public static Entry Sign(Signer validator, in Hash ledgerId, ulong epoch, ulong sequence, Instant clock, IReadOnlyList<CheckedTransaction> batch, bool asks = false)
    {
        if (asks && batch.Count > 0) throw new ArgumentException("Only a tick asks.", nameof(batch));
        var transactions = new Transaction[batch.Count];
        for (var each = 0; each < transactions.Length; each++) transactions[each] = batch[each].Transaction;
        var payload = Payload(ledgerId, epoch, sequence, clock, transactions, asks);
        var header = CoseSignature.HeadersOf(validator.Id);
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(header, default, payload, digest);
        var signature = new byte[Signature.Size];
        validator.Sign(digest).CopyTo(signature);
        var writer = new CborWriter(1 + 1 + CborWriter.HeadSize(header.Length) + header.Length + 1 + CborWriter.HeadSize(payload.Length) + payload.Length + 2 + Signature.Size);
        writer.Tag(18);
        writer.Array(4);
        writer.Bytes(header);
        writer.Map(0);
        writer.Bytes(payload);
        writer.Bytes(signature);
        if (writer.Length > BytesAtMost) throw new ArgumentException("An entry is at most 1 MiB.", nameof(batch));
        return new Entry(writer.Take(), validator.Id, ledgerId, epoch, sequence, clock, transactions, asks, header, payload, signature) { Prepared = batch };
    }

    /// <summary>Reads one from the log. What cannot be read without any state is skipped by every node alike.</summary>
    /// <exception cref="MalformedException">It is not an entry.</exception>
    public static Entry Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new MalformedException("An entry is at most 1 MiB.");
        var envelope = EntryEnvelope.Parse(bytes);
        var (ledger, epoch, sequence, clock, transactions, asks) = ReadPayload(envelope.Payload.Span);
        return new Entry(bytes, envelope.Validator, ledger, epoch, sequence, clock, transactions, asks, envelope.Protected, envelope.Payload, envelope.Signature);
    }

    /// <summary>What is signed, and by whom, whether it is an entry or not; null where it is no COSE_Sign1 of that form.</summary>
    internal static EntryEnvelope? ReadEnvelope(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return EntryEnvelope.Parse(bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>Reads what is signed.</summary>
    /// <exception cref="MalformedException">It is no entry's.</exception>
    internal static (Hash Ledger, ulong Epoch, ulong Sequence, Instant Clock, Transaction[] Transactions, bool Asks) ReadPayload(ReadOnlySpan<byte> payload)
    {
        var reader = new CborReader(payload);
        reader.ArrayOf(5);
        var (ledger, epoch, sequence, clock) = (reader.Hash(), reader.Unsigned(), reader.Unsigned(), Wire.ReadInstant(ref reader));
        var asks = reader.TryNull();
        var transactions = new Transaction[asks ? 0 : reader.Array(BytesAtMost / 128)];
        for (var each = 0; each < transactions.Length; each++) transactions[each] = Transaction.Unpack(ledger, reader.Bytes());
        reader.End();
        return (ledger, epoch, sequence, clock, transactions, asks);
    }

    /// <summary>Whether the validator's signature verifies.</summary>
    public bool IsSignedBy(ImportedKey key)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(protectedBytes.Span, default, payload.Span, digest);
        return key.Verify(digest, signature.Span);
    }

    private static byte[] Payload(in Hash ledgerId, ulong epoch, ulong sequence, Instant clock, Transaction[] transactions, bool asks)
    {
        var writer = new CborWriter(PayloadSize(epoch, sequence, clock, transactions));
        Begin(writer, ledgerId, epoch, sequence, clock, transactions.Length, asks);
        foreach (var transaction in transactions) transaction.Pack(writer.BytesToFill(transaction.PackedLength));
        return writer.Take();
    }

    private static int PayloadSize(ulong epoch, ulong sequence, Instant clock, Transaction[] transactions)
    {
        var start = new CborWriter(64);
        Begin(start, default, epoch, sequence, clock, transactions.Length, asks: false);
        var size = start.Length;
        foreach (var transaction in transactions) size += CborWriter.HeadSize(transaction.PackedLength) + transaction.PackedLength;
        return size;
    }

    private static void Begin(CborWriter writer, in Hash ledgerId, ulong epoch, ulong sequence, Instant clock, int transactions, bool asks)
    {
        writer.Array(5);
        writer.Hash(ledgerId);
        writer.Unsigned(epoch);
        writer.Unsigned(sequence);
        Wire.Write(writer, clock);
        if (asks) writer.Null();
        else writer.Array(transactions);
    }
}

/// <summary>A COSE_Sign1 as validators sign entries: protected {1: -7, 4: key id}, empty unprotected.</summary>
internal readonly record struct EntryEnvelope(KeyId Validator, ReadOnlyMemory<byte> Protected, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature)
{
    public static EntryEnvelope Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes.Span);
        if (reader.Tag() != 18) throw reader.Fault("An entry is a COSE_Sign1.");
        reader.ArrayOf(4);
        var header = Slice(bytes, reader.Bytes(), reader.Offset);
        reader.Map(0);
        var payload = Slice(bytes, reader.Bytes(), reader.Offset);
        var signature = Slice(bytes, reader.Bytes(Kernel.Signature.Size), reader.Offset);
        reader.End();
        return new EntryEnvelope(KeyOf(header.Span), header, payload, signature);
    }

    public bool IsSignedBy(ImportedKey key)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        SigStructure.DigestSign1(Protected.Span, default, Payload.Span, digest);
        return key.Verify(digest, Signature.Span);
    }

    private static KeyId KeyOf(ReadOnlySpan<byte> header)
    {
        var reader = new CborReader(header);
        if (reader.Map(2) != 2 || reader.Unsigned() != 1 || reader.Integer() != -7 || reader.Unsigned() != 4) throw reader.Fault("An entry names its algorithm, ES256, and its key.");
        var key = reader.KeyId();
        reader.End();
        return key;
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part, int end) => whole[(end - part.Length)..end];
}
