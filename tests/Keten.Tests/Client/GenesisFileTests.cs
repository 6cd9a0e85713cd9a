using System.Text;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Tests.Clients;

public sealed class GenesisFileTests
{
    private readonly Genesis genesis = Sample();

    [Fact]
    public void A_genesis_is_read_back_from_its_words_and_from_its_bytes()
    {
        Assert.Equal(genesis.ToBytes(), GenesisFile.Read(Encoding.UTF8.GetBytes(GenesisFile.Write(genesis))).ToBytes());
        Assert.Equal(genesis.LedgerId, GenesisFile.Read(genesis.ToBytes()).LedgerId);
    }

    [Fact]
    public void Words_that_say_something_else_than_the_bytes_are_refused_whichever_field_it_is()
    {
        var names = JsonNode.Parse(GenesisFile.Write(genesis))!.AsObject().Select(field => field.Key).ToArray();
        Assert.Contains("ledger", names);
        foreach (var name in names)
        {
            var json = JsonNode.Parse(GenesisFile.Write(genesis))!.AsObject();
            json[name] = "something else";
            Assert.Contains(name, Assert.Throws<FormatException>(() => GenesisFile.Read(Encoding.UTF8.GetBytes(json.ToJsonString()))).Message, StringComparison.Ordinal);
            json.Remove(name);
            Assert.Throws<FormatException>(() => GenesisFile.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));
        }
    }

    [Fact]
    public void Any_bytes_are_a_genesis_or_a_clear_error()
    {
        var random = new Random(7);
        var text = Encoding.UTF8.GetBytes(GenesisFile.Write(genesis));
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = (round % 2 == 0 ? text : genesis.ToBytes()).ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 5 == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                GenesisFile.Read(bytes);
            }
            catch (FormatException)
            {
            }
        }
    }

    private static Genesis Sample()
    {
        using var key = SigningKey.Generate();
        return new Genesis(
            Hash.Of("nonce"u8), new Instant(1_700_000_000), new ValidatorSet(new Validator("Grid", key.Public)), new Many<PublicKey>(key.Public), true,
            Parameters.Default with { AdmittedBy = new Many<Party>(Party.Of(key.Id)) }, Hash.Of("catalogue"u8));
    }
}
