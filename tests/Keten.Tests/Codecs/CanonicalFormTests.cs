using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Tests.Codecs.Samples;

namespace Keten.Tests.Codecs;

public class CanonicalFormTests
{
    [Fact]
    public void What_is_written_is_read_back_and_written_the_same()
    {
        Returns(Samples.Codecs.Sample.State);
        Returns(Samples.Codecs.Sample.Numbers);
        Returns(Samples.Codecs.Sample.Words);
        Returns(Samples.Codecs.Sample.Values);
        Returns(Samples.Codecs.Sample.Perhaps);
        Returns(Samples.Codecs.Sample.Lists);
        Returns(Samples.Codecs.Sample.Agree);
        Returns(Samples.Codecs.Sample.Charge);
        Returns(Samples.Codecs.Sample.RowKeyRecord);
        Returns(Samples.Codecs.Other.State);
        Returns(Samples.Codecs.Calls.Transfer);
        Returns(Samples.Codecs.Leg);

        static void Returns<T>(Codec<T> codec) where T : notnull
        {
            for (var seed = 0; seed < 200; seed++)
            {
                var value = new Anything(seed).Of<T>();
                var bytes = codec.ToBytes(value);
                var read = codec.FromBytes(bytes);
                Assert.Equal(value, read);
                Assert.Equal(bytes, codec.ToBytes(read));
                CborReader.Check(bytes);
            }
        }
    }

    [Fact]
    public void A_value_has_one_form_only()
    {
        OneForm(Samples.Codecs.Sample.State);
        OneForm(Samples.Codecs.Sample.Numbers);
        OneForm(Samples.Codecs.Sample.Words);
        OneForm(Samples.Codecs.Sample.Values);
        OneForm(Samples.Codecs.Sample.Perhaps);
        OneForm(Samples.Codecs.Sample.Lists);
        OneForm(Samples.Codecs.Sample.Charge);
        OneForm(Samples.Codecs.Other.State);

        static void OneForm<T>(Codec<T> codec) where T : notnull
        {
            for (var seed = 0; seed < 4; seed++)
            {
                var bytes = codec.ToBytes(new Anything(seed).Of<T>());
                for (var length = 0; length < bytes.Length; length++) Assert.Throws<MalformedException>(() => codec.FromBytes(bytes.AsSpan(0, length)));
                Assert.Throws<MalformedException>(() => codec.FromBytes([.. bytes, 0]));
                for (var at = 0; at < bytes.Length; at++)
                    foreach (var flip in new byte[] { 1, 2, 4, 8, 16, 32, 64, 128, 255, 0x19, 0x60, 0x1f }) Changed(codec, bytes, at, flip);
            }
        }

        static void Changed<T>(Codec<T> codec, byte[] bytes, int at, byte flip) where T : notnull
        {
            byte[] changed = [.. bytes];
            changed[at] ^= flip;
            try
            {
                Assert.Equal(changed, codec.ToBytes(codec.FromBytes(changed)));
            }
            catch (MalformedException)
            {
                // The other good answer.
            }
        }
    }

