using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;
using Keten.Tests.Transactions;

namespace Keten.Tests.Cose;

public sealed class CoseFormTests
{
    private static readonly SigningKey Key = Samples.Keys[0];

    private static ImportedKey Imported(SigningKey key) => ImportedKey.TryImport(key.Public, out var imported) ? imported : throw new InvalidOperationException();

    [Fact]
    public void What_is_signed_is_written_as_the_standard_says()
    {
        Assert.Equal("846a5369676e61747572653143a101264201024103", Hex(SigStructure.OfSign1([0xa1, 0x01, 0x26], [1, 2], [3])));
        Assert.Equal("85695369676e61747572654043a10126404103", Hex(SigStructure.OfSign([], [0xa1, 0x01, 0x26], [], [3])));
        Assert.Equal("846a5369676e61747572653140404103", Hex(SigStructure.OfSign1([0xa0], [], [3])));
        Assert.Equal("85695369676e61747572654040404103", Hex(SigStructure.OfSign([0xa0], [0xa0], [], [3])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void Of_a_payload_of_any_length_the_structure_is_canonical_and_its_digest_agrees(int length)
    {
        var (payload, external) = (new byte[length], new byte[length / 2]);
        var (alone, together) = (SigStructure.OfSign1([0xa1, 0x01, 0x26], external, payload), SigStructure.OfSign([], [0xa1, 0x01, 0x26], external, payload));
        CborReader.Check(alone);
        CborReader.Check(together);
        var digest = new byte[32];
        SigStructure.DigestSign1([0xa1, 0x01, 0x26], external, payload, digest);
        Assert.Equal(Hash.Of(alone).ToArray(), digest);
        SigStructure.DigestSign([], [0xa1, 0x01, 0x26], external, payload, digest);
        Assert.Equal(Hash.Of(together).ToArray(), digest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_signed_verifies_with_the_same_external_data_and_payload_only(bool detached)
    {
        byte[] payload = [1, 2, 3];
        var signed = CoseSign1.Parse(CoseSign1.Sign(Key, CoseSignature.HeadersOf(Key.Id), payload, detached, external: [9]).ToBytes());
        byte[] apart = detached ? payload : [];

        Assert.Equal(detached, signed.Payload is null);
        Assert.Equal(CoseVerdict.Valid, signed.Verify(Imported(Key), [9], apart));
        Assert.Equal(CoseVerdict.Invalid, signed.Verify(Imported(Key), [8], apart));
        Assert.Equal(CoseVerdict.Invalid, signed.Verify(Imported(Key), [], apart));
        Assert.Equal(CoseVerdict.Invalid, signed.Verify(Imported(Key), [9], [1, 2]));
        Assert.Equal(CoseVerdict.Invalid, signed.Verify(Imported(Samples.Keys[1]), [9], apart));
        Assert.Equal(Key.Id, new KeyId(signed.Signature.KeyId!.Value.Span));
    }

    [Fact]
    public void A_transaction_is_standard_COSE_for_one_signer_and_for_several()
    {
        Assert.Equal(CoseVerdict.Valid, CoseSign1.Parse(Samples.Signed(1)).Verify(Imported(Key)));

        var several = CoseSign.Parse(Samples.Signed(3));
        Assert.Equal(Samples.Signed(3).Length, several.ToBytes().Length);
        Assert.Equal(3, several.Signatures.Length);
        for (var i = 0; i < 3; i++)
        {
            var by = Samples.Keys.First(key => key.Id == new KeyId(several.Signatures[i].KeyId!.Value.Span));
            Assert.Equal(CoseVerdict.Valid, several.Verify(i, Imported(by)));
            Assert.Equal(CoseVerdict.Invalid, several.Verify(i, Imported(by), external: [1]));
            Assert.Equal(CoseVerdict.Invalid, several.Verify(i, Imported(by), detached: [1]));
            Assert.Equal(CoseVerdict.Invalid, several.Verify((i + 1) % 3, Imported(by)));
        }
    }

    [Fact]
    public void Headers_are_numbers_or_texts_in_any_order_and_stand_once()
    {
        var headers = CoseHeaders.Parse(Convert.FromHexString("a419018b010126616105044101"));
        Assert.Equal((4, -7, 1L), (headers.Count, headers.Algorithm, headers.Number(395)));
        Assert.Equal([0x05], headers.Find("a")!.Value.ToArray());
        Assert.Equal([0x01], headers.KeyId!.Value.ToArray());
        Assert.Null(headers.Find("b"));
        Assert.Null(headers.Number(4));
        Assert.Null(headers.Bytes(1));
        Assert.Null(headers.Find(0));
        foreach (var hex in new[] { "a201260126", "a2616105616105", "a1410126", "a0a0", "80", "a1", "a20126", "b841" + string.Concat(Enumerable.Repeat("0126", 65)) })
            Assert.Throws<MalformedException>(() => CoseHeaders.Parse(Convert.FromHexString(hex)));
    }

    [Fact]
    public void A_header_that_is_critical_or_stands_in_both_maps_does_not_pass()
    {
        var critical = CoseSign1.Sign(Key, Convert.FromHexString("a201260281190100"), new byte[] { 1 });
        Assert.Equal(CoseVerdict.Unsupported, critical.Verify(Imported(Key)));
        Assert.Equal(CoseVerdict.Unsupported, CoseSign1.Sign(Key, Convert.FromHexString("a1012826"[..6]), new byte[] { 1 }).Verify(Imported(Key)));
        Assert.Equal(CoseVerdict.Unsupported, CoseSign1.Sign(Key, Convert.FromHexString("a1016145"), new byte[] { 1 }).Verify(Imported(Key)));
        Assert.Throws<MalformedException>(() => new CoseSignature(Convert.FromHexString("a10126"), Convert.FromHexString("a10126"), default));
        Assert.Throws<MalformedException>(() => new CoseSignature(Convert.FromHexString("a1616101"), Convert.FromHexString("a1616102"), default));
    }

    [Fact]
    public void A_critical_header_of_the_body_stops_every_signature_of_a_COSE_Sign()
    {
        var good = CoseSign.Parse(Samples.Signed(2));
        var critical = new CoseSign(Convert.FromHexString("a10281190100"), default, good.Payload, good.Signatures);
        Assert.Equal(CoseVerdict.Unsupported, CoseSign.Parse(critical.ToBytes()).Verify(1, Imported(Key)));
        Assert.Throws<MalformedException>(() => CoseSign.Parse(Convert.FromHexString("d8628440a0410080")));
        Assert.Throws<ArgumentException>(() => new CoseSign(default, default, null));
    }

    [Fact]
    public void Mangled_messages_are_malformed_and_nothing_else()
    {
        var random = new Random(3);
        foreach (var good in new[] { Samples.Signed(1), Samples.Signed(3) })
            for (var round = 0; round < 20_000; round++)
            {
                var bytes = good.ToArray();
                for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
                try
                {
                    CoseSign1.Parse(bytes.AsMemory(0, length));
                }
                catch (MalformedException)
                {
                    // As it should be.
                }
                try
                {
                    CoseSign.Parse(bytes.AsMemory(0, length));
                }
                catch (MalformedException)
                {
                    // As it should be.
                }
            }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
