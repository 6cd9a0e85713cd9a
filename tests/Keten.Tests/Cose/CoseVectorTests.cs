using System.Text.Json;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Tests.Cose;

public sealed class CoseVectorTests
{
    [DataTheory]
    [InlineData("RFC8152/Appendix_C_2_1.json")]
    [InlineData("ecdsa-examples/ecdsa-sig-01.json")]
    [InlineData("sign1-tests/sign-pass-01.json")]
    [InlineData("CWT/A_3.json")]
    public void A_good_example_verifies_over_the_bytes_that_it_states(string file)
    {
        var (key, bytes, signed) = Read(file);
        var message = CoseSign1.Parse(bytes);

        Assert.Equal(CoseVerdict.Valid, message.Verify(key));
        Assert.Equal(signed, Convert.ToHexString(SigStructure.OfSign1(message.Signature.ProtectedBytes.Span, default, message.Payload!.Value.Span)));
        Assert.Equal(bytes, message.ToBytes());
        Assert.Equal(CoseVerdict.Invalid, message.Verify(key, external: [1]));
        Assert.Equal(CoseVerdict.Invalid, message.Verify(key, detached: [1]));
    }

    [DataFact]
    public void A_changed_payload_does_not_verify()
    {
        var (key, bytes, _) = Read("sign1-tests/sign-fail-02.json");
        Assert.Equal(CoseVerdict.Invalid, CoseSign1.Parse(bytes).Verify(key));
    }

    [DataTheory]
    [InlineData("sign1-tests/sign-fail-03.json")]
    [InlineData("ecdsa-examples/ecdsa-sig-02.json")]
    public void Another_algorithm_is_unsupported(string file)
    {
        var (_, bytes, _) = Read(file);
        var (key, _, _) = Read("RFC8152/Appendix_C_2_1.json");
        Assert.Equal(CoseVerdict.Unsupported, CoseSign1.Parse(bytes).Verify(key));
    }

    [DataFact]
    public void A_good_signature_under_a_wrong_tag_is_malformed()
    {
        var (_, bytes, _) = Read("sign1-tests/sign-fail-01.json");
        Assert.Throws<MalformedException>(() => CoseSign1.Parse(bytes));
    }

    [DataFact]
    public void One_flipped_bit_of_an_example_never_verifies_but_where_the_bit_is_not_signed()
    {
        var (key, bytes, _) = Read("RFC8152/Appendix_C_2_1.json");
        // The unprotected map, {4: '11'}, is anyone's to change.
        var open = bytes.AsSpan().IndexOf(Convert.FromHexString("a104423131"));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            if (bit / 8 >= open && bit / 8 < open + 5) continue;
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.NotEqual(CoseVerdict.Valid, CoseSign1.Parse(flipped).Verify(key));
            }
            catch (MalformedException)
            {
                // As it should be.
            }
        }
    }

    private static (ImportedKey Key, byte[] Cose, string? Signed) Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Data.Path(["cose", .. file.Split('/')])));
        var (input, output) = (json.RootElement.GetProperty("input"), json.RootElement.GetProperty("output"));
        var key = input.GetProperty("sign0").GetProperty("key");
        var cose = Convert.FromHexString(output.GetProperty("cbor").GetString()!);
        var signed = json.RootElement.GetProperty("intermediates").GetProperty("ToBeSign_hex").GetString();
        if (key.GetProperty("crv").GetString() != "P-256") return (null!, cose, signed);
        Assert.True(ImportedKey.TryImport(new PublicKey(new Hash(Coordinate(key, "x")), new Hash(Coordinate(key, "y"))), out var imported));
        return (imported, cose, signed);
    }

    private static byte[] Coordinate(JsonElement key, string name) => key.TryGetProperty(name + "_hex", out var hex)
        ? Convert.FromHexString(hex.GetString()!)
        : System.Buffers.Text.Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}
