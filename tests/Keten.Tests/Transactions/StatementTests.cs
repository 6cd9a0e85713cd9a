using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Tests.Transactions;

public sealed class StatementTests
{
    private static readonly ImportedKey Key = ImportedKey.TryImport(Samples.Keys[0].Public, out var key) ? key : throw new InvalidOperationException();
    private static readonly byte[] Stated = new ReadingCodec("Charging.Reading").ToBytes(12);

    private static Signed<long> Sign() => StatementSigning.Sign(Samples.Ledger, Samples.Keys[0], new ReadingCodec("Charging.Reading"), 12L);

    private static byte[] Bytes(Signature signature)
    {
        var bytes = new byte[64];
        signature.CopyTo(bytes);
        return bytes;
    }

    [Fact]
    public void A_statement_holds_on_its_ledger_as_its_type_and_as_it_was_made_only()
    {
        var signature = Bytes(Sign().Signature);
        Assert.True(StatementSigning.Verify(Samples.Ledger, Key, "Charging.Reading", Stated, signature));
        Assert.False(StatementSigning.Verify(Hash.Of("another ledger"u8), Key, "Charging.Reading", Stated, signature));
        Assert.False(StatementSigning.Verify(Samples.Ledger, Key, "Parking.Reading", Stated, signature));
        Assert.False(StatementSigning.Verify(Samples.Ledger, Key, "Charging.Reading", [0x0d], signature));
        Assert.True(ImportedKey.TryImport(Samples.Keys[1].Public, out var other));
        Assert.False(StatementSigning.Verify(Samples.Ledger, other, "Charging.Reading", Stated, signature));
    }

    [Fact]
    public void A_statement_is_signed_as_a_standard_COSE_Sign1()
    {
        var signed = Sign();
        var message = new CoseSign1(
            new CoseSignature(CoseSignature.HeadersOf(signed.Key), default, Bytes(signed.Signature)), StatementSigning.Payload(Samples.Ledger, "Charging.Reading", Stated));
        Assert.Equal(CoseVerdict.Valid, CoseSign1.Parse(message.ToBytes()).Verify(Key));
    }

    [Fact]
    public void What_is_signed_is_what_the_codec_asks_to_be_checked()
    {
        var writer = new CborWriter();
        Signed.Write(writer, Sign(), new ReadingCodec("Charging.Reading"));
        var asked = new Asked();
        var reader = new CborReader(writer.Written, asked);
        Signed.Read(ref reader, new ReadingCodec("Charging.Reading"));
        Assert.True(asked.Held);
    }

    private sealed class ReadingCodec(string name) : Codec<long>(name, "")
    {
        public override void Write(CborWriter writer, in long value) => writer.Integer(value);

        public override long Read(ref CborReader reader) => reader.Integer();
    }

    private sealed class Asked : IReferences
    {
        public bool Held { get; private set; }

        public Party SignerOf(KeyId key, string name, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
        {
            Held = key == Samples.Keys[0].Id && StatementSigning.Verify(Samples.Ledger, Key, name, statement, signature);
            return default;
        }

        public void MustBe<T>(ulong agreement) where T : class
        {
        }
    }
}
