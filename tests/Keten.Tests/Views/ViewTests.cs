using Keten.Kernel;
using Keten.Node.Views;
using Microsoft.Data.Sqlite;

namespace Keten.Tests.Views;

public sealed class ViewTests
{
    [Fact]
    public async Task A_payment_stands_in_both_statements_with_its_reference_and_its_other_side()
    {
        using var rig = new Rig();
        var reference = new Reference("sixteen bytes!!!"u8);
        rig.Add(rig.Issue(0, 1000));
        var block = rig.Add(rig.Pay(0, 1, 250, reference));
        using var store = await rig.OpenCaughtUpAsync();

        var ada = store.Statement(rig[0], rig.Euro, Paging.From(Position.Start, 10));
        Assert.Equal([1000L, -250], ada.Select(line => line.Change));
        Assert.Equal([1000L, 750], ada.Select(line => line.Balance));
        Assert.Equal(Owner.Of(1), ada[0].Others.Single());
        Assert.Equal((1ul, (ushort)2), (ada[0].Agreement, ada[0].Clause));
        var bob = Assert.Single(store.Statement(rig[1], rig.Euro, Paging.From(Position.Start, 10)));
        Assert.Equal((250, 250, (Owner)rig[0]), (bob.Change, bob.Balance, bob.Others.Single()));
        Assert.Equal(reference, bob.Reference);
        Assert.Equal(block.Transactions[0].Id, bob.Origin);
        Assert.Equal(block.Certificate.Header.Height, bob.At.Height);
        Assert.Equal(block.Certificate.Header.Time, bob.Time);
        Assert.False(bob.IsWakeUp);
    }

