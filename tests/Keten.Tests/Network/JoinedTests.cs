using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Backups;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>Who joins follows what validators have changed meanwhile, and where they have restarted the order.</summary>
public sealed class JoinedTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_node_joins_after_the_validators_of_the_genesis_were_replaced(bool snapshots)
    {
        await using var rig = Rig(snapshots);
        await rig.OpenAllAsync();
        await rig.OpenAsync(5);
        await rig.FundAsync();
        await AddAsync(rig, 5);
        await rig.SameAsync(await rig.CarryAsync(1, new KernelCalls.Change(Remove: rig.PartyOf(0)), 0, 1, 2, 5), 1, 2, 3, 5);
        var rekeyed = SigningKey.Generate();
        await rig.SameAsync((await rig.DoneAsync(1, rig.Do(3, new KernelCalls.Rekey(rig.PartyOf(3), rekeyed.Public, KeyProof.Sign(rekeyed, rig.Genesis.LedgerId, rig.PartyOf(3)))))).Height, 1, 2, 3, 5);
        await rig.CloseAsync(0);
        await rig.CloseAsync(3);
        await PayAsync(rig, 20, 1, 2, 5);
        await ForgetAsync(rig, 1, 2, 5);

        // One who leaves the new validators out, or tells others, is told apart.
        foreach (var lie in (Func<CertifiedBlock, CertifiedBlock>[])[one => one with { Next = null }, one => one.Next is null ? one : one with { Next = rig.Genesis.Validators }, one => one with { Next = one.Next ?? rig.Genesis.Validators }])
        {
            var liar = rig.PeerOf(1, (question, answer) => question.Topic == PeerTopic.Certificates && answer is not null ? Written(CertifiedBlock.Read(answer).Select(lie)) : answer);
            await rig.JoinAsync(4, null, liar);
            await Wait.UntilAsync(() => liar.Lies > 0);
            Assert.Null(rig[4].Head);
            await rig.CloseAsync(4);
        }

        // The observer, and a validator that lost its disk.
        var peer = rig.PeerOf(1);
        await rig.JoinAsync(4, null, peer);
        var answer = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 7));
        await rig.SameAsync(answer.Height, 1, 2, 4, 5);
        Assert.Equal((null, 0), (peer.LastLie, peer.Lies));
        Assert.Equal(3, rig[4].ChangesOfValidators().Length);
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig[4].ReceiptOf(answer.Id)!.ToBytes(), rig.Genesis, out _));
        await rig.CloseAsync(4);
        Assert.DoesNotContain(NodeCheck.Run(rig.DiskOf(4)), finding => finding.IsDamage);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_node_joins_after_the_order_was_restarted_and_goes_on_in_the_new_order(bool snapshots)
    {
        await using var rig = Rig(snapshots);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await PayAsync(rig, 6, 0, 1, 2, 3);
        await RestartAsync(rig);
        await PayAsync(rig, 20, 0, 1, 2, 3);
        if (snapshots) await ForgetAsync(rig, 0, 1, 2, 3);

        // The fifth key is no validator's yet: it follows the log, as the observer does, and both are voted on what they have followed.
        foreach (var node in new[] { 4, 5 })
        {
            // Those who came into the epoch themselves so have no record's file to give.
            LocalPeer[] peers = [.. Enumerable.Range(0, 2).Select(peer => rig.PeerOf(peer, (question, answer) => question.Topic == PeerTopic.Epoch ? null : answer))];
            await rig.JoinAsync(node, null, peers);
            if (!snapshots)
            {
                // Entry by entry it comes to the record, and is opened again for the new order.
                await Wait.UntilAsync(() => rig[node].Fault is not null);
                Assert.Contains("Start it again", rig[node].Fault!.Message, StringComparison.Ordinal);
                await rig.CloseAsync(node);
                await rig.JoinAsync(node, null, peers);
            }
            Assert.Equal(1ul, rig[node].Epoch);
            var answer = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 7));
            Assert.Equal(1ul, (await rig.SameAsync(answer.Height, 0, 1, 2, 3, node)).Epoch);
        }
        var added = await AddAsync(rig, 5);
        await rig.SameAsync(added, 4, 5);
        await rig.SameAsync((await rig.DoneAsync(5, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3, 4, 5);
        await rig.CloseAsync(4);
        Assert.DoesNotContain(NodeCheck.Run(rig.DiskOf(4)), finding => finding.IsDamage);
    }

    [Fact]
    public async Task An_observer_without_access_to_the_order_follows_through_a_change_of_validators_and_a_restart()
    {
        await using var rig = Rig(snapshots: false);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.JoinAsync(4, new NoSharedLog(), rig.PeerOf(0), rig.PeerOf(1));
        await rig.SameAsync((await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 4);
        await rig.OpenAsync(5);
        await rig.SameAsync(await AddAsync(rig, 5), 0, 4, 5);
        await rig.CloseAsync(5);
        await RestartAsync(rig);
        var answer = await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 7));
        Assert.Equal(1ul, (await rig.SameAsync(answer.Height, 0, 4)).Epoch);
        Assert.Null(rig[4].Fault);
    }

    [Fact]
    public async Task A_backup_from_after_a_restart_goes_on_in_the_new_order()
    {
        await using var rig = Rig(snapshots: true);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await RestartAsync(rig);
        await PayAsync(rig, 12, 0, 1, 2, 3);
        var (_, archive) = BackupTests.Copy(rig.DiskOf(3));
        await rig.CloseAsync(3);
        await PayAsync(rig, 3, 0, 1, 2);
        var disk = new SimulatedDisk(9);
        Restore.Read(new MemoryStream(archive), disk);
        rig.Replace(3, disk);
        await rig.JoinAsync(3, null, rig.PeerOf(0), rig.PeerOf(1));
        Assert.Equal(1ul, rig[3].Epoch);
        await rig.SameAsync((await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3);
    }

    /// <summary>Nobody carries the complete record back to those who signed before it was, or to one that did not sign: they ask one that has begun.</summary>
    [Fact]
    public async Task The_record_of_an_epoch_is_had_from_one_that_has_begun_it()
    {
        await using var rig = Rig(snapshots: false);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await PayAsync(rig, 6, 0, 1, 2, 3);
        for (var each = 0; each < 4; each++) await rig.CloseAsync(each);
        var file = await Epochs.ProposeAsync(rig.Setup(0), [], []);
        for (var each = 0; each < 3; each++) file = (await Epochs.SignAsync(rig.Setup(each), file)).File;
        rig.Order = new Keten.Log.MemoryStore(pruneQuorum: 3);
        rig.Register = new Keten.Log.MemoryRegister();
        await rig.JoinAsync(2, null);

        // One signature short, or no record at all, and it is as if there were none.
        var short1 = file with { Certificate = file.Certificate with { Signatures = new Many<EpochSignature>([.. file.Certificate.Signatures.Skip(1)]) } };
        foreach (var lie in (byte[][])[short1.ToBytes(), [1, 2, 3]])
        {
            var liar = rig.PeerOf(2, (question, answer) => question.Topic == PeerTopic.Epoch ? lie : answer);
            var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => rig.JoinAsync(0, null, liar));
            Assert.Contains("has signed the record of epoch 1", fault.Message, StringComparison.Ordinal);
        }
        for (var each = 0; each < 4; each++)
            if (each != 2) await rig.JoinAsync(each, null, rig.PeerOf(2));
        Assert.All(Enumerable.Range(0, 4), each => Assert.Equal(1ul, rig[each].Epoch));
        for (var each = 0; each < 4; each++) await rig.SameAsync((await rig.DoneAsync(each, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3);
    }

    private static NetworkRig Rig(bool snapshots)
    {
        var rig = new NetworkRig(4, observers: 1);
        rig.Options = rig.Options with { SnapshotEvery = snapshots ? 4 : 1_000_000, ReplayAtMost = snapshots ? 5 : 10_000 };
        return rig;
    }

    private static Task<ulong> AddAsync(NetworkRig rig, int node) => rig.CarryAsync(1, new KernelCalls.Change(
        Add: new KernelCalls.NewValidator($"V{node}", rig.PartyOf(node), rig.Nodes[node].Public, KeyProof.Sign(rig.Nodes[node], rig.Genesis.LedgerId, rig.PartyOf(node)))), 0, 1, 2);

    private static async Task PayAsync(NetworkRig rig, int count, params int[] through)
    {
        for (var each = 0; each < count; each++)
        {
            await rig.DoneAsync(through[each % through.Length], rig.Pay(rig.Ada, rig.Bob, 1));
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await rig.QuietAsync();
    }

    // The shared log forgets all but its last entries; where there are snapshots, one of the latest epoch is offered.
    private static async Task ForgetAsync(NetworkRig rig, params int[] validators)
    {
        var range = await new Keten.Log.MemoryLog(rig.Order).RangeAsync();
        foreach (var each in validators) await new Keten.Log.MemoryLog(rig.Order, $"v{each}").PruneAsync(range.Last - 1);
        if (rig.Options.SnapshotEvery > 1_000) return;
        await Wait.UntilAsync(async () => await rig.PeerOf(1).AskAsync(new PeerQuestion(PeerTopic.Tip), default) is { } tip && Tip.FromBytes(tip).Snapshot is { } offered
            && rig[1].CertificateOf(offered.Height)!.Header.Epoch == rig[1].Epoch);
    }

    private static async Task RestartAsync(NetworkRig rig)
    {
        for (var each = 0; each < 4; each++) await rig.CloseAsync(each);
        var proposer = Enumerable.Range(0, 4).MaxBy(each => Epochs.ProposeAsync(rig.Setup(each), [], []).Result.Record.Base.Height);
        var file = await Epochs.ProposeAsync(rig.Setup(proposer), [], []);
        var signed = file;
        for (var each = 0; each < 4; each++) signed = signed.With((await Epochs.SignAsync(rig.Setup((proposer + each) % 4), signed)).File)!;
        for (var each = 0; each < 4; each++) await Epochs.ApplyAsync(rig.Setup(each), signed);
        rig.Order = new Keten.Log.MemoryStore(pruneQuorum: 3);
        rig.Register = new Keten.Log.MemoryRegister();
        for (var each = 0; each < 4; each++) await rig.JoinAsync(each, null, [.. Enumerable.Range(0, 4).Where(peer => peer != each).Select(peer => rig.PeerOf(peer))]);
    }

    private static byte[] Written(IEnumerable<CertifiedBlock> blocks)
    {
        var writer = new Keten.Kernel.Cbor.CborWriter();
        writer.Array(blocks.Count());
        foreach (var block in blocks) block.Write(writer);
        return writer.ToArray();
    }
}
