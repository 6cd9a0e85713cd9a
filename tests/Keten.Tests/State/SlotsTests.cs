using System.Runtime.CompilerServices;
using Keten.Kernel.State;

namespace Keten.Tests.States;

public sealed class SlotsTests
{
    /// <summary>A key of which many share a hash code.</summary>
    private readonly record struct Clashing(int Number)
    {
        public override int GetHashCode() => Number % 7;
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 3_000)]
    [InlineData(3, 20_000)]
    public void Whatever_comes_and_goes_it_holds_what_a_dictionary_holds(int seed, int keys)
    {
        var (random, slots, model) = (new Random(seed), new Slots<int, string>(), new Dictionary<int, string>());
        for (var step = 0; step < 5 * keys; step++)
        {
            var key = random.Next(keys) * (1 << random.Next(3));
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal(model.Remove(key), slots.Remove(key));
                    break;
                case 1 when !model.ContainsKey(key):
                    slots.Add(key, out var at) = $"{step}";
                    model.Add(key, $"{step}");
                    Assert.True(slots.TryAt(at, out var there, out var value) && there == key && value == $"{step}");
                    break;
                default:
                    Assert.Equal(model.GetValueOrDefault(key), Value(slots, key));
                    break;
            }
        }
        Assert.Equal(model.Count, slots.Count);
        Assert.Equal(model.Order(Comparer<KeyValuePair<int, string>>.Create((left, right) => left.Key.CompareTo(right.Key))), All(slots).OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Keys_with_one_hash_code_are_told_apart()
    {
        var slots = new Slots<Clashing, int>();
        for (var number = 0; number < 500; number++) slots.Add(new Clashing(number), out _) = number;
        for (var number = 0; number < 500; number += 3) Assert.True(slots.Remove(new Clashing(number)));
        for (var number = 0; number < 500; number++)
        {
            ref var found = ref slots.Find(new Clashing(number), out _);
            Assert.Equal(number % 3 == 0, Unsafe.IsNullRef(ref found));
            if (number % 3 != 0) Assert.Equal(number, found);
        }
    }

    [Fact]
    public void A_key_keeps_its_place_while_others_come_and_go()
    {
        var slots = new Slots<int, int>();
        slots.Add(-1, out var place) = 7;
        for (var key = 0; key < 5_000; key++) slots.Add(key, out _) = key;
        for (var key = 0; key < 5_000; key += 2) slots.Remove(key);
        Assert.Equal(7, slots.Find(-1, out var now));
        Assert.Equal(place, now);
        slots.Add(9_999, out var free);
        Assert.InRange(free, 0, slots.Places - 2);
    }

    private static string? Value(Slots<int, string> slots, int key)
    {
        ref var found = ref slots.Find(key, out _);
        return Unsafe.IsNullRef(ref found) ? null : found;
    }

    private static IEnumerable<KeyValuePair<int, string>> All(Slots<int, string> slots)
    {
        for (var place = 0; place < slots.Places; place++)
            if (slots.TryAt(place, out var key, out var value)) yield return new(key, value);
    }
}
