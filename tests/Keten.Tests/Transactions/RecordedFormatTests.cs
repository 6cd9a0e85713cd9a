using Keten.Kernel;

namespace Keten.Tests.Transactions;

/// <summary>The examples of docs/formats-transactions.md are the recorded vectors: what they say is what the code reads, writes and verifies.</summary>
public sealed class RecordedFormatTests
{
    private static readonly Hash Ledger = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly PublicKey A = new(Block("keys").AsSpan(0, 64));
    private static readonly PublicKey B = new(Block("keys").AsSpan(64, 64));
    private static readonly Instant Expiry = new(1_800_000_000);

    private static byte[] Block(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Keten.slnx"))) folder = folder.Parent!;
        var lines = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "formats-transactions.md"));
        var inside = lines.SkipWhile(line => line != "```hex " + name).Skip(1).TakeWhile(line => line != "```");
        return Convert.FromHexString(string.Concat(inside.Select(line => line.Split('#')[0])).Replace(" ", "", StringComparison.Ordinal));
    }

    private static Hash Digest(int index) => new(Block("digests").AsSpan(index * 32, 32));

    private static PublicKey? Known(KeyId id) => id == A.Id ? A : id == B.Id ? B : null;

    [Fact]
    public void Key_ids_are_as_recorded()
    {
        Assert.Equal("760b12ca31128b5d89def65b5f3cc86d2482bcc6", A.Id.ToString());
        Assert.Equal("5560f56c57448b049270bd0469b6d7c8cbbccf1e", B.Id.ToString());
    }

    [Fact]
    public void The_recorded_transaction_of_one_signer_is_read_written_and_verified()
    {
        var read = Transaction.Parse(Block("one"));
        Assert.Equal("1cc1557833ae10c8c0b1d7eb6e068a75acf87c5c8aff6e2b28e1aff2c5f5aaae", read.Id.ToString());
        Assert.Equal((Digest(0), Digest(1)), (read.Id, read.Leaf));
        Assert.Equal(SignatureVerdict.Valid, SignatureCheck.Check(read, new KeyCache(2), Known));
        Assert.Equal(Block("packed"), read.ToPacked());
        Assert.Equal(Block("one"), Transaction.Unpack(Ledger, Block("packed")).Cose.ToArray());

        var builder = new TransactionBuilder(Ledger, Expiry).By(A.Id, 7, lane: 3).Call(42, 2, [0x82, 0x18, 0x64, 0xf6]).AtMost(A.Id, new Unit(1).Of(250));
        Assert.Equal(Block("one"), builder.Assemble(builder.Payload(), [new Signature(read.SignatureOf(0))]));
    }

    [Fact]
    public void The_recorded_transaction_of_two_signers_is_read_written_and_verified()
    {
        var read = Transaction.Parse(Block("two"));
        Assert.Equal("66a24d9c53c1a09ac42b8bf43c935309b24737d1e74196fee1c506ed9c5aa87e", read.Id.ToString());
        Assert.Equal((Digest(2), Digest(3)), (read.Id, read.Leaf));
        Assert.Equal(SignatureVerdict.Valid, SignatureCheck.Check(read, new KeyCache(2), Known));

        var builder = new TransactionBuilder(Ledger, Expiry).By(A.Id, 8).By(B.Id, 1).Open(0, 1, [0x80]).Open(9, 1, [5]).AtMost(B.Id, new Unit(1).Of(1000));
        Assert.Equal(Block("two"), builder.Assemble(builder.Payload(), [new Signature(read.SignatureOf(0)), new Signature(read.SignatureOf(1))]));
    }

    [Fact]
    public void The_recorded_statement_is_written_and_verified()
    {
        byte[] statement = [0x83, 0x18, 0x2a, 0x82, 0x02, 0x19, 0x03, 0xac, 0x05];
        Assert.Equal(Block("statement"), StatementSigning.Payload(Ledger, "Charging.Reading", statement));
        Assert.True(ImportedKey.TryImport(A, out var key));
        Assert.True(StatementSigning.Verify(Ledger, key, "Charging.Reading", statement, Block("statement-signature")));
    }
}
