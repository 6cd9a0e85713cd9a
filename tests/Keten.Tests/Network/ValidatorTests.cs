using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Tests.Networks;

/// <summary>Several validators, one ledger.</summary>
public sealed class ValidatorTests
{
    [Fact]
    public async Task Four_validators_take_transactions_and_come_to_the_same_headers()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var last = 0ul;
        for (var each = 0; each < 40; each++)
        {
            var answer = await rig.DoneAsync(each % 4, rig.Pay(rig.Ada, rig.Bob, 10));
            last = Math.Max(last, answer.Height);
            if (each % 10 == 9) rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await rig.SameAsync(last, 0, 1, 2, 3);
        for (var each = 0; each < 4; each++)
        {
            Assert.Equal(400, rig[each].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));
            Assert.True(rig[each].CertificateOf(last)!.Verify(rig.Genesis.Validators));
        }
    }

    [Fact]
    public async Task All_at_once_through_all_of_them()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var payments = Enumerable.Range(0, 200).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1)).ToArray();
        var answers = await Task.WhenAll(payments.Select((payment, place) => rig[place % 4].SubmitAsync([payment], WaitFor.Final))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(answers, answer => Assert.Equal(AnswerStatus.Done, answer[0].Status));
        await rig.SameAsync(answers.Max(answer => answer[0].Height), 0, 1, 2, 3);
        Assert.Equal(200, rig[3].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));
    }

    [Fact]
    public async Task One_of_four_may_be_away_and_catches_up_when_it_is_back()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(2);
        for (var each = 0; each < 10; each++) await rig.DoneAsync(each % 2, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.OpenAsync(2);
        var answer = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(answer.Height, 0, 1, 2, 3);
    }

    [Fact]
    public async Task Without_a_quorum_nothing_becomes_final_and_with_it_everything_does()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAsync(0);
        await rig.OpenAsync(1);
        var waiting = rig[0].SubmitAsync([rig.BeginMoney()], WaitFor.Final);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        Assert.Null(rig[0].Head);
        await rig.OpenAsync(3);
        Assert.Equal(AnswerStatus.Done, (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))[0].Status);
    }

    /// <summary>Rules 6 and 7: a certificate holds a quorum of attestations, each of another validator; a receipt with it checks by genesis alone, and with one fewer it does not.</summary>
    [Fact]
    public async Task A_receipt_carries_a_quorum_of_attestations()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var answer = await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 5));
        var receipt = rig[1].ReceiptOf(answer.Id)!;
        Assert.Equal(3, receipt.Certificate.Attestations.Count);
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt, rig.Genesis));
        var lacking = receipt with { Certificate = receipt.Certificate with { Attestations = new Many<Attestation>(receipt.Certificate.Attestations.AsSpan()[..2]) } };
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(lacking, rig.Genesis));
    }

    /// <summary>Rule 7: where the log shows validators two orders, too few read the same, and nothing is certified.</summary>
    [Fact]
    public async Task A_log_that_shows_two_orders_holds_the_ledger_up_and_cannot_fork_it()
    {
        await using var rig = new NetworkRig(4);
        MemoryStore one = new(), other = new();
        for (var each = 0; each < 4; each++) await rig.OpenAsync(each, new MemoryLog(each < 2 ? one : other));
        var opening = rig.BeginMoney();
        var (here, there) = (rig[0].SubmitAsync([opening], WaitFor.Final), rig[2].SubmitAsync([opening], WaitFor.Final));
        await Task.Delay(500);
        Assert.False(here.IsCompleted || there.IsCompleted);
        Assert.All(Enumerable.Range(0, 4), each => Assert.Null(rig[each].Head));
        Assert.Equal(1ul, rig[0].Read(ledger => ledger.Head!.Height));
        for (var each = 0; each < 4; each++) Assert.DoesNotContain(await rig.Register.ReadAsync(1), statement => Standing.Read(statement.Validator, statement.Bytes.Span)!.Value.Attestation is not null);
    }

    /// <summary>Rule 6: a statement counts only with its validator's own signatures, whoever can write into the register.</summary>
    [Fact]
    public async Task Nobody_speaks_for_another_validator()
    {
        await using var rig = new NetworkRig(4);
        var (header, waiting) = await rig.HalfAsync();
        await rig.StateAsync(2, header, by: rig.Validators[0], attested: header);
        await rig.Register.PublishAsync(rig.Validators[3].Id.ToString(), 1, new byte[] { 0x80 });
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        Assert.Null(rig[0].Head);
        await rig.OpenAsync(2);
        Assert.Equal(AnswerStatus.Done, (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))[0].Status);
    }

    /// <summary>Rule 7: an attestation of another header than the one that came out counts for nothing.</summary>
    [Fact]
    public async Task A_validator_that_attests_another_header_is_not_counted()
    {
        await using var rig = new NetworkRig(4);
        var (header, waiting) = await rig.HalfAsync();
        await rig.StateAsync(3, header, by: rig.Validators[3], attested: header with { HistorySize = 7 });
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await rig.OpenAsync(2);
        Assert.Equal(AnswerStatus.Done, (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))[0].Status);
        Assert.DoesNotContain(rig[0].Head!.Attestations, attestation => attestation.Validator == rig.Validators[3].Id);
    }

    /// <summary>More blocks than the register has places: whoever starts again waits for what is said from there on.</summary>
    [Fact]
    public async Task Validators_that_all_start_again_beyond_the_registers_places_go_on()
    {
        await using var rig = new NetworkRig(4);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        await TicksAsync(rig, 3);
        for (var each = 0; each < 3; each++) await rig.CloseAsync(each);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.SameAsync((await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 1, 2);
    }

    /// <summary>What the others say of later blocks all the while is not what it waits for.</summary>
    [Fact]
    public async Task One_that_was_away_for_more_blocks_than_the_register_has_places_catches_up_while_the_others_are_busy()
    {
        await using var rig = new NetworkRig(7);
        for (var each = 0; each < 6; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        await rig.CloseAsync(5);
        await TicksAsync(rig, 5);
        using var stop = new CancellationTokenSource();
        var busy = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; await Task.Delay(20)) await rig.StateAsync(1, rig[0].Head!.Header, by: rig.Validators[1]);
        });
        await rig.JoinAsync(5, null, rig.PeerOf(0));
        await Wait.UntilAsync(() => (rig[5].Head?.Header.Height ?? 0) >= rig[0].Head!.Header.Height);
        await stop.CancelAsync();
        await busy;
    }

    /// <summary>One that the log shuts out: it does not wait for ever to be rid of what it took, and who waits is told.</summary>
    [Fact]
    public async Task A_validator_whose_log_takes_nothing_is_closed_all_the_same()
    {
        await using var rig = new NetworkRig(4);
        var log = new ShuttingOutLog(new MemoryLog(rig.Order)).Shut();
        await rig.OpenAsync(0, log);
        var waiting = rig[0].SubmitAsync([rig.BeginMoney()], WaitFor.Final);
        await Wait.UntilAsync(() => log.Held > 0);
        await rig.CloseAsync(0).WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<NodeStoppedException>(() => waiting);
    }

    /// <summary>What was attested and not yet certified when everybody stopped is stated again, though the register has lost it: the others wait for it.</summary>
    [Fact]
    public async Task What_was_promised_before_a_restart_is_stated_again_where_the_register_has_lost_it()
    {
        await using var rig = new NetworkRig(4);
        var (header, waiting) = await rig.HalfAsync();
        await rig.StateAsync(2, header, by: rig.Validators[2]);
        await Wait.UntilAsync(async () => (await rig.Register.ReadAsync(1)).Count(statement => Standing.Read(statement.Validator, statement.Bytes.Span)!.Value.Attestation is not null) >= 2);
        Assert.Null(rig[0].Head);
        await rig.CloseAsync(0);
        await rig.CloseAsync(1);
        await Assert.ThrowsAsync<NodeStoppedException>(() => waiting);
        rig.Register = new MemoryRegister();
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.SameAsync(1, 0, 1, 2);
    }

    /// <summary>Whoever can write into the shared log cannot stop the nodes with more than they keep: all take it for the same nothing.</summary>
    [Fact]
    public async Task What_is_too_long_for_any_node_is_skipped_by_all_alike()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        rig.Order.Append(new byte[LogLimits.EntryBytes + 1]);
        var answer = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(answer.Height, 0, 1, 2, 3);
        Assert.All(Enumerable.Range(0, 4), each => Assert.Equal(1ul, rig[each].Read(ledger => ledger.Skipped)));
    }

    [Fact]
    public async Task What_the_register_has_forgotten_is_certified_by_the_others_certificates()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(3);
        Answer answer = default;
        for (var each = 0; each < 5; each++) answer = await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        rig.Register = new MemoryRegister();
        // The first of the peers gives nonsense, which keeps nobody from asking the next.
        await rig.OpenAsync(3, null, height => rig[1].CertificateOf(height)! with { Attestations = default }, height => rig[1].CertificateOf(height)!);
        await rig.SameAsync(answer.Height, 0, 3);
        Assert.Null(rig[3].Fault);
    }

    [Fact]
    public async Task A_peers_certificate_that_is_forged_is_no_certificate_and_one_that_differs_stops_the_node()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(3);
        var answer = await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        rig.Register = new MemoryRegister();
        var asked = 0;
        await rig.OpenAsync(3, null, height =>
        {
            asked++;
            var (known, liar) = (rig[1].CertificateOf(height)!, rig.Validators[0]);
            var forged = known.Header with { HistorySize = 77 };
            return new Certificate(forged, new Many<Attestation>(Attestation.Sign(liar, forged)));
        });
        await Wait.UntilAsync(() => asked >= 2);
        Assert.True((rig[3].Head?.Header.Height ?? 0) < answer.Height);
        Assert.Null(rig[3].Fault);
        await rig.CloseAsync(3);

        // More than two thirds say otherwise: this node's own result is wrong, and it must not go on.
        await rig.OpenAsync(3, null, height =>
        {
            var otherwise = rig[1].CertificateOf(height)!.Header with { HistorySize = 77 };
            return new Certificate(otherwise, new Many<Attestation>([.. rig.Validators.OrderBy(key => key.Id).Take(3).Select(key => Attestation.Sign(key, otherwise))]));
        });
        for (var wait = 0; wait < 1_500 && rig[3].Fault is null; wait++) await Task.Delay(20);
        Assert.Contains("certified", rig[3].Fault!.Message, StringComparison.Ordinal);
    }

    // More blocks than the register has places: ticks of the last validator, whose node is away.
    private static async Task TicksAsync(NetworkRig rig, int open)
    {
        var (ticker, time, height) = (rig.Validators[^1], new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds()), rig[0].Head!.Header.Height + RegisterLimits.Heights + 10);
        for (var each = 1ul; each <= RegisterLimits.Heights + 10; each++) rig.Order.Append(Entry.Sign(ticker, rig.Genesis.LedgerId, 0, each, time, []).Bytes);
        await Wait.UntilAsync(() => Enumerable.Range(0, open).All(node => rig[node].Head!.Header.Height >= height));
    }
}