    [Fact]
    public void A_number_beyond_its_type_is_malformed()
    {
        // [false, u8, u16, u32, u64, i16, i32, i64, choice]
        var none = "89f4000000000000000000";
        Assert.Equal(default, Samples.Codecs.Sample.Numbers.FromBytes(Convert.FromHexString(none[..20])));
        foreach (var (at, number) in new[]
        {
            (1, "190100"), (1, "20"), (2, "1a00010000"), (3, "1b0000000100000000"), (4, "20"), (5, "198000"), (5, "398000"),
            (6, "1a80000000"), (6, "3a80000000"), (7, "1b8000000000000000"), (7, "3b8000000000000000"), (8, "01"), (8, "20"),
        })
        {
            var before = 2 + 2 * at;
            var wrong = none[..before] + number + none[(before + 2)..20];
            var fault = Assert.Throws<MalformedException>(() => Samples.Codecs.Sample.Numbers.FromBytes(Convert.FromHexString(wrong)));
            Assert.DoesNotContain("follow", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_choice_that_is_not_declared_is_neither_read_nor_written()
    {
        var leg = new Leg(new Anything(1).Of<Party>(), Side.Swap);
        var bytes = Samples.Codecs.Leg.ToBytes(leg);
        Assert.Equal([0x18, 40], bytes[^2..]);
        bytes[^1] = 41;
        Assert.Throws<MalformedException>(() => Samples.Codecs.Leg.FromBytes(bytes));
        Assert.Throws<InvalidOperationException>(() => Samples.Codecs.Leg.ToBytes(leg with { Side = (Side)3 }));
    }

    [Fact]
    public void A_default_that_means_nobody_or_nothing_has_no_form()
    {
        var values = new Anything(7).Of<Sample.Values>();
        foreach (var unset in new[]
        {
            values with { Party = default }, values with { KeyId = default }, values with { Unit = default }, values with { Amount = default },
            values with { Owner = default }, values with { Agreement = default }, values with { Price = default }, values with { Instant = new(-1) },
            values with { Instant = new((1L << 40) + 1) }, values with { Amount = new(Amount.Limit + 1, new Unit(1)) },
        })
            Assert.Throws<InvalidOperationException>(() => Samples.Codecs.Sample.Values.ToBytes(unset));
    }

    [Fact]
    public void No_agreement_owns_nothing()
    {
        var transfer = new Calls.Transfer(Owner.Of(5), Owner.Of(6), new Amount(7, new Unit(8)));
        var bytes = Samples.Codecs.Calls.Transfer.ToBytes(transfer);
        Assert.Equal("8305068208" + "07", Convert.ToHexStringLower(bytes));
        bytes[1] = 0;
        Assert.Throws<MalformedException>(() => Samples.Codecs.Calls.Transfer.FromBytes(bytes));
    }

    [Fact]
    public void A_text_is_at_most_256_bytes()
    {
        var words = new Sample.Words(new string('é', 128), null, default, 1);
        Assert.Equal(words, Samples.Codecs.Sample.Words.FromBytes(Samples.Codecs.Sample.Words.ToBytes(words)));
        Assert.Throws<InvalidOperationException>(() => Samples.Codecs.Sample.Words.ToBytes(words with { Text = new string('é', 128) + "x" }));
        var writer = new CborWriter();
        writer.Array(4);
        writer.Text(new string('x', 257));
        writer.Null();
        writer.Array(0);
        writer.Integer(1);
        Assert.Throws<MalformedException>(() => Samples.Codecs.Sample.Words.FromBytes(writer.Written));
    }

    [Fact]
    public void A_list_is_at_most_4096_long()
    {
        Assert.Equal(4096, Samples.Codecs.Sample.Words.FromBytes(Words(4096)).List.Count);
        Assert.Throws<MalformedException>(() => Samples.Codecs.Sample.Words.FromBytes(Words(4097)));

        static byte[] Words(int count)
        {
            var writer = new CborWriter();
            writer.Array(4);
            writer.Text("");
            writer.Null();
            writer.Array(count);
            for (var i = 0; i < count; i++) writer.Text("a");
            writer.Integer(1);
            return writer.ToArray();
        }
    }

    [Fact]
    public void A_list_that_is_absent_is_not_an_empty_one()
    {
        var absent = new Anything(3).Of<Sample.Perhaps>() with { Legs = null };
        var empty = absent with { Legs = default(Many<Leg>) };
        Assert.NotEqual(Samples.Codecs.Sample.Perhaps.ToBytes(absent), Samples.Codecs.Sample.Perhaps.ToBytes(empty));
        Assert.NotNull(Samples.Codecs.Sample.Perhaps.FromBytes(Samples.Codecs.Sample.Perhaps.ToBytes(empty)).Legs);
        Assert.Null(Samples.Codecs.Sample.Perhaps.FromBytes(Samples.Codecs.Sample.Perhaps.ToBytes(absent)).Legs);
    }

    [Fact]
    public void A_record_without_fields_is_an_empty_array()
    {
        Assert.Equal([0x80], Samples.Codecs.Sample.Ended.ToBytes(new Sample.Ended()));
        Assert.Equal(new Sample.Ended(), Samples.Codecs.Sample.Ended.FromBytes([0x80]));
        Assert.Throws<MalformedException>(() => Samples.Codecs.Sample.Ended.FromBytes([0x81, 0x00]));
    }

    [Fact]
    public void The_bytes_of_a_clause_are_these_for_ever()
    {
        var meter = new Party(Enumerable.Repeat((byte)0xaa, 20).ToArray());
        var key = new KeyId(Enumerable.Repeat((byte)0xbb, 20).ToArray());
        var signature = new Signature(Enumerable.Repeat((byte)0xcc, 64).ToArray());
        var charge = new Sample.Charge(new(key, signature, new(new(300), new(-9400, new(24)), meter)), Side.Sell);
        var golden = "82" + "83" + "54" + Repeat("bb", 20) + "5840" + Repeat("cc", 64) + "83" + "19012c"
            + "82" + "1818" + "3924b7" + "54" + Repeat("aa", 20) + "02";
        Assert.Equal(golden, Convert.ToHexStringLower(Samples.Codecs.Sample.Charge.ToBytes(charge)));
        Assert.Equal(charge, Samples.Codecs.Sample.Charge.FromBytes(Convert.FromHexString(golden)));

        var price = new Price(new(35, new(1)), new(1000, new(2)), Rounding.HalfEven);
        var sample = new Sample(meter, 1UL << 63, price, new(new(5, new(1)), new(500, new(1)), new(1_700_000_000)));
        golden = "84" + "54" + Repeat("aa", 20) + "1b8000000000000000" + "83" + "82011823" + "82021903e8" + "03"
            + "83" + "820105" + "82011901f4" + "1a6553f100";
        Assert.Equal(golden, Convert.ToHexStringLower(Samples.Codecs.Sample.State.ToBytes(sample)));

        static string Repeat(string two, int times) => string.Concat(Enumerable.Repeat(two, times));
    }

    [Fact]
    public void Writing_a_clause_allocates_nothing()
    {
        var charge = new Anything(5).Of<Sample.Charge>();
        var writer = new CborWriter(512);
        Samples.Codecs.Sample.Charge.Write(writer, charge);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            writer.Reset();
            Samples.Codecs.Sample.Charge.Write(writer, charge);
            var reader = new CborReader(writer.Written);
            _ = Samples.Codecs.Sample.Charge.Read(ref reader);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
