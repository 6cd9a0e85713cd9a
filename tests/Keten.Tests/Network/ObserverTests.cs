using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Tests.Networks;

/// <summary>A node without a validator's key: it follows and verifies, and says nothing.</summary>
public sealed class ObserverTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_observer_follows_with_or_without_the_shared_log_and_states_nothing(bool sharesLog)
    {
        await using var rig = new NetworkRig(4, observers: 1);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.JoinAsync(4, sharesLog ? null : new NoSharedLog(), rig.PeerOf(0), rig.PeerOf(1));
        var answer = await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 5));
        await rig.SameAsync(answer.Height, 0, 4);
        Assert.Equal(5, rig[4].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig[4].ReceiptOf(answer.Id)!, rig.Genesis));
        Assert.True(rig[4].IsObserver);
        var refused = await Assert.ThrowsAsync<ObserverException>(() => rig[4].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 5)], WaitFor.Final));
        Assert.Equal(["http://v0", "http://v1"], refused.Validators);
        for (var height = 1L; height <= (long)answer.Height; height++) Assert.InRange((await rig.Register.ReadAsync(height)).Count, 3, 4);
        Assert.False(rig.DiskOf(4).Exists("promises"));
        await rig.CloseAsync(4);
        await rig.JoinAsync(4, sharesLog ? null : new NoSharedLog(), rig.PeerOf(0));
        await rig.SameAsync((await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 5))).Height, 0, 4);
    }

    [Fact]
    public async Task An_observer_takes_no_block_that_the_validators_did_not_certify()
    {
        await using var rig = new NetworkRig(4, observers: 1);
        await rig.OpenAllAsync();
        await rig.CloseAsync(2);
        await rig.FundAsync();
        await rig.JoinAsync(4, null, rig.PeerOf(0));
        await rig.QuietAsync();
        await rig.CloseAsync(1);
        // Two of four read an entry: nobody can certify it.
        var waiting = rig[0].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 5)], WaitFor.Final);
        await Wait.UntilAsync(() => rig[4].Read(ledger => ledger.Head?.Height ?? 0) >= rig[0].Read(ledger => ledger.Head!.Height));
        await Task.Delay(100);
        Assert.True(rig[4].Head!.Header.Height < rig[4].Read(ledger => ledger.Head!.Height));
        await rig.OpenAsync(2);
        await rig.SameAsync((await waiting.WaitAsync(TimeSpan.FromSeconds(30)))[0].Height, 0, 4);
    }
}

/// <summary>Rule 10: the log forgets what a certificate's worth of validators has archived.</summary>
public sealed class SharedPruningTests
{
    [Fact]
    public async Task One_dead_validator_does_not_fill_the_log_and_it_catches_up_from_peers_when_it_is_back()
    {
        await using var rig = new NetworkRig(4);
        rig.Options = rig.Options with { KeepShared = 5 };
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        for (var each = 0; each < 20; each++) await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        var log = new MemoryLog(rig.Order);
        for (var wait = 0; wait < 500 && (await log.RangeAsync()).First < 10; wait++) await Task.Delay(10);
        var range = await log.RangeAsync();
        Assert.InRange(range.First, 10, range.Last - 4);
        await rig.JoinAsync(3, null, rig.PeerOf(0));
        await rig.SameAsync((await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 1, 2, 3);
    }

    [Fact]
    public async Task Nothing_is_forgotten_that_fewer_have_archived()
    {
        await using var rig = new NetworkRig(4);
        for (var each = 0; each < 4; each++)
        {
            // Two keep all there is.
            rig.Options = rig.Options with { KeepShared = each < 2 ? 1 : 1_000_000 };
            await rig.OpenAsync(each);
        }
        await rig.FundAsync();
        for (var each = 0; each < 10; each++) await rig.DoneAsync(each % 4, rig.Pay(rig.Ada, rig.Bob, 1));
        await Task.Delay(200);
        Assert.Equal(1, (await new MemoryLog(rig.Order).RangeAsync()).First);
    }

    /// <summary>What is not certified is not archived, however long it is: without a quorum nothing more is forgotten.</summary>
    [Fact]
    public async Task What_is_not_certified_stays()
    {
        // A store that would believe two.
        await using var rig = new NetworkRig(4) { Order = new MemoryStore(pruneQuorum: 2) };
        rig.Options = rig.Options with { KeepShared = 1 };
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(2);
        await rig.CloseAsync(3);
        var last = rig[0].Head!.Header;
        var waiting = rig[0].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 1)], WaitFor.Final);
        await Task.Delay(300);
        Assert.True((await new MemoryLog(rig.Order).RangeAsync()).First <= (long)last.LogPosition);
        await rig.OpenAsync(2);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
