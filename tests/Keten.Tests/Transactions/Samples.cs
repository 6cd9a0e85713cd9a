using System.Security.Cryptography;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Transactions;

internal static class Samples
{
    public static readonly Hash Ledger = Hash.Of("a ledger"u8);

    public static readonly SigningKey[] Keys = [.. Enumerable.Range(0, 16).Select(_ => SigningKey.Generate())];

    public static readonly byte[] Five = [0x05];

    public static TransactionBuilder One(SigningKey key) =>
        new TransactionBuilder(Ledger, new Instant(1_800_000_000)).By(key.Id, 7, lane: 3).Call(42, 2, Five).AtMost(key.Id, new Unit(1).Of(250));

    public static byte[] Signed(int signers) =>
        Keys[..signers].Aggregate(new TransactionBuilder(Ledger, new Instant(1_800_000_000)), (builder, key) => builder.By(key.Id, 9))
            .Open(0, 1, Five).Sign(Keys.AsSpan(0, signers));

    public static PublicKey? Known(KeyId id) => Keys.FirstOrDefault(key => key.Id == id)?.Public;

    /// <summary>A transaction of any shape that there is, with signatures that are only bytes.</summary>
    public static (byte[] Payload, int Signers, byte[] Cose, TransactionBuilder Builder) Any(Random random)
    {
        var builder = new TransactionBuilder(Ledger, new Instant(random.NextInt64(1L << 40)));
        var keys = Enumerable.Range(0, random.Next(1, 17)).Select(_ => RandomId(random)).Distinct().ToArray();
        foreach (var key in keys) builder.By(key, (ulong)random.NextInt64() >> random.Next(63), (byte)random.Next(16));
        for (var calls = random.Next(1, 12); calls > 0; calls--)
        {
            if (random.Next(2) == 0) builder.Call((ulong)random.NextInt64(1, long.MaxValue) >> random.Next(40) | 1, (ushort)random.Next(65536), Item(random, 3));
            else builder.Open((ushort)random.Next(65536), (ushort)random.Next(300), Item(random, 3));
            foreach (var (key, unit) in keys.SelectMany(key => Enumerable.Range(1, 3).Select(unit => (key, unit))).OrderBy(_ => random.Next()).Take(random.Next(4)))
                builder.AtMost(key, new Unit((uint)unit).Of(random.NextInt64(1, Amount.Limit + 1) >> random.Next(50) | 1));
        }
        var payload = builder.Payload();
        var signatures = keys.Select(_ => new Signature(RandomNumberGenerator.GetBytes(64))).ToArray();
        return (payload, keys.Length, builder.Assemble(payload, signatures), builder);
    }

    /// <summary>A random canonical item.</summary>
    public static byte[] Item(Random random, int depth)
    {
        var writer = new CborWriter();
        Write(random, writer, depth);
        return writer.ToArray();
    }

    private static KeyId RandomId(Random random)
    {
        var bytes = new byte[KeyId.Size];
        random.NextBytes(bytes);
        return new KeyId(bytes);
    }

    private static void Write(Random random, CborWriter writer, int depth)
    {
        switch (random.Next(depth == 0 ? 5 : 8))
        {
            case 0:
                writer.Integer(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 1:
                writer.Bytes(new byte[random.Next(300)]);
                break;
            case 2:
                writer.Text(new string('é', random.Next(40)));
                break;
            case 3:
                writer.Boolean(random.Next(2) == 0);
                break;
            case 4:
                writer.Null();
                break;
            case 5:
                var items = random.Next(30);
                writer.Array(items);
                for (var i = 0; i < items; i++) Write(random, writer, depth - 1);
                break;
            case 6:
                var pairs = random.Next(30);
                writer.Map(pairs);
                for (var i = 0; i < pairs; i++)
                {
                    writer.Unsigned((ulong)i);
                    Write(random, writer, depth - 1);
                }
                break;
            default:
                writer.Tag((ulong)random.Next(100_000));
                Write(random, writer, depth - 1);
                break;
        }
    }
}
