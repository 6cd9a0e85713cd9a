using Keten.Kernel;

namespace Keten.Tests.Codecs;

public class KeyOrderTests
{
    [Fact]
    public void Keys_order_as_their_bytes_do()
    {
        Ordered(Samples.Codecs.Sample.PlaceKey, 1 + 2 + 4 + 8 + 4 + 1 + 4 + 8 + 8 + 16,
            key => [key.Up, key.Short, key.Int, key.Long, (int)key.Side, (byte)key.Small, key.Unit.Number, key.For.Number, key.At.Seconds, key.Ref.ToString()]);
        Ordered(Samples.Codecs.Sample.RowKey, 1 + 2 + 4 + 8 + 20 + 20,
            key => [key.Byte, key.UShort, key.UInt, key.ULong, key.Party.ToString(), key.Key.ToString()]);
        Ordered(Samples.Codecs.Sample.OneKey, 32 + 8, key => [key.Hash.ToString(), (ulong)key.Wide]);
        Ordered(Samples.Codecs.Sample.SideKey, 4, key => [(int)key]);
    }

    private static void Ordered<T>(KeyCodec<T> codec, int size, Func<T, IComparable[]> parts) where T : struct
    {
        Assert.Equal(size, codec.Size);
        for (var seed = 0; seed < 500; seed++)
        {
            var any = new Anything(seed);
            var (left, right) = (any.Of<T>(), any.Of<T>());
            var bytes = Bytes(codec, left);
            Assert.Equal(left, codec.Read(bytes));
            // Pairs that agree in their first parts, so that every part decides some order.
            for (var part = 0; part < parts(left).Length; part++)
            {
                var mixed = Mixed(left, right, part);
                Assert.Equal(Math.Sign(Compare(parts(left), parts(mixed))), Math.Sign(bytes.AsSpan().SequenceCompareTo(Bytes(codec, mixed))));
            }
        }
    }

    private static T Mixed<T>(T first, T then, int from) where T : struct
    {
        var constructor = typeof(T).GetConstructors().OrderByDescending(each => each.GetParameters().Length).FirstOrDefault();
        return constructor is null ? then : (T)constructor.Invoke(
            [.. constructor.GetParameters().Select((parameter, i) => typeof(T).GetProperty(parameter.Name!)!.GetValue(i < from ? first : then))]);
    }

    private static int Compare(IComparable[] left, IComparable[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = left[i] is string text ? string.CompareOrdinal(text, (string)right[i]) : left[i].CompareTo(right[i]);
            if (order != 0) return order;
        }
        return 0;
    }

    private static byte[] Bytes<T>(KeyCodec<T> codec, T key) where T : struct
    {
        var bytes = new byte[codec.Size];
        codec.Write(bytes, key);
        return bytes;
    }
}
