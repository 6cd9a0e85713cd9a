using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Jobs;

/// <summary>A file that a bank sent, and the gateway's signature that this is what it read: no ledger holds the whole of it.</summary>
/// <param name="Content">The pain.002, camt.053 or camt.054.</param>
/// <param name="Signature">64 bytes, by the gateway's key.</param>
public sealed record BankDocument(byte[] Content, byte[] Signature);

/// <summary>
/// All that is needed to follow an invoice without any server, from the meters' readings to the bank's answer. As a file: one canonical CBOR map with text keys, in this order: bank, bill, file, salt,
/// handed, notice, posted, gateway, genesis, invoice, opening, version, sessions. What has not happened yet is empty.
/// </summary>
/// <param name="Invoice">The UBL document.</param>
/// <param name="Salt">With which the ledger's commitment to it was made.</param>
/// <param name="Genesis">How the ledger began, in canonical form.</param>
/// <param name="Opening">The receipt of the agreement by which creditor and debtor are paid.</param>
/// <param name="Bill">The receipt of the bill.</param>
/// <param name="Notice">The receipt of the announcement of the debit.</param>
/// <param name="Handed">The receipt by which the debit was handed to the bank.</param>
/// <param name="File">The pain.008.</param>
/// <param name="Gateway">The gateway's first key, 64 bytes, of which its party is the hash.</param>
/// <param name="Bank">What the bank sent.</param>
/// <param name="Posted">The receipts of what was posted of it.</param>
/// <param name="Sessions">The evidence of each session that is billed, in the order of the invoice's lines: <see cref="EvidenceBundle"/>.</param>
public sealed record InvoiceBundle(
    byte[] Invoice, Hash Salt, byte[] Genesis, byte[] Opening, byte[] Bill, byte[] Notice, byte[] Handed, byte[] File, byte[] Gateway, IReadOnlyList<BankDocument> Bank, IReadOnlyList<byte[]> Posted,
    IReadOnlyList<byte[]> Sessions)
{
    /// <summary>No bundle is longer, in bytes.</summary>
    public const int BytesAtMost = 64 << 20;

    /// <summary>What the gateway signs of a bank's file: its hash, under this name.</summary>
    public const string BankDocumentName = "BankDocument";

    private const int Version = 0;
    private const int Parts = 13;
    private const int ListAtMost = 1_000;

    /// <summary>Whether a file is one of these and not of a session: its first key, with its head.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.Length > 6 && bytes[1..].StartsWith("dbank"u8);

    /// <summary>The digest that the gateway signs for a bank's file, into 32 bytes.</summary>
    public static void Digest(in Hash ledger, KeyId key, ReadOnlySpan<byte> content, Span<byte> digest)
    {
        var statement = new CborWriter(64);
        statement.Hash(Hash.Of(content));
        StatementSigning.Digest(ledger, key, BankDocumentName, statement.Written, digest);
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(65_536);
        writer.Map(Parts);
        writer.Text("bank");
        writer.Array(Bank.Count);
        foreach (var (content, signature) in Bank)
        {
            writer.Array(2);
            writer.Bytes(content);
            writer.Bytes(signature);
        }
        Write(writer, "bill", Bill);
        Write(writer, "file", File);
        Write(writer, "salt", Salt.ToArray());
        Write(writer, "handed", Handed);
        Write(writer, "notice", Notice);
        Write(writer, "posted", Posted);
        Write(writer, "gateway", Gateway);
        Write(writer, "genesis", Genesis);
        Write(writer, "invoice", Invoice);
        Write(writer, "opening", Opening);
        writer.Text("version");
        writer.Unsigned(Version);
        Write(writer, "sessions", Sessions);
        return writer.ToArray();
    }

    /// <summary>Reads the file and nothing else.</summary>
    /// <exception cref="MalformedException">It is not a bundle.</exception>
    public static InvoiceBundle FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new MalformedException("A bundle of an invoice is at most 64 MiB.");
        var reader = new CborReader(bytes);
        if (reader.Map(Parts) != Parts) throw reader.Fault("A bundle of an invoice has thirteen parts.");
        Name(ref reader, "bank");
        var bank = new BankDocument[reader.Array(ListAtMost)];
        for (var each = 0; each < bank.Length; each++)
        {
            reader.ArrayOf(2);
            bank[each] = new BankDocument(reader.Bytes().ToArray(), reader.Bytes(Signature.Size).ToArray());
        }
        var (bill, file, salt) = (Read(ref reader, "bill"), Read(ref reader, "file"), Read(ref reader, "salt"));
        if (salt.Length != Hash.Size) throw reader.Fault("A salt is 32 bytes.");
        var (handed, notice, posted) = (Read(ref reader, "handed"), Read(ref reader, "notice"), ReadList(ref reader, "posted"));
        var (gateway, genesis, invoice, opening) = (Read(ref reader, "gateway"), Read(ref reader, "genesis"), Read(ref reader, "invoice"), Read(ref reader, "opening"));
        if (gateway.Length != PublicKey.Size) throw reader.Fault("A key is 64 bytes.");
        Name(ref reader, "version");
        if (reader.Unsigned() != Version) throw reader.Fault("Only bundles of version 0 are read.");
        var sessions = ReadList(ref reader, "sessions");
        reader.End();
        return new InvoiceBundle(invoice, new Hash(salt), genesis, opening, bill, notice, handed, file, gateway, bank, posted, sessions);
    }

    private static void Write(CborWriter writer, string name, ReadOnlySpan<byte> value)
    {
        writer.Text(name);
        writer.Bytes(value);
    }

    private static void Write(CborWriter writer, string name, IReadOnlyList<byte[]> values)
    {
        writer.Text(name);
        writer.Array(values.Count);
        foreach (var value in values) writer.Bytes(value);
    }

    private static void Name(ref CborReader reader, string name)
    {
        if (reader.Text(16) != name) throw reader.Fault($"The part '{name}' is not where it should be.");
    }

    private static byte[] Read(ref CborReader reader, string name)
    {
        Name(ref reader, name);
        return reader.Bytes().ToArray();
    }

    private static byte[][] ReadList(ref CborReader reader, string name)
    {
        Name(ref reader, name);
        var list = new byte[reader.Array(ListAtMost)][];
        for (var each = 0; each < list.Length; each++) list[each] = reader.Bytes().ToArray();
        return list;
    }
}
