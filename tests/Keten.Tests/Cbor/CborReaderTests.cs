using Keten.Kernel.Cbor;
using Keten.Tests.Transactions;

namespace Keten.Tests.Cbor;

public sealed class CborReaderTests
{
    [Fact]
    public void Any_written_item_is_canonical_and_written_anew_the_same()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var item = Samples.Item(new Random(seed), 3);
            CborReader.Check(item);
            var writer = new CborWriter(1);
            var reader = new CborReader(item);
            Rewrite.Item(ref reader, writer);
            reader.End();
            Assert.Equal(item, writer.ToArray());
        }
    }

    [Fact]
    public void Any_bytes_that_are_taken_have_one_form_and_all_others_are_malformed_and_nothing_else()
    {
        var random = new Random(5);
        var taken = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            // Heads of few items, so that more than the first is reached.
            for (var i = 0; i < bytes.Length; i++)
                if (random.Next(2) == 0) bytes[i] &= 0xe3;
            try
            {
                var reader = new CborReader(bytes);
                var item = reader.Item();
                var writer = new CborWriter();
                var again = new CborReader(item);
                Rewrite.Item(ref again, writer);
                Assert.Equal(item.ToArray(), writer.ToArray());
                taken++;
            }
            catch (MalformedException)
            {
                // As it should be.
            }
        }
        Assert.InRange(taken, 1000, 99_000);
    }

    [Theory]
    [InlineData("9bffffffffffffffff")]
    [InlineData("bb7fffffffffffffff")]
    [InlineData("5b7fffffffffffffff00")]
    [InlineData("7bffffffffffffffff00")]
    [InlineData("9a7fffffff9a7fffffff9a7fffffff00")]
    [InlineData("ba7fffffff00ba7fffffff00")]
    public void A_count_that_cannot_be_true_costs_nothing(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Throws<MalformedException>(() => CborReader.Check(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedException>(() => CborReader.Check(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0xc1)]
    public void Nothing_is_nested_deeper_than_sixteen(byte head)
    {
        CborReader.Check([.. Enumerable.Repeat(head, 15), 0]);
        Assert.Throws<MalformedException>(() => CborReader.Check([.. Enumerable.Repeat(head, 16), 0]));
        Assert.Throws<MalformedException>(() => CborReader.Check([.. Enumerable.Repeat(head, 1_000_000), 0]));
    }

    [Fact]
    public void Maps_nest_no_deeper_either_be_it_in_keys_or_in_values()
    {
        CborReader.Check([.. Nested(15)]);
        Assert.Throws<MalformedException>(() => CborReader.Check([.. Nested(16)]));
        Assert.Throws<MalformedException>(() => CborReader.Check([.. Enumerable.Repeat((byte)0xa1, 100_000), 0, 0]));

        static IEnumerable<byte> Nested(int depth) => [.. Enumerable.Repeat<byte[]>([0xa1, 0x00], depth).SelectMany(pair => pair), 0];
    }

    [Theory]
    [InlineData("1817")]
    [InlineData("1900ff")]
    [InlineData("1a0000ffff")]
    [InlineData("1b00000000ffffffff")]
    [InlineData("3817")]
    [InlineData("580141")]
    [InlineData("7900ff")]
    [InlineData("980100")]
    [InlineData("b8010000")]
    [InlineData("d80100")]
    [InlineData("f816")]
    [InlineData("f7")]
    [InlineData("61ff")]
    [InlineData("62c080")]
    [InlineData("63eda080")]
    [InlineData("a2020001000000")]
    [InlineData("a201000100")]
    [InlineData("a220000100")]
    [InlineData("a2616200616100")]
    [InlineData("a26261610061620000")]
    [InlineData("0000")]
    [InlineData("")]
    public void A_form_that_is_not_the_canonical_one_is_refused(string hex) =>
        Assert.Throws<MalformedException>(() => CborReader.Check(Convert.FromHexString(hex)));

    [Fact]
    public void Numbers_at_their_limits_keep_their_value()
    {
        long[] values =
        [
            long.MinValue, long.MinValue + 1, -65537, -65536, -257, -256, -25, -24, -1, 0, 23, 24, 255, 256, 65535, 65536, uint.MaxValue, 1L << 32, long.MaxValue,
        ];
        foreach (var value in values)
        {
            var writer = new CborWriter();
            writer.Integer(value);
            CborReader.Check(writer.Written);
            Assert.Equal(value, new CborReader(writer.Written).Integer());
        }
        Assert.Throws<MalformedException>(() => new CborReader([0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0]).Integer());
        Assert.Throws<MalformedException>(() => new CborReader([0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0]).Integer());
    }
}
