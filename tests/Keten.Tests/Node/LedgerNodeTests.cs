using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class LedgerNodeTests
{
    [Fact]
    public async Task A_payment_becomes_final_and_its_receipt_checks_against_the_genesis_alone()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        var payment = rig.Pay(rig.Ada, rig.Bob, 250);
        var answer = await rig.Submit(payment);
        Assert.Equal(AnswerStatus.Done, answer.Status);
        Assert.Equal(250, rig.BalanceOf(rig.Bob));
        Assert.Equal(answer.Height, rig.Node.Head!.Header.Height);
        var receipt = rig.Node.ReceiptOf(answer.Id)!;
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt.ToBytes(), rig.Genesis, out _));
        Assert.Equal(payment, rig.Node.Body(answer.Id));
        Assert.Equal(new TransactionPlace(answer.Height, 2, 0), rig.Node.Find(answer.Id));
    }

    [Fact]
    public async Task Many_in_one_go_each_get_their_own_answer_and_receipt()
    {
        await using var rig = new NodeRig(new SimulatedDisk(2), options: new PipelineOptions { BatchAtMost = 100 });
        await rig.Open();
        await rig.Fund();
        var payments = new List<byte[]>();
        for (var each = 0; each < 500; each++) payments.Add(rig.Pay(rig.Ada, rig.Bob, 1));
        var answers = await rig.SubmitAll(payments);
        Assert.All(answers, answer => Assert.Equal(AnswerStatus.Done, answer.Status));
        Assert.Equal(500, rig.BalanceOf(rig.Bob));
        for (var each = 0; each < answers.Length; each += 50)
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig.Node.ReceiptOf(answers[each].Id)!.ToBytes(), rig.Genesis, out _));
    }

    [Fact]
    public async Task The_transactions_of_a_request_are_decided_in_its_order_whichever_is_verified_first()
    {
        await using var rig = new NodeRig(new SimulatedDisk(7));
        await rig.Open();
        await rig.Fund();
        var answers = await rig.SubmitAll(Enumerable.Range(0, 1_500).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1)));
        Assert.All(answers, answer => Assert.Equal(AnswerStatus.Done, answer.Status));
        var places = answers.Select(answer => rig.Node.Find(answer.Id)!.Value).Select(found => (found.Height, found.HistoryIndex)).ToArray();
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public async Task What_is_final_is_followed_in_order_from_any_height()
    {
        await using var rig = new NodeRig(new SimulatedDisk(3));
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 30; each++) await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.Reopen();
        var expected = 1UL;
        await foreach (var block in rig.Node.FollowAsync(0))
        {
            Assert.Equal(expected, block.Certificate.Header.Height);
            Assert.True(block.Certificate.Verify(rig.Genesis.Validators));
            Assert.Equal(block.Certificate.Header.OutcomeRoot, Keten.Kernel.Trees.OutcomeTree.RootOf(block.Outcomes.LeafHashes));
            Assert.Equal(block.Outcomes.Events.Count, block.Readers.Count);
            if (expected++ == rig.Node.Head!.Header.Height) break;
        }
    }
}