    [Fact]
    public async Task Statements_sum_to_the_balances_of_the_ledger()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            using var rig = new Rig(5);
            rig.Churn(new Random(seed), 30);
            using var store = await rig.OpenCaughtUpAsync();
            foreach (var owner in Enumerable.Range(0, 5).Select(each => (Owner)rig[each]).Append(Owner.Of(1)))
            {
                var lines = store.Statement(owner, rig.Euro, Paging.From(Position.Start, 500));
                Assert.Equal(rig.Chain.State.Balance(owner, rig.Euro), lines.Sum(line => line.Change));
                Assert.Equal(rig.Chain.State.Balance(owner, rig.Euro), lines.Count == 0 ? 0 : lines[^1].Balance);
                var running = 0L;
                foreach (var line in lines) Assert.Equal(running += line.Change, line.Balance);
            }
        }
    }

    [Fact]
    public async Task Pages_follow_one_another_in_both_directions_and_lose_nothing()
    {
        using var rig = new Rig();
        rig.Churn(new Random(7), 40);
        using var store = await rig.OpenCaughtUpAsync();
        var all = store.Timeline(rig[0], Paging.From(Position.Start, 500)).Select(line => line.At).ToArray();
        Assert.True(all.Length > 20);
        var (up, after) = (new List<Position>(), Position.Start);
        while (store.Timeline(rig[0], Paging.From(after, 7)) is { Count: > 0 } page) after = Gather(up, page);
        var (down, before) = (new List<Position>(), Position.End);
        while (store.Timeline(rig[0], Paging.Newest(before, 7)) is { Count: > 0 } page) before = Gather(down, page);
        Assert.Equal(all, up);
        Assert.Equal(all.Reverse(), down);

        var moment = rig.Blocks[25].Certificate.Header.Time;
        var since = store.Timeline(rig[0], Paging.From(store.PlaceOf(moment), 500)).Count;
        var sinceThen = all.Count(at => rig.Blocks[(int)at.Height - 1].Certificate.Header.Time >= moment);
        Assert.Equal(sinceThen, since);

        static Position Gather(List<Position> into, IReadOnlyList<TimelineLine> page)
        {
            into.AddRange(page.Select(line => line.At));
            return into[^1];
        }
    }

    [Fact]
    public async Task Any_page_of_a_long_statement_is_that_part_of_it()
    {
        using var rig = new Rig();
        rig.Churn(new Random(11), 150);
        using var store = await rig.OpenCaughtUpAsync();
        var whole = store.Statement(rig[0], rig.Euro, Paging.From(Position.Start, 500));
        Assert.InRange(whole.Count, 4 * StatementRows.BetweenMarks, 499);
        var random = new Random(12);
        for (var round = 0; round < 400; round++)
        {
            // A place is a line's own, or between two.
            var places = new[] { random.Next(whole.Count), random.Next(whole.Count) }.Order().Select(each => new Position(whole[each].At.Value + random.Next(2))).ToArray();
            var page = new Paging(random.Next(3) == 0 ? Position.Start : places[0], random.Next(3) == 0 ? Position.End : places[1], random.Next(2) == 0, random.Next(1, 120));
            var within = whole.Where(line => line.At > page.After && line.At < page.Before);
            var expected = (page.NewestFirst ? within.Reverse() : within).Take(page.Limit).Select(line => (line.At, line.Change, line.Balance));
            Assert.Equal(expected, store.Statement(rig[0], rig.Euro, page).Select(line => (line.At, line.Change, line.Balance)));
        }
    }

    [Fact]
    public async Task A_time_line_has_what_moved_what_was_told_and_what_was_refused_and_nothing_of_others()
    {
        using var rig = new Rig();
        rig.Add(rig.Issue(0, 100));
        rig.Add(rig.Pay(0, 1, 500));
        rig.Add(rig.Pay(0, 1, 40));
        using var store = await rig.OpenCaughtUpAsync();
        var bank = Party.Of(rig.Bank.Id);
        var told = Assert.Single(store.Timeline(bank, Paging.From(Position.Start, 10)));
        Assert.Equal(1, told.Event!.Number);
        Assert.Equal(rig.Blocks[^3].Outcomes.EventBytes.ToArray(), told.Event.Content);
        var ada = store.Timeline(rig[0], Paging.From(Position.Start, 10));
        Assert.Equal(["moved", "refused", "moved"], ada.Select(line => line.Movement is not null ? "moved" : line.Refused is not null ? "refused" : "told"));
        Assert.Equal(rig.Blocks[^2].Outcomes.Decisions[0].Code, ada[1].Refused!.Code);
        Assert.Single(store.Timeline(rig[1], Paging.From(Position.Start, 10)));
        Assert.Empty(store.Timeline(rig[2], Paging.From(Position.Start, 10)));
    }

    [Fact]
    public async Task Agreements_and_their_events_are_for_their_readers_only()
    {
        using var rig = new Rig();
        rig.Add(rig.Issue(0, 100));
        using var store = await rig.OpenCaughtUpAsync();
        var bank = Party.Of(rig.Bank.Id);
        var agreement = Assert.Single(store.Agreements(bank, 0, 10));
        Assert.Equal((1ul, (ushort)1, (ushort)1, rig.Chain.State.Agreement(1)!.Opened, default(Instant)), (agreement.Number, agreement.Contract, agreement.Version, agreement.Opened, agreement.Ended));
        Assert.Empty(store.Agreements(bank, 1, 10));
        Assert.Empty(store.Agreements(rig[0], 0, 10));
        Assert.True(store.MayRead(bank, 1));
        Assert.False(store.MayRead(rig[0], 1));
        Assert.Single(store.EventsOf(1, bank, Paging.From(Position.Start, 10)));
        Assert.Empty(store.EventsOf(1, rig[0], Paging.From(Position.Start, 10)));
    }

    [Fact]
    public async Task Made_anew_the_views_say_the_same_as_those_that_followed_live()
    {
        using var rig = new Rig(4);
        using (var store = ViewStore.Open(rig.File, rig.Source))
        {
            using var stop = new CancellationTokenSource();
            var running = store.RunAsync(stop.Token);
            for (var round = 0; round < 15; round++)
            {
                rig.Churn(new Random(round), 3);
                await store.WaitForAsync(rig.Height);
            }
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }
        var anew = Path.Combine(rig.Folder.FullName, "anew.db");
        await ViewStore.RebuildAsync(anew, rig.Source, rig.Height);
        Assert.Equal(Dump(rig.File), Dump(anew));
    }

    [Fact]
    public async Task A_copy_taken_at_any_moment_goes_on_to_the_same_views()
    {
        using var rig = new Rig(4);
        var copies = new List<string>();
        using (var store = ViewStore.Open(rig.File, rig.Source))
        {
            for (var round = 0; round < 12; round++)
            {
                rig.Churn(new Random(round), 3);
                var target = rig.Height;
                // Reported in the middle of the following, with the write-ahead log as a kill would leave it.
                await store.CatchUpAsync(target - 1);
                copies.Add(Copy(rig.File, Path.Combine(rig.Folder.FullName, $"copy{round}.db")));
                await store.CatchUpAsync(target);
            }
        }
        var expected = Dump(rig.File);
        foreach (var copy in copies)
        {
            using (var store = ViewStore.Open(copy, rig.Source))
            {
                Assert.InRange(store.Height, 1ul, rig.Height);
                await store.CatchUpAsync(rig.Height);
            }
            Assert.Equal(expected, Dump(copy));
        }
    }

    [Fact]
    public async Task A_write_ahead_log_that_is_torn_anywhere_goes_on_to_the_same_views()
    {
        using var rig = new Rig(4);
        var (torn, log) = (Path.Combine(rig.Folder.FullName, "torn.db"), 0L);
        using (var store = ViewStore.Open(rig.File, rig.Source))
        {
            rig.Churn(new Random(3), 20);
            for (var height = 1ul; height <= rig.Height; height++) await store.CatchUpAsync(height);
            Copy(rig.File, torn);
            log = new FileInfo(torn + "-wal").Length;
        }
        var expected = Dump(rig.File);
        var random = new Random(11);
        for (var round = 0; round < 12; round++)
        {
            var copy = Copy(torn, Path.Combine(rig.Folder.FullName, $"torn{round}.db"));
            using (var file = File.Open(copy + "-wal", FileMode.Open)) file.SetLength(random.NextInt64(log));
            using (var store = ViewStore.Open(copy, rig.Source)) await store.CatchUpAsync(rig.Height);
            Assert.Equal(expected, Dump(copy));
        }
    }

    [Fact]
    public async Task Views_that_are_further_than_the_ledger_or_of_another_one_or_of_another_version_begin_anew()
    {
        using var rig = new Rig();
        rig.Churn(new Random(1), 10);
        using (await rig.OpenCaughtUpAsync()) { }
        var source = rig.Source;
        var behind = source with { HeaderAt = height => height >= rig.Height ? null : source.HeaderAt(height) };
        using (var store = ViewStore.Open(Copy(rig.File, rig.File + "1"), behind)) Assert.Equal(0ul, store.Height);
        var forked = source with { HeaderAt = height => Hash.Of("another"u8) };
        using (var store = ViewStore.Open(Copy(rig.File, rig.File + "2"), forked)) Assert.Equal(0ul, store.Height);
        using (var store = ViewStore.Open(Copy(rig.File, rig.File + "3"), source with { LedgerId = Hash.Of("another"u8) })) Assert.Equal(0ul, store.Height);
        using (var store = ViewStore.Open(Copy(rig.File, rig.File + "4"), source)) Assert.Equal(rig.Height, store.Height);
        using (var older = new SqliteConnection($"Data Source={Copy(rig.File, rig.File + "6")};Pooling=False"))
        {
            older.Open();
            using var command = older.CreateCommand();
            command.CommandText = "DROP TABLE statement; UPDATE head SET version = version - 1";
            command.ExecuteNonQuery();
        }
        using (var store = ViewStore.Open(rig.File + "6", source)) Assert.Equal(0ul, store.Height);
        File.WriteAllBytes(rig.File + "5", new byte[5000]);
        using (var store = ViewStore.Open(rig.File + "5", source)) Assert.Equal(0ul, store.Height);
    }

    [Fact]
    public async Task A_block_that_cannot_be_written_leaves_the_views_as_they_were()
    {
        using var rig = new Rig();
        rig.Churn(new Random(2), 10);
        var source = rig.Source;
        var failing = true;
        var flaky = source with { Agreements = numbers => failing ? throw new IOException("No answer.") : source.Agreements(numbers) };
        using (var store = ViewStore.Open(rig.File, flaky))
        {
            await Assert.ThrowsAsync<IOException>(() => store.CatchUpAsync(rig.Height));
            Assert.Equal(0ul, store.Height);
            failing = false;
            await store.CatchUpAsync(rig.Height);
        }
        await ViewStore.RebuildAsync(rig.File + "1", source, rig.Height);
        Assert.Equal(Dump(rig.File + "1"), Dump(rig.File));
    }

    [Theory]
    [InlineData("12.3", true)]
    [InlineData("0.0", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("1", false)]
    [InlineData("-1.2", false)]
    [InlineData("1.-2", false)]
    [InlineData("1.16777216", false)]
    [InlineData("549755813888.0", false)]
    [InlineData("1.2.3", false)]
    public void A_cursor_is_a_height_and_a_line(string text, bool isOne)
    {
        Assert.Equal(isOne, Position.TryParse(text, out var position));
        if (isOne) Assert.Equal(text, position.ToString());
    }

    private static string Copy(string from, string to)
    {
        foreach (var end in (string[])["", "-wal"])
            if (File.Exists(from + end)) File.Copy(from + end, to + end);
        return to;
    }

    // All rows of all tables with owners by their bytes: the numbers that stand for them may be given in another order.
    private static List<string> Dump(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        var rows = new List<string>();
        foreach (var sql in (string[])
            [
                "SELECT height, hex(header) FROM head", "SELECT * FROM block ORDER BY height", "SELECT position, hex(id), wake, code FROM origin ORDER BY position",
                "SELECT hex(w.bytes), a.unit, s.position, origin, call, agreement, clause, change, balance, until, hex(v.bytes), hex(reference) FROM statement s JOIN account a ON a.id = s.account JOIN owner w ON w.id = a.owner LEFT JOIN owner v ON v.id = s.other ORDER BY 1, 2, 3",
                "SELECT origin, call, unit, incoming, owners, length(named) FROM side ORDER BY 1, 2, 3, 4",
                "SELECT position, number_in_block, origin, agreement, contract, version, number, everyone, hex(content) FROM event ORDER BY 1",
                "SELECT hex(w.bytes), position FROM event_reader r JOIN owner w ON w.id = r.owner ORDER BY 1, 2", "SELECT hex(w.bytes), position FROM refused r JOIN owner w ON w.id = r.owner ORDER BY 1, 2",
                "SELECT number, contract, version, opened, ended, everyone FROM agreement ORDER BY 1", "SELECT hex(w.bytes), agreement FROM agreement_reader r JOIN owner w ON w.id = r.owner ORDER BY 1, 2",
                "SELECT hex(w.bytes), unit FROM account a JOIN owner w ON w.id = a.owner ORDER BY 1, 2",
            ])
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var row = command.ExecuteReader();
            while (row.Read()) rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(row.GetValue)));
        }
        return rows;
    }
}
