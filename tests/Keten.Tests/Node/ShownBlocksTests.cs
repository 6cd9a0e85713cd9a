using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class ShownBlocksTests
{
    [Fact]
    public async Task Blocks_are_made_ready_once_while_they_fit_and_those_asked_for_last_stay()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 10; each++) await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.Node.DisposeAsync();
        var records = StoredBlocks.Read(rig.Disk.Folder("blocks"), 0, []);
        var loaded = new List<ulong>();
        var room = 3 * new ShownBlock(records[0].Record, []).Bytes + 1_000;
        var shown = new ShownBlocks(Load, room);
        ulong[] asked = [1, 2, 3, 1, 2, 3];
        foreach (var height in asked) Assert.Equal(height, shown.Get(height).Record.Header.Height);
        Assert.Equal([1, 2, 3], loaded);
        shown.Get(1);
        shown.Get(4);       // 2 was asked for longest ago
        shown.Get(1);
        shown.Get(3);
        Assert.Equal([1, 2, 3, 4], loaded);
        shown.Get(2);
        Assert.Equal([1, 2, 3, 4, 2], loaded);
        shown.Clear();
        shown.Get(2);
        Assert.Equal([1, 2, 3, 4, 2, 2], loaded);

        ShownBlock Load(ulong height)
        {
            loaded.Add(height);
            return new ShownBlock(records[(int)height - 1].Record, []);
        }
    }

    [Fact]
    public void What_could_not_be_read_is_read_anew_the_next_time()
    {
        var times = 0;
        var shown = new ShownBlocks(_ => throw new IOException($"{++times}"));
        for (var each = 1; each <= 3; each++) Assert.Equal($"{each}", Assert.Throws<IOException>(() => shown.Get(1)).Message);
    }

    [Fact]
    public async Task Every_receipt_of_a_block_holds_and_shows_its_own_outcome_the_refused_ones_too()
    {
        await using var rig = new NodeRig(new SimulatedDisk(2));
        await rig.Open();
        await rig.Fund();
        var answers = await rig.SubmitAll(Enumerable.Range(0, 60).Select(each => rig.Pay(rig.Ada, rig.Bob, each % 7 == 3 ? 1L << 50 : 1)));
        await rig.Reopen();
        foreach (var answer in answers)
        {
            var receipt = rig.Node.ReceiptOf(answer.Id)!;
            Assert.Equal(Keten.Kernel.Blocks.ReceiptFault.None, Keten.Kernel.Blocks.ReceiptCheck.Check(receipt.ToBytes(), rig.Genesis, out _));
            Assert.Equal((answer.Id, answer.Height), (receipt.Transaction.Id, receipt.Header.Height));
            Assert.Equal(answer.Status == AnswerStatus.Done, Keten.Kernel.Blocks.OutcomeLeaf.Read(Assert.Single(receipt.Outcomes).Leaf).Code == 0);
            Assert.Equal(answer.Code, rig.Node.Find(answer.Id)!.Value.Code);
        }
    }
}
