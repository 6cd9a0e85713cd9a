using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Tests.Networks;

/// <summary>Rule 13: a validator has a bucket of bytes, steps and new records for each second of the ledger; what goes beyond is skipped by all alike, and honest nodes wait instead.</summary>
public sealed class FloodTests
{
    private const int BucketSeconds = 4;
    private static readonly Parameters Narrow = Parameters.Default with { BytesPerSecond = 1_000 };

    [Fact]
    public async Task A_validator_that_floods_the_log_is_skipped_by_all_alike_and_the_others_go_on()
    {
        await using var rig = new NetworkRig(4, parameters: Narrow);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        var (flooder, now) = (rig.Validators[3], new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds()));
        var payments = Enumerable.Range(0, 100).Select(_ => new CheckedTransaction(Transaction.Parse(rig.Pay(rig.Ada, rig.Bob, 1)))).ToArray();
        for (var each = 0; each < 100; each++) rig.Order.Append(Entry.Sign(flooder, rig.Genesis.LedgerId, 0, (ulong)each + 1, now, [payments[each]]).Bytes);
        for (var each = 0; each < 3; each++) await rig.SameAsync((await rig.DoneAsync(each, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 1, 2);
        // Some four seconds' worth, and one entry that goes beyond.
        var size = Entry.Sign(flooder, rig.Genesis.LedgerId, 0, 1, now, [payments[0]]).Bytes.Length;
        var skipped = rig[0].Read(ledger => ledger.Skipped);
        Assert.Equal(100 - (4_000ul / (ulong)size + 1), skipped);
        Assert.All(Enumerable.Range(0, 3), each => Assert.Equal(skipped, rig[each].Read(ledger => ledger.Skipped)));
        Assert.Equal(100 - (long)skipped + 3, rig[1].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));

        // As ledger time goes by it is heard again: nobody is shut out.
        for (var each = 0; each < 6; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        }
        await Wait.UntilAsync(() => rig[0].Read(ledger => ledger.Admits(flooder.Id, isTick: false, ledger.State.Now)));
    }

