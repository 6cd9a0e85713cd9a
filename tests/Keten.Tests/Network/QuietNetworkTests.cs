using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;

namespace Keten.Tests.Networks;

/// <summary>A network in which nothing happens, and somebody wants a proof (rule 14, decision 12).</summary>
public sealed class QuietNetworkTests
{
    [Fact]
    public async Task A_proof_is_had_within_seconds_and_then_the_network_is_quiet_again()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await Quiet(rig);
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        await Quiet(rig);
        var (before, seconds) = (Entries(rig), 0);
        var proving = rig[1].ProveAsync(RecordKeys.Account(new AccountKey(Party.Of(rig.Ada.Id), NetworkRig.Euro, default)));
        for (; seconds < 20 && !proving.IsCompleted; seconds++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Quiet(rig);
        }
        Assert.True((await proving.WaitAsync(TimeSpan.FromSeconds(20))).Verify(rig.Genesis));
        Assert.InRange(seconds, 1, 6);
        // A second costs one tick that asks, and an answer of each of the others.
        Assert.InRange(Entries(rig) - before, 4, 4 * (seconds + 1));
        var after = Entries(rig);
        for (var second = 0; second < 10; second++) rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await Quiet(rig);
        Assert.Equal(after, Entries(rig));
    }

    [Fact]
    public async Task Nobody_is_asked_more_than_once_a_second_however_many_wait()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(2);
        await rig.CloseAsync(3);
        await Quiet(rig);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await Quiet(rig);
        // Two of four: ledger time cannot move, and it is not asked for without end.
        var before = Entries(rig);
        var proving = rig[0].ProveAsync(RecordKeys.Agreement(1));
        await Quiet(rig);
        Assert.InRange(Entries(rig) - before, 1, 2);
        Assert.False(proving.IsCompleted);
    }

    [Fact]
    public void A_tick_that_asks_says_so_and_has_no_transactions()
    {
        using var rig = Keten.Client.SigningKey.Generate();
        var asking = Entry.Parse(Entry.Sign(rig, Hash.Of("l"u8), 0, 1, new Instant(7), [], asks: true).Bytes);
        Assert.True(asking.Asks);
        Assert.Empty(asking.Transactions);
        Assert.False(Entry.Parse(Entry.Sign(rig, Hash.Of("l"u8), 0, 1, new Instant(7), []).Bytes).Asks);
    }

    private static long Entries(NetworkRig rig) => new MemoryLog(rig.Order).RangeAsync().AsTask().Result.Last;

    // Until no entry has come for a while in which several could have.
    private static async Task Quiet(NetworkRig rig)
    {
        for (var (last, same, waited) = (Entries(rig), 0, 0); same < 12; same++)
        {
            Assert.True(waited++ < 500, "It is never quiet.");
            await Task.Delay(10);
            if (Entries(rig) is var now && now != last) (last, same) = (now, 0);
        }
    }
}
