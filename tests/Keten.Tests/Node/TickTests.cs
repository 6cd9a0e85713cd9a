using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class TickTests
{
    [Fact]
    public async Task What_is_due_runs_by_ticks_and_ticks_never_answer_ticks()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1), new Catalogue(EMoney.Contents, Reminder.Contents));
        await rig.Open();
        var due = Now(rig).Plus(10);
        var opened = await rig.Submit(rig.Begin(rig.Ada).Open(900, 1, Codecs.Reminder.Begin, new Reminder.Begin(Party.Of(rig.Ada.Id), due, 3)).Sign(rig.Ada));
        Assert.Equal(AnswerStatus.Done, opened.Status);
        rig.Clock.Advance(TimeSpan.FromSeconds(9));
        await Settle();
        Assert.Equal(opened.Height, rig.Node.Head!.Header.Height);
        for (var ring = 1UL; ring <= 3; ring++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Reach(rig, opened.Height + ring);
            Assert.Equal(3 - ring, ((Reminder)rig.Node.Read(ledger => ledger.State.Agreement(1)!.State)).Left);
        }
        // Nothing is due any more: a tick an hour, and otherwise the night stays quiet.
        rig.Clock.Advance(TimeSpan.FromHours(5) + TimeSpan.FromSeconds(5));
        await Reach(rig, opened.Height + 3 + 5);
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await Settle();
        Assert.Equal(opened.Height + 3 + 5, rig.Node.Head!.Header.Height);
        await foreach (var block in rig.Node.FollowAsync(opened.Height))
        {
            Assert.Single(block.Outcomes.Calls);
            Assert.Equal(900, block.Outcomes.Events[0].Contract.Code);
            Assert.True(block.Readers[0].Allows(Party.Of(rig.Ada.Id)));
            Assert.False(block.Readers[0].Allows(Party.Of(rig.Bob.Id)));
            if (block.Certificate.Header.Height == opened.Height + 3) break;
        }
    }

    [Fact]
    public async Task After_a_quiet_night_ledger_time_catches_up_before_anything_is_judged_by_it()
    {
        await using var rig = new NodeRig(new SimulatedDisk(2));
        await rig.Open();
        await rig.Fund();
        rig.Clock.Advance(TimeSpan.FromHours(30));
        var answer = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(AnswerStatus.Done, answer.Status);
        Assert.Equal(Now(rig), rig.Node.Read(ledger => ledger.State.Now));
        await rig.Node.DisposeAsync();
        rig.Clock.Advance(TimeSpan.FromDays(3));
        await rig.Open(null);
        Assert.True(Now(rig) - rig.Node.Read(ledger => ledger.State.Now) <= 3_600);
    }

    [Fact]
    public async Task A_jump_of_more_than_35_days_needs_the_operators_word()
    {
        await using var rig = new NodeRig(new SimulatedDisk(3));
        await rig.Open();
        await rig.Fund();
        await rig.Node.DisposeAsync();
        rig.Clock.Advance(TimeSpan.FromDays(36));
        var refused = await Assert.ThrowsAsync<NodeStoppedException>(() => rig.Open(null));
        Assert.Contains(nameof(PipelineOptions.AcceptClockJump), refused.Message, StringComparison.Ordinal);
        rig.Options = rig.Options with { AcceptClockJump = true };
        await rig.Open(null);
        Assert.True(Now(rig) - rig.Node.Read(ledger => ledger.State.Now) <= 3_600);
    }

    [Fact]
    public async Task Records_and_their_absence_are_proved_under_certified_headers()
    {
        await using var rig = new NodeRig(new SimulatedDisk(4));
        await rig.Open();
        await rig.Fund();
        await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 77));
        var key = new AccountKey(Party.Of(rig.Bob.Id), NodeRig.Euro, default);
        var there = rig.Node.ProveAsync(RecordKeys.Account(key));
        var absent = rig.Node.ProveAsync(RecordKeys.Agreement(999));
        for (var left = 200; left > 0 && !(there.IsCompleted && absent.IsCompleted); left--)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }
        var proof = StateEvidence.FromBytes((await there).ToBytes());
        Assert.True(proof.Verify(rig.Genesis));
        Assert.Equal(77, new CborReader(proof.Value!).Integer());
        Assert.True((await absent).Verify(rig.Genesis));
        Assert.Null((await absent).Value);
        Assert.False((await absent with { Value = [1] }).Verify(rig.Genesis));
        await Assert.ThrowsAsync<MalformedException>(() => rig.Node.ProveAsync([1, 2, 3]));
    }

    [Fact]
    public async Task Many_records_are_proved_under_one_header_while_others_change()
    {
        await using var rig = new NodeRig(new SimulatedDisk(4));
        await rig.Open();
        await rig.Fund();
        await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 77));
        var keys = Enumerable.Range(0, 1_000).Select(each => each == 700 ? RecordKeys.Account(new AccountKey(Party.Of(rig.Bob.Id), NodeRig.Euro, default)) : RecordKeys.Agreement((ulong)each)).ToArray();
        var proving = rig.Node.ProveAsync(keys);
        for (var left = 200; left > 0 && !proving.IsCompleted; left--)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        }
        var proofs = await proving;
        Assert.Equal(keys, proofs.Select(proof => proof.Key));
        Assert.Single(proofs.Select(proof => proof.Certificate).Distinct());
        Assert.All(proofs, proof => Assert.True(proof.Verify(rig.Genesis)));
        Assert.True(new CborReader(proofs[700].Value!).Integer() >= 77);
        Assert.NotNull(proofs[1].Value);
        Assert.Null(proofs[2].Value);
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Node.ProveAsync([.. keys, keys[0]]));
    }

    [Fact]
    public async Task Fifty_thousand_proofs_are_waited_for_and_no_more()
    {
        await using var rig = new NodeRig(new SimulatedDisk(4));
        await rig.Open();
        await rig.Fund();
        var keys = Enumerable.Repeat(RecordKeys.Agreement(1), 1_000).ToArray();
        var waiting = Enumerable.Range(0, 50).Select(_ => rig.Node.ProveAsync(keys)).ToArray();
        await Assert.ThrowsAsync<NodeBusyException>(() => rig.Node.ProveAsync(keys[0]));
        await rig.Node.DisposeAsync();
        foreach (var one in waiting) await Assert.ThrowsAsync<NodeStoppedException>(() => one);
    }

    [Fact]
    public async Task Statements_are_verified_ahead_of_the_order_and_a_bad_one_is_refused()
    {
        await using var rig = new NodeRig(new SimulatedDisk(5), new Catalogue(EMoney.Contents, Reminder.Contents));
        await rig.Open();
        await rig.Submit(rig.Begin(rig.Ada).Open(900, 1, Codecs.Reminder.Begin, new Reminder.Begin(Party.Of(rig.Ada.Id), Now(rig).Plus(1_000), 1)).Sign(rig.Ada));
        var said = StatementSigning.Sign(rig.Genesis.LedgerId, rig.Bob, Codecs.Reminder.Said, new Reminder.Said(new Agreement<Reminder>(1), 42));
        Assert.Equal(AnswerStatus.Done, (await Note(said)).Status);
        Assert.Equal(42UL, ((Reminder)rig.Node.Read(ledger => ledger.State.Agreement(1)!.State)).Left);
        var refused = await Note(said with { Statement = said.Statement with { What = 43 } });
        Assert.Equal((AnswerStatus.Refused, KernelRefusal.BadReference), (refused.Status, refused.Refusal));

        Task<Answer> Note(Signed<Reminder.Said> what) => rig.Submit(rig.Begin(rig.Ada).Call(1, 3, Codecs.Reminder.Note, new Reminder.Note(what)).Sign(rig.Ada));
    }

    private static Instant Now(NodeRig rig) => new(rig.Clock.GetUtcNow().ToUnixTimeSeconds());

    private static async Task Reach(NodeRig rig, ulong height)
    {
        for (var left = 500; left > 0 && rig.Node.Head!.Header.Height < height; left--) await Task.Delay(10);
        Assert.Equal(height, rig.Node.Head!.Header.Height);
    }

    // Long enough for a tick that should not come, to come.
    private static Task Settle() => Task.Delay(50);
}
