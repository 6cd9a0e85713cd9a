using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>The lists that the contract keeps as it goes, against what the parts' own records say, worked out anew.</summary>
public sealed class RecallListTests
{
    private static readonly string[] Vins = [Vin, OtherVin];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Whatever_was_done_and_taken_back_the_lists_are_those_of_the_parts(int seed)
    {
        var (random, world, done) = (new Random(seed), StockedWorld(), 0);
        for (var step = 0; step < 400; step++)
        {
            try
            {
                world.Do(PartsBook, Any(random, out var by), by);
                done++;
            }
            catch (StoryException)
            {
                // Refused: then nothing has changed, and the next is tried.
            }
            if (step % 20 == 19) Check(world);
        }
        Assert.True(done > 120, $"Only {done} steps were taken.");
    }

    private static object Any(Random random, out Actor by)
    {
        by = random.Next(2) == 0 ? Works : Shop;
        var (part, other, vin) = (Some(random), Some(random), Vins[random.Next(2)]);
        return random.Next(8) switch
        {
            0 or 1 => new SerialParts.Assemble(part, other, By(by)),
            2 or 3 => new SerialParts.Mount(part, vin, By(by)),
            4 => new SerialParts.Remove(part, vin, By(by)),
            5 => new SerialParts.Remove(part, null, By(by)),
            6 => new SerialParts.Correct(part, (uint)random.Next(1, 12), Why),
            _ => random.Next(5) == 0 ? new SerialParts.Scrap(part, By(by)) : new SerialParts.Mount(part, vin, By(by)),
        };
    }

    // Of two batches, and of none.
    private static Sgtin Some(Random random) => random.Next(3) switch { 0 => CellNo(random.Next(1, 5) + ""), 1 => BatteryNo(random.Next(5_001, 5_005) + ""), _ => BatteryNo(random.Next(1, 3) + "") };

    private static void Check(World world)
    {
        var parts = world.State.RowsOf(PartsBook.Number, SerialParts.Items.Number, null, 100).Select(row => Read<Part>(SerialParts.Items.Number, row.Value)).ToDictionary(part => part.Id);
        var (inside, held) = (new Dictionary<(Sgtin, uint), uint>(), new Dictionary<(uint, string), uint>());
        foreach (var part in parts.Values)
        {
            foreach (var vin in part.Vins) Count(held, (part.Batch, vin));
            for (var around = part.Into; around is { } id; around = parts.TryGetValue(id, out var next) ? next.Into : null)
            {
                Count(inside, (id, part.Batch));
                foreach (var vin in parts.TryGetValue(id, out var outer) ? outer.Vins : default) Count(held, (part.Batch, vin));
            }
        }
        foreach (var ((batch, vin), count) in held)
            Assert.Equal(count, Read<SerialParts.Holding>(SerialParts.Holders.Number, world.State.RowOf(PartsBook.Number, SerialParts.Holders.Number, Key(HoldingKey.Of(batch, Iso3779.Key(vin))))!).Parts);
        Assert.Equal(held.Count, world.State.RowsOf(PartsBook.Number, SerialParts.Holders.Number, null, 100).Count);
        Assert.Equal(inside.Count, world.State.RowsOf(PartsBook.Number, SerialParts.Inner.Number, null, 100).Count);
        Assert.Equal(inside.Values.Sum(count => count),
            world.State.RowsOf(PartsBook.Number, SerialParts.Inner.Number, null, 100).Sum(row => Read<SerialParts.Inside>(SerialParts.Inner.Number, row.Value).Parts));
        Assert.Equal(parts.Values.Sum(part => part.Alarms), world.StateOf(PartsBook).Alarms);
    }

    private static void Count<TKey>(Dictionary<TKey, uint> counts, TKey key) where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static T Read<T>(byte table, byte[] value) where T : struct => ((Codec<T>)SerialParts.Contents.Tables.First(each => each.Number == table).ValueCodec).FromBytes(value);

    private static byte[] Key(HoldingKey key) => SerialParts.Contents.Table(SerialParts.Holders).KeyBytes(key);
}