    /// <summary>All four full at once: none may append but a tick a second, and those move the time that empties all of them.</summary>
    [Fact]
    public async Task Honest_validators_under_more_load_than_their_buckets_hold_wait_and_none_of_their_entries_is_skipped()
    {
        await using var rig = new NetworkRig(4, parameters: Narrow);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await using var log = new MemoryLog(rig.Order);
        var before = (await log.RangeAsync()).Last;
        using var stop = new CancellationTokenSource();
        var clock = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(100);
                rig.Clock.Advance(TimeSpan.FromSeconds(1));
            }
        });
        var payments = Enumerable.Range(0, 240).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1)).ToArray();
        var began = rig[0].Read(ledger => ledger.State.Now);
        // One request after the other through each: a batch may go beyond the bucket once, and the next has to wait.
        var answers = await Task.WhenAll(payments.Chunk(60).Select(async (own, validator) =>
        {
            var last = default(Answer);
            foreach (var some in own.Chunk(12))
            {
                var decided = await rig[validator].SubmitAsync([.. some.Select(one => (ReadOnlyMemory<byte>)one)], WaitFor.Final);
                Assert.All(decided, answer => Assert.Equal(AnswerStatus.Done, answer.Status));
                last = decided[^1];
            }
            return last;
        })).WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await clock;
        await rig.SameAsync(answers.Max(answer => answer.Height), 0, 1, 2, 3);
        // A node of which an entry with transactions is skipped stops.
        var skipped = rig[0].Read(ledger => ledger.Skipped);
        for (var each = 0; each < 4; each++) Assert.Equal((skipped, null), (rig[each].Read(ledger => ledger.Skipped), rig[each].Fault));
        // It took the time that so many bytes take: an entry with transactions comes only once what its validator appended before fits the bucket, or has run out of it.
        var took = rig[0].Read(ledger => ledger.State.Now) - began;
        var entries = (await EntriesAfterAsync(log, before)).GroupBy(entry => entry.Validator).ToArray();
        Assert.Equal(4, entries.Length);
        foreach (var own in entries)
        {
            var beforeItsLast = own.Reverse().SkipWhile(entry => entry.Transactions.Count == 0).Skip(1).Sum(entry => (long)entry.Bytes.Length);
            Assert.InRange(beforeItsLast, BucketSeconds * Narrow.BytesPerSecond + 1, (took + BucketSeconds) * Narrow.BytesPerSecond);
        }
    }

    /// <summary>Others' ticks may come first and move the time to where it would have: then it is one too many, and nothing is lost.</summary>
    [Fact]
    public async Task A_tick_of_a_full_validator_that_comes_too_late_is_skipped_and_its_node_goes_on()
    {
        await using var rig = new NetworkRig(4, parameters: Narrow);
        var log = new ShuttingOutLog(new MemoryLog(rig.Order));
        await rig.OpenAsync(0, log);
        for (var each = 1; each < 4; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        var full = Enumerable.Range(0, 60).Select(_ => (ReadOnlyMemory<byte>)rig.Pay(rig.Ada, rig.Bob, 1)).ToArray();
        await rig[0].SubmitAsync(full, WaitFor.Final);
        Assert.False(rig[0].Read(ledger => ledger.Admits(rig.Validators[0].Id, isTick: false, ledger.State.Now)));
        log.Shut();
        var now = rig[1].Read(ledger => ledger.State.Now);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => log.Held > 0 && rig[1].Read(ledger => ledger.State.Now) > now);
        log.Open();
        await Wait.UntilAsync(() => rig[0].Read(ledger => ledger.Skipped) == 1);
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
    }

    [Fact]
    public async Task Steps_and_new_records_fill_the_bucket_as_bytes_do_and_a_validator_alone_has_none()
    {
        foreach (var narrow in (Parameters[])[Parameters.Default with { StepsPerSecond = 1 }, Parameters.Default with { RecordsPerSecond = 1 }])
        {
            await using var rig = new NetworkRig(4, parameters: narrow);
            await rig.OpenAllAsync();
            var opened = await rig[0].SubmitAsync([rig.BeginMoney()], WaitFor.Final);
            Assert.Equal(AnswerStatus.Done, opened[0].Status);
            Assert.True(rig[0].Read(ledger => ledger.Admits(rig.Validators[0].Id, isTick: false, ledger.State.Now)) || narrow.RecordsPerSecond == 1);
            var ids = rig.Validators.Append(rig.Ada).Append(rig.Bob).Select(to => rig.Begin(rig.Bank)
                .Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Party.Of(to.Id), NetworkRig.Euro.Of(1), Hash.Of("paid in"u8))).Sign(rig.Bank)).ToArray();
            _ = rig[0].SubmitAsync([.. ids.Select(one => (ReadOnlyMemory<byte>)one)], WaitFor.Accepted);
            await Wait.UntilAsync(() => rig[1].Read(ledger => !ledger.Admits(rig.Validators[0].Id, isTick: false, ledger.State.Now)));
        }
        await using var alone = new NetworkRig(1, parameters: Parameters.Default with { BytesPerSecond = 1, StepsPerSecond = 1, RecordsPerSecond = 1 });
        await alone.OpenAllAsync();
        await alone.FundAsync();
        for (var each = 0; each < 5; each++) await alone.DoneAsync(0, alone.Pay(alone.Ada, alone.Bob, 1));
        Assert.Equal(0ul, alone[0].Read(ledger => ledger.Skipped));
    }

    private static async Task<List<Entry>> EntriesAfterAsync(ILog log, long position)
    {
        var (entries, last) = (new List<Entry>(), (await log.RangeAsync()).Last);
        await foreach (var entry in log.FollowAsync(position))
        {
            entries.Add(Entry.Parse(entry.Bytes));
            if (entry.Position >= last) break;
        }
        return entries;
    }
}
