using System.Collections.Concurrent;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Tests.Clients;

public sealed class CounterFileTests : IDisposable
{
    private static readonly Hash Ledger = Hash.Of("ledger"u8);
    private readonly TemporaryFolder folder = new();

    private CounterFile Counters => new(folder["ada.counters.json"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Counters_follow_one_another_and_are_remembered_before_they_are_used()
    {
        Assert.Equal(1UL, Counters.Take(Ledger, 0, default));
        Assert.Equal(2UL, Counters.Take(Ledger, 0, default, count: 10));
        Assert.Equal(12UL, Counters.Take(Ledger, 0, default));
    }

    [Fact]
    public void Lanes_and_ledgers_count_apart()
    {
        Assert.Equal(1UL, Counters.Take(Ledger, 0, default));
        Assert.Equal(1UL, Counters.Take(Ledger, 1, default));
        Assert.Equal(1UL, Counters.Take(Hash.Of("other"u8), 0, default));
        Assert.Equal(2UL, Counters.Take(Ledger, 0, default));
    }

    [Fact]
    public void A_copy_restored_from_a_backup_goes_on_after_what_the_ledger_has_seen()
    {
        Assert.Equal(1UL, Counters.Take(Ledger, 0, default));
        Assert.Equal(41UL, Counters.Take(Ledger, 0, new Window(40, 0, 0)));
        Assert.Equal(42UL, Counters.Take(Ledger, 0, new Window(40, 0, 0)));
    }

    [Fact]
    public void Many_takers_at_once_never_get_the_same_counter()
    {
        var taken = new ConcurrentBag<ulong>();
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => taken.Add(Counters.Take(Ledger, 0, default)));
        Assert.Equal(24, taken.Distinct().Count());
        Assert.Equal(24UL, taken.Max());
    }

    [Fact]
    public void A_damaged_file_is_an_error_and_not_a_fresh_start()
    {
        File.WriteAllText(folder["ada.counters.json"], "{");
        Assert.Throws<KeyFileException>(() => Counters.Take(Ledger, 0, default));
    }
}
