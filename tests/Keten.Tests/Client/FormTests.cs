using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Tests.Clients;

public sealed class FormTests
{
    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(5, 2, "0.05")]
    [InlineData(-5, 2, "-0.05")]
    [InlineData(1250, 2, "12.50")]
    [InlineData(long.MinValue, 2, "-92233720368547758.08")]
    [InlineData(long.MaxValue, 9, "9223372036.854775807")]
    public void Amounts_are_written_with_the_units_decimals_and_read_back(long minor, int decimals, string text)
    {
        Assert.Equal(text, AmountText.Write(minor, decimals));
        Assert.True(AmountText.TryParse(text, decimals, out var read));
        Assert.Equal(minor, read);
    }

    [Theory]
    [InlineData("12.5", 1250)]
    [InlineData("12", 1200)]
    public void Fewer_decimals_than_the_unit_has_will_do(string text, long minor)
    {
        Assert.True(AmountText.TryParse(text, 2, out var read));
        Assert.Equal(minor, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.234")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("١")]
    [InlineData("99999999999999999999")]
    public void What_is_no_such_amount_is_refused(string text) => Assert.False(AmountText.TryParse(text, 2, out _));

    [Fact]
    public void Moments_are_RFC_3339_in_UTC()
    {
        Assert.Equal("2026-03-02T18:00:00Z", MomentText.Write(new Instant(1_772_474_400)));
        Assert.True(MomentText.TryParse("2026-03-02T19:00:00+01:00", out var read));
        Assert.Equal(1_772_474_400, read.Seconds);
        Assert.False(MomentText.TryParse("2026-02-30T00:00:00Z", out _));
        Assert.False(MomentText.TryParse("1969-12-31T23:59:59Z", out _));
        Assert.Equal("1099511627776", MomentText.Write(Instant.Last));
    }

    public static TheoryData<Codec, byte[]> Samples()
    {
        var key = SigningKey.Generate();
        var (party, euro) = (Party.Of(key.Id), new Unit(7));
        return new()
        {
            { CodecOf<EMoney.Begin>(), CodecOf<EMoney.Begin>().ToBytes(new EMoney.Begin(party, "EUR", 2)) },
            { CodecOf<EMoney.Issue>(), CodecOf<EMoney.Issue>().ToBytes(new EMoney.Issue(party, euro.Of(Amount.Limit), Hash.Of("a"u8))) },
            { KernelContents.Of<KernelCalls.Transfer>().Codec, KernelContents.Of<KernelCalls.Transfer>().Codec.ToBytes(new(null, party, euro.Of(-3), new Reference(new byte[16]))) },
            { KernelContents.Of<KernelCalls.Enrol>().Codec, KernelContents.Of<KernelCalls.Enrol>().Codec.ToBytes(new(key.Public)) },
            {
                KernelContents.Of<KernelCalls.AddDelegate>().Codec, KernelContents.Of<KernelCalls.AddDelegate>().Codec.ToBytes(
                    new(party, key.Public, new Many<Scope>(new Scope(0, 1), new Scope(9, 0)), new Many<SpendingLimit>(new SpendingLimit(euro.Of(1), euro.Of(2))), new Instant(1_800_000_000)))
            },
            { KernelContents.Of<KernelCalls.Unwind>().Codec, KernelContents.Of<KernelCalls.Unwind>().Codec.ToBytes(new(3, new Many<KernelCalls.Payout>(new KernelCalls.Payout(party, euro.Of(5))))) },
        };
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_record_shown_as_JSON_gives_its_canonical_bytes_again(Codec codec, byte[] bytes)
    {
        var json = CodecJson.Read(codec, bytes).ToJsonString();
        Assert.Equal(bytes, CodecJson.Write(codec, JsonDocument.Parse(json).RootElement));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_field_that_is_missing_unknown_or_of_another_kind_is_named(Codec codec, byte[] bytes)
    {
        foreach (var field in codec.Fields)
        {
            var name = CodecJson.NameOf(field);
            foreach (var wrong in (JsonNode?[])[JsonNode.Parse("{\"no\": 1}"), null])
            {
                if (wrong is null && field.Optional) continue;
                var json = CodecJson.Read(codec, bytes);
                json[name] = wrong?.DeepClone();
                var fault = Assert.Throws<FormatException>(() => CodecJson.Write(codec, JsonDocument.Parse(json.ToJsonString()).RootElement));
                Assert.Contains(name, fault.Message, StringComparison.Ordinal);
            }
        }
        var more = CodecJson.Read(codec, bytes);
        more["stranger"] = 1;
        Assert.Contains("stranger", Assert.Throws<FormatException>(() => CodecJson.Write(codec, JsonDocument.Parse(more.ToJsonString()).RootElement)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_refusal_of_every_contract_has_its_sentence_by_its_number_on_the_wire()
    {
        foreach (var refusal in KernelRefusal.All) Assert.Equal(refusal.Sentence, RefusalText.Sentence(Keten.Contracts.BuiltIn.Catalogue, refusal.Number));
        foreach (var contract in Keten.Contracts.BuiltIn.Catalogue.Contracts)
            foreach (var refusal in contract.Refusals)
                Assert.Equal(refusal.Sentence, RefusalText.Sentence(Keten.Contracts.BuiltIn.Catalogue, (uint)contract.Code << 16 | refusal.Number));
        Assert.Contains("7", RefusalText.Sentence(Keten.Contracts.BuiltIn.Catalogue, 0xffff_0007), StringComparison.Ordinal);
    }

    private static Codec<T> CodecOf<T>() where T : notnull => (Codec<T>)EMoney.Contents.ClauseOf<T>().ArgumentsCodec;
}
