using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Tests.Cose;

/// <summary>A receipt of another ledger (RFC 9942), from its statement to its log's key.</summary>
public sealed class ScittReceiptTests
{
    private const long DataStructure = 395;
    private const long Proofs = 396;
    private const long Receipts = 394;
    private const long Inclusion = -1;

    private static string File(string name) => Data.Path("scitt", "valid-es256", name);

    private static byte[] Bytes(string name) => System.IO.File.ReadAllBytes(File(name));

    [DataFact]
    public void The_receipt_proves_the_statement()
    {
        var (receipt, root) = (CoseSign1.Parse(Bytes("receipt.cose")), Root(Bytes("receipt.cose"), Bytes("statement.cose")));

        Assert.Equal(1, receipt.Signature.Protected.Number(DataStructure));
        Assert.Null(receipt.Payload);
        Assert.Equal(CoseVerdict.Valid, receipt.Verify(LogKey(), detached: root));
        Assert.Equal(Bytes("receipt.cose"), receipt.ToBytes());
    }

    [DataFact]
    public void Another_statement_is_not_proven()
    {
        var statement = Bytes("statement.cose");
        statement[^1] ^= 1;
        Assert.Equal(CoseVerdict.Invalid, CoseSign1.Parse(Bytes("receipt.cose")).Verify(LogKey(), detached: Root(Bytes("receipt.cose"), statement)));
        Assert.Equal(CoseVerdict.Invalid, CoseSign1.Parse(Bytes("receipt.cose")).Verify(LogKey()));
    }

    [DataFact]
    public void The_transparent_statement_carries_the_same_receipt()
    {
        var transparent = CoseSign1.Parse(Bytes("transparent-statement.cose"));
        var reader = new CborReader(transparent.Signature.Unprotected.Find(Receipts)!.Value.Span);
        Assert.Equal(1, reader.Array(16));
        Assert.Equal(Bytes("receipt.cose"), reader.Bytes().ToArray());

        var bare = new CoseSign1(new CoseSignature(transparent.Signature.ProtectedBytes, default, transparent.Signature.Bytes), transparent.Payload);
        Assert.Equal(Bytes("statement.cose"), bare.ToBytes());
    }

    [DataFact]
    public void Another_algorithms_statement_reads_and_is_unsupported()
    {
        var foreign = CoseSign1.Parse(System.IO.File.ReadAllBytes(Data.Path("scitt", "cts-hashv-cwtclaims-b64url.cose")));
        Assert.Equal(CoseVerdict.Unsupported, foreign.Verify(LogKey()));
        Assert.NotNull(foreign.Signature.Protected.Find(15));
    }

    /// <summary>The root that the receipt's proof gives for a statement: proof = [tree size, leaf index, [path]].</summary>
    private static byte[] Root(byte[] receipt, byte[] statement)
    {
        var headers = CoseHeaders.Parse(CoseSign1.Parse(receipt).Signature.Unprotected.Find(Proofs)!.Value);
        var proofs = new CborReader(headers.Find(Inclusion)!.Value.Span);
        proofs.ArrayOf(1);
        var proof = new CborReader(proofs.Bytes());
        proof.ArrayOf(3);
        var (last, index) = (proof.Unsigned() - 1, proof.Unsigned());
        var hash = Transaction.LeafOf(statement).ToArray();
        for (var left = proof.Array(64); left > 0; left--)
        {
            var sibling = proof.Bytes(32).ToArray();
            if ((index & 1) == 1 || index == last)
            {
                hash = SHA256.HashData([1, .. sibling, .. hash]);
                while ((index & 1) == 0 && index != 0) (index, last) = (index >> 1, last >> 1);
            }
            else hash = SHA256.HashData([1, .. hash, .. sibling]);
            (index, last) = (index >> 1, last >> 1);
        }
        Assert.Equal(0UL, last);
        return hash;
    }

    private static ImportedKey LogKey()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(System.IO.File.ReadAllText(File("log-key.pub")));
        var point = key.ExportParameters(false).Q;
        Assert.True(ImportedKey.TryImport(new PublicKey(new Hash(point.X), new Hash(point.Y)), out var imported));
        return imported;
    }
}
