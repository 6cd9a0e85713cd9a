using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class AnswerTests
{
    [Fact]
    public async Task What_is_void_is_rejected_at_the_door_and_what_is_refused_is_decided_with_a_receipt()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        var good = rig.Pay(rig.Ada, rig.Bob, 1);
        var forged = good.ToArray();
        forged[^1] ^= 1;
        var stranger = SigningKey.Generate();
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var transfer = new KernelCalls.Transfer(null, Party.Of(rig.Bob.Id), NodeRig.Euro.Of(1), null);
        var now = new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds());
        var answers = await rig.SubmitAll([
            [1, 2, 3], new byte[Transaction.BytesAtMost + 1], forged, rig.Pay(stranger, rig.Bob, 1),
            new TransactionBuilder(Hash.Of("other"u8), now.Plus(10)).By(rig.Ada.Id, 900).Open(0, number, codec, transfer).Sign(rig.Ada),
            new TransactionBuilder(rig.Genesis.LedgerId, now.Plus(-1)).By(rig.Ada.Id, 901).Open(0, number, codec, transfer).Sign(rig.Ada),
            new TransactionBuilder(rig.Genesis.LedgerId, now.Plus(86_401)).By(rig.Ada.Id, 902).Open(0, number, codec, transfer).Sign(rig.Ada),
            rig.Pay(rig.Bob, rig.Ada, 5), good]);
        Assert.Equal(
            [KernelRefusal.Malformed, KernelRefusal.TooLarge, KernelRefusal.BadSignature, KernelRefusal.UnknownKey, KernelRefusal.WrongLedger, KernelRefusal.Expired, KernelRefusal.ExpiryTooFar],
            answers[..7].Select(answer => answer.Refusal));
        Assert.All(answers[..7], answer => Assert.Equal(AnswerStatus.Rejected, answer.Status));
        Assert.Equal((AnswerStatus.Refused, KernelRefusal.InsufficientFunds), (answers[7].Status, answers[7].Refusal));
        Assert.Equal(AnswerStatus.Done, answers[8].Status);
        Assert.Equal(113u, rig.Node.Find(answers[7].Id)!.Value.Code);
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig.Node.ReceiptOf(answers[7].Id, 3)!.ToBytes(), rig.Genesis, out _));
    }

    [Fact]
    public async Task A_transaction_sent_again_is_answered_as_it_was_decided_and_its_counter_used_otherwise_is_void()
    {
        await using var rig = new NodeRig(new SimulatedDisk(2));
        await rig.Open();
        await rig.Fund();
        var payment = rig.Pay(rig.Ada, rig.Bob, 5);
        var refused = rig.Pay(rig.Bob, rig.Ada, 500);
        var first = await rig.SubmitAll([payment, refused, payment]);
        Assert.Equal(first[0], first[2]);
        await rig.Reopen();
        Assert.Equal(first, await rig.SubmitAll([payment, refused, payment]));
        Assert.Equal(5, rig.BalanceOf(rig.Bob));
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var other = new TransactionBuilder(rig.Genesis.LedgerId, new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds()).Plus(60)).By(rig.Bob.Id, 1)
            .Open(0, number, codec, new KernelCalls.Transfer(null, Party.Of(rig.Ada.Id), NodeRig.Euro.Of(1), null)).Sign(rig.Bob);
        var replayed = await rig.Submit(other);
        Assert.Equal((AnswerStatus.Rejected, KernelRefusal.Replayed, 0UL), (replayed.Status, replayed.Refusal, replayed.Height));
        Assert.Null(rig.Node.Find(replayed.Id));
        Assert.Null(rig.Node.ReceiptOf(replayed.Id));
    }

    [Fact]
    public async Task A_request_is_taken_whole_or_not_at_all_and_there_is_room_again_when_the_queue_has_moved()
    {
        await using var rig = new NodeRig(new SimulatedDisk(3), options: new PipelineOptions { QueueAtMost = 10 });
        await rig.Open();
        await rig.Fund();
        Task<Answer[]> whole = null!, refused = null!;
        // Nobody gets by the state while it is being read: Ada's key is not known to the door yet.
        rig.Node.Read(_ =>
        {
            whole = rig.SubmitAll(Payments(rig, 30));
            Assert.True(rig.Node.IsBusy);
            refused = rig.SubmitAll(Payments(rig, 5));
            Assert.True(refused.IsCompleted);
            return true;
        });
        Assert.All(await refused, answer => Assert.Equal((AnswerStatus.Rejected, KernelRefusal.Busy), (answer.Status, answer.Refusal)));
        Assert.All(await whole, answer => Assert.Equal(AnswerStatus.Done, answer.Status));
        Assert.False(rig.Node.IsBusy);
        Assert.Equal(AnswerStatus.Done, (await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1))).Status);
        Assert.Equal(31, rig.BalanceOf(rig.Bob));
    }

    [Fact]
    public async Task Accepted_is_durable_in_the_log_and_outlives_the_process()
    {
        var disk = new SimulatedDisk(4);
        await using var rig = new NodeRig(disk);
        await rig.Open();
        await rig.Fund();
        var answer = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 9), WaitFor.Accepted);
        disk.Restart();
        Assert.Equal(AnswerStatus.Accepted, answer.Status);
        await rig.Node.DisposeAsync();
        await rig.Open(null);
        Assert.Equal(9, rig.BalanceOf(rig.Bob));
        Assert.NotNull(rig.Node.Find(answer.Id));
    }

    [Fact]
    public async Task A_transaction_of_many_calls_shows_sixteen_of_them_in_a_receipt_from_any_on()
    {
        await using var rig = new NodeRig(new SimulatedDisk(5));
        await rig.Open();
        await rig.Fund();
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var builder = rig.Begin(rig.Ada);
        for (var each = 0; each < 40; each++) builder.Open(0, number, codec, new KernelCalls.Transfer(null, Party.Of(rig.Bob.Id), NodeRig.Euro.Of(each + 1), null));
        var answer = await rig.Submit(builder.Sign(rig.Ada));
        foreach (var from in new[] { 0, 20, 39 })
        {
            var receipt = rig.Node.ReceiptOf(answer.Id, from)!;
            Assert.Equal(Math.Min(16, 40 - from), receipt.Outcomes.Count);
            Assert.Equal((ulong)from, OutcomeLeaf.Read(receipt.Outcomes[0].Leaf).Index);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt.ToBytes(), rig.Genesis, out _));
        }
    }

    [Fact]
    public async Task A_closed_node_says_so()
    {
        await using var rig = new NodeRig(new SimulatedDisk(6));
        await rig.Open();
        var follower = rig.Node.FollowAsync(0).GetAsyncEnumerator();
        var next = follower.MoveNextAsync().AsTask();
        await rig.Node.DisposeAsync();
        await Assert.ThrowsAsync<NodeStoppedException>(() => next);
        await Assert.ThrowsAsync<NodeStoppedException>(() => rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1)));
        await Assert.ThrowsAsync<NodeStoppedException>(() => rig.Node.ProveAsync(Keten.Kernel.State.RecordKeys.Agreement(1)));
    }

    private static IEnumerable<byte[]> Payments(NodeRig rig, int count) => Enumerable.Range(0, count).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1));
}
