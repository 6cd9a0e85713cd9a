using Keten.Kernel;
using Keten.Tests.Codecs.Samples;

namespace Keten.Tests.Codecs;

public class DescriptionTests
{
    [Fact]
    public void A_codec_says_what_the_source_says()
    {
        var state = Samples.Codecs.Sample.State;
        Assert.Equal("Sample", state.Name);
        Assert.Equal("A sample: every kind of field, e.g. the Leg of Contains.", state.Words);
        Assert.Equal(["Keeper", "Level", "Price", "Mandate"], state.Fields.Select(field => field.Name));
        Assert.Equal("Who keeps it; see Level.", state.Fields[0].Words);
        Assert.Equal(["Each", "InAll", "Until"], state.Fields[3].Of!.Fields.Select(field => field.Name));

        var charge = Samples.Codecs.Sample.Charge;
        Assert.Equal("Sample.Charge", charge.Name);
        Assert.Equal((FieldKind.Signed, "What the meter signed."), (charge.Fields[0].Kind, charge.Fields[0].Words));
        Assert.Same(Samples.Codecs.Sample.Reading, charge.Fields[0].Of);
        Assert.Equal("Sample", Samples.Codecs.Sample.Reading.Fields[0].To);
    }

    [Fact]
    public void A_choice_lists_its_names_and_numbers()
    {
        var side = Samples.Codecs.Leg.Fields[1];
        Assert.Equal(FieldKind.Choice, side.Kind);
        Assert.Equal(["Buy", "Sell", "Swap"], side.Choices);
        Assert.Equal([1UL, 2UL, 40UL], side.Numbers);
    }

    [Fact]
    public void Lists_and_what_may_be_absent_are_marked()
    {
        var perhaps = Samples.Codecs.Sample.Perhaps.Fields;
        Assert.All(perhaps, field => Assert.True(field.Optional));
        Assert.Equal(["Legs"], perhaps.Where(field => field.List).Select(field => field.Name));
        Assert.All(Samples.Codecs.Sample.Lists.Fields, field => Assert.True(field.List && !field.Optional));
        Assert.Equal(
            [
                FieldKind.Hash, FieldKind.Party, FieldKind.KeyId, FieldKind.PublicKey, FieldKind.Signature, FieldKind.Unit, FieldKind.Amount, FieldKind.Instant,
                FieldKind.Rate, FieldKind.Record, FieldKind.Reference, FieldKind.Owner, FieldKind.Agreement, FieldKind.Choice, FieldKind.Proof,
            ],
            Samples.Codecs.Sample.Values.Fields.Select(field => field.Kind));
    }

    [Fact]
    public void Every_party_that_a_value_names_is_found()
    {
        var any = new Anything(11);
        var parties = Enumerable.Range(0, 12).Select(_ => any.Of<Party>()).ToArray();
        Leg Leg(int i) => new(parties[i], Side.Buy);
        var signed = any.Of<Signed<Leg>>() with { Statement = Leg(8), Signer = parties[11] };
        var lists = new Sample.Lists(
            default, new(parties[0], parties[1]), new(Owner.Of(5), Owner.Of(parties[2])), default, default, new(Leg(3), Leg(4)),
            new(new Sample.Note("", Leg(5)), new Sample.Note("", null)), new(signed), default, default);
        Assert.Equal([parties[0], parties[1], parties[2], parties[3], parties[4], parties[5], parties[8]], Named(Samples.Codecs.Sample.Lists, lists));

        var perhaps = default(Sample.Perhaps) with
        {
            Party = parties[0], Owner = parties[1], Leg = Leg(2), Note = new("", Leg(3)), Legs = new(Leg(4)), Signed = signed,
        };
        Assert.Equal([parties[0], parties[1], parties[2], parties[3], parties[4], parties[8]], Named(Samples.Codecs.Sample.Perhaps, perhaps));
        Assert.Empty(Named(Samples.Codecs.Sample.Perhaps, default));
        Assert.Empty(Named(Samples.Codecs.Sample.Numbers, any.Of<Sample.Numbers>()));

        static IEnumerable<Party> Named<T>(Codec<T> codec, T value) where T : notnull
        {
            var named = new PartySet();
            codec.NameParties(value, named);
            return Enumerable.Range(0, named.Count).Select(i => named[i]);
        }
    }
}
