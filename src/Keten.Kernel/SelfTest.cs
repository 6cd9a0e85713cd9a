using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>
/// Known answers for every algorithm that a header rests on. A node runs them before it opens its ledger: a machine on which one differs would sign what no other signs.
/// Signature and key: RFC 6979 §A.2.5, P-256 with SHA-256, message «sample». Hash: FIPS 180-4, message «abc».
/// </summary>
public static class SelfTest
{
    private const string KeyHex = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    private const string SignatureHex = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    /// <summary>Runs them all. It takes some milliseconds.</summary>
    /// <exception cref="SelfTestException">One gave another answer; the message says which.</exception>
    public static void Run()
    {
        Same("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Hash.Of("abc"u8).ToString());
        var (digest, key, signature) = (Hash.Of("sample"u8), new PublicKey(Convert.FromHexString(KeyHex)), Convert.FromHexString(SignatureHex));
        Same("ES256 over a good signature", "True", Es256.Verify(Hash.Bytes(in digest), signature, key).ToString());
        signature[63] ^= 1;
        Same("ES256 over a bad signature", "False", Es256.Verify(Hash.Bytes(in digest), signature, key).ToString());
        Same("ES256 over r = 0", "False", Es256.Verify(Hash.Bytes(in digest), new byte[Signature.Size], key).ToString());
        Same("CBOR", "85012142010261611a000f4240", Convert.ToHexStringLower(Items()));
        Same("the header of a small ledger", "6899f4e49668f6fb432b99d49604683d2a331b9a5d527af209fce6f54caa2b36", SmallLedger(key).Hash.ToString());
    }

    private static byte[] Items()
    {
        var writer = new CborWriter();
        writer.Array(5);
        writer.Unsigned(1);
        writer.Integer(-2);
        writer.Bytes([1, 2]);
        writer.Text("a");
        writer.Unsigned(1_000_000);
        return writer.ToArray();
    }

    // Two blocks: a party joins, and is refused a payment that it cannot make. Nothing is verified, so that every byte is known.
    private static Header SmallLedger(PublicKey key)
    {
        var (signer, catalogue, began) = (new Unchecked(key), new Catalogue(), new Instant(1_700_000_000));
        var genesis = new Genesis(Hash.Of("nonce"u8), began, new ValidatorSet(new Validator("Self test", key)), default, true, Parameters.Default, catalogue.Hash);
        var ledger = Ledger.Begin(genesis, catalogue);
        var (enrol, enrolCodec) = KernelContents.Of<KernelCalls.Enrol>();
        var (pay, payCodec) = KernelContents.Of<KernelCalls.Transfer>();
        Execute(new TransactionBuilder(ledger.Id, began.Plus(600)).By(signer.Id, 1).Open(0, enrol, enrolCodec, new KernelCalls.Enrol(key)), 1);
        return Execute(new TransactionBuilder(ledger.Id, began.Plus(600)).By(signer.Id, 2)
            .Open(0, pay, payCodec, new KernelCalls.Transfer(null, Party.Of(signer.Id), new Unit(1).Of(5), null)), 2).Header;

        Block Execute(TransactionBuilder builder, ulong sequence)
        {
            var transaction = new CheckedTransaction(Transaction.Parse(builder.Sign(signer)));
            var entry = Entry.Sign(signer, ledger.Id, 0, sequence, began.Plus((long)sequence), [transaction]);
            return ledger.Execute(entry.Bytes, entry) ?? throw new SelfTestException("Self test: an entry was skipped.");
        }
    }

    private static void Same(string what, string expected, string actual)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
            throw new SelfTestException($"Self test: {what} gives {actual} on this machine, and {expected} is right. The node does not start.");
    }

    private sealed class Unchecked(in PublicKey key) : Signer(key)
    {
        public override Signature Sign(ReadOnlySpan<byte> digest) => new(Convert.FromHexString(SignatureHex));
    }
}

/// <summary>This machine gives another answer than every other to a known question.</summary>
/// <param name="message">Which, and what.</param>
public sealed class SelfTestException(string message) : Exception(message);
