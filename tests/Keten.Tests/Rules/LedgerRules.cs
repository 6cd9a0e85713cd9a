using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Kernel.Trees;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rules 1, 4, 5, 14, 28 and 29: what an entry may be, what time it is, and what the header says of the state.</summary>
public sealed class LedgerRules
{
    private readonly Bench bench = new();

    /// <summary>Rules 1, 4 and 5: what is no entry of a validator, for this ledger and in sequence, is skipped and counted; the position and its hash move on.</summary>
    [Fact]
    public void What_is_no_entry_is_skipped_and_counted_and_the_log_moves_on()
    {
        var (ledger, before) = (bench.Chain.Ledger, bench.Records());
        var good = bench.Chain.Entry();
        var stranger = Keys.Of("stranger");
        byte[][] skipped =
        [
            [], [0x00], [.. good.AsSpan(0, 40)], Flip(good, good.Length - 1), Flip(good, 60), new byte[Entry.BytesAtMost + 1],
            Sign(stranger, ledger.Id, 0, 900), Sign(bench.Chain.Validator, Hash.Of("other"u8), 0, 900), Sign(bench.Chain.Validator, ledger.Id, 1, 900),
        ];
        var (position, hash, count) = (ledger.LogPosition, bench.Chain.Ledger.Head!.LogHash, ledger.Skipped);
        foreach (var bytes in skipped)
        {
            Assert.Null(bench.Chain.Execute(bytes));
            hash = new Hash(SHA256.HashData([.. hash.ToArray(), .. bytes]));
        }
        Assert.Equal(count + (ulong)skipped.Length, ledger.Skipped);
        Assert.Equal(before, bench.Records());
        var block = bench.Chain.Execute(good)!;
        Assert.Equal(position + (ulong)skipped.Length + 1, block.Header.LogPosition);
        Assert.Equal(new Hash(SHA256.HashData([.. hash.ToArray(), .. good])), block.Header.LogHash);
        Assert.Null(bench.Chain.Execute(good));
    }

    /// <summary>Rule 4: a validator's sequence rises, gaps allowed; what has been read is not read again.</summary>
    [Fact]
    public void A_sequence_rises_and_may_skip()
    {
        var (validator, id) = (bench.Chain.Validator, bench.Chain.Ledger.Id);
        Assert.NotNull(bench.Chain.Execute(Sign(validator, id, 0, 5_000)));
        Assert.Null(bench.Chain.Execute(Sign(validator, id, 0, 5_000)));
        Assert.Null(bench.Chain.Execute(Sign(validator, id, 0, 4_999)));
        Assert.NotNull(bench.Chain.Execute(Sign(validator, id, 0, 9_000)));
    }

    /// <summary>Rule 5: an entry with one transaction that does not decode is skipped whole.</summary>
    [Fact]
    public void An_entry_that_its_appender_could_see_was_bad_is_skipped_whole()
    {
        var entry = bench.Chain.Entry(bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(5), null)).Sign());
        for (var bit = 0; bit < entry.Length * 8; bit += 5) Assert.Null(bench.Chain.Ledger.Execute(Flip(entry, bit / 8, bit % 8)));
        Assert.Equal(0, bench.Balance(bench.Bob));
    }

    /// <summary>Rule 14: the lower median of what validators last stated.</summary>
    [Fact]
    public void Time_is_the_lower_median_and_never_goes_back()
    {
        var many = new Chain(4);
        var began = many.Genesis.Began;
        var sequence = 0ul;
        State(0, 500, 0);
        State(1, 300, 0);
        State(2, 400, 300);
        State(3, 900, 400);
        State(0, 1, 300 + 100);
        State(3, 100, 400);
        State(1, 950, 400);
        State(2, 960, 400);
        State(0, 970, 950);

        void State(int validator, long says, long becomes)
        {
            Assert.NotNull(many.Execute(Sign(many.Validators[validator], many.Ledger.Id, 0, ++sequence, began.Plus(says))));
            Assert.Equal(began.Plus(becomes), many.State.Now);
        }
    }

    /// <summary>Rule 14: by an hour an entry at most.</summary>
    [Fact]
    public void Time_moves_an_hour_an_entry_at_most()
    {
        var before = bench.Now;
        bench.Chain.Now = bench.Now.Plus(9_000);
        foreach (var passed in (long[])[3_600, 7_200, 9_000, 9_000])
        {
            bench.Chain.Block();
            Assert.Equal(before.Plus(passed), bench.Now);
        }
        bench.Chain.Now = before;
        bench.Chain.Block();
        Assert.Equal(before.Plus(9_000), bench.Now);
    }

    /// <summary>Rule 29: a checkpoint comes by a rule over the state, its root first stands in the next one's header, and equals what hashing everything anew gives.</summary>
    [Fact]
    public void A_checkpoints_root_is_the_root_of_all_records_and_stands_in_the_next_ones_header()
    {
        (ulong Height, Hash Root)? last = null;
        var random = new Random(3);
        for (var round = 0; round < 60; round++)
        {
            if (random.Next(3) == 0) bench.Chain.Now = bench.Chain.Now.Plus(random.Next(3));
            var (due, from) = (bench.Chain.Now - bench.State.Clock.Get(1) >= 1, random.Next(4) == 0 ? bench.Bob : bench.Ada);
            var block = bench.By(from).Do(new KernelCalls.Transfer(null, Bench.Party(from == bench.Ada ? bench.Bob : bench.Ada), Bench.Eur(random.Next(1, 50)), null))
                .Call(Bench.Lab, Lab.Contents, new Lab.Put((ulong)random.Next(50), random.Next(3) == 0 ? null : round)).Block();
            Assert.Equal(due, block.Checkpoint is not null);
            if (block.Checkpoint is not { } checkpoint) continue;
            if (last is { } before) Assert.Equal(before, (block.Header.StateHeight, block.Header.StateRoot));
            last = (block.Header.Height, checkpoint.Root);
            Assert.Equal(StateTree.RootOf([.. bench.State.CaptureAll().Leaves().OrderBy(leaf => leaf.Key)]), checkpoint.Root);
        }
        Assert.NotNull(last);
    }

    /// <summary>Rule 29: or after so many records.</summary>
    [Fact]
    public void A_checkpoint_comes_after_so_many_changed_records_too()
    {
        var narrow = new Bench(Parameters.Default with { CheckpointSeconds = 86_400, CheckpointRecords = 40 });
        var until = 0;
        while (narrow.Chain.Block().Checkpoint is null)
        {
            var block = Bench.Accepted(narrow.By(narrow.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Put((ulong)until++, 1)));
            if (block.Checkpoint is not null) break;
        }
        Assert.InRange(until, 5, 40);
    }

    /// <summary>Rules 1 and 28: the same entries give the same headers, from the beginning, or from a snapshot on.</summary>
    [Fact]
    public void Replay_and_a_restored_snapshot_give_the_same_headers()
    {
        var rng = new Random(8);
        byte[]? snapshot = null;
        var (at, size, headers) = (0, 0ul, new List<Hash>());
        var (points, unit) = bench.Issuer(UnitRules.Expires);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Later(1, Lab.Deed.AgainAtOnce, bench.Now, false)));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Later(2, Lab.Deed.Fault, bench.Now, false)));
        for (var round = 0; round < 60; round++)
        {
            bench.Chain.Now = bench.Chain.Now.Plus(rng.Next(2));
            if (rng.Next(5) == 0) bench.Chain.Execute([(byte)round]);
            bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Give(Bench.Party(bench.Bob), unit.Of(rng.Next(9)), bench.Now.Plus(rng.Next(20))))
                .Call(Bench.Lab, Lab.Contents, new Lab.Put((ulong)rng.Next(30), rng.Next(2) == 0 ? null : round)).Call(Bench.Lab, Lab.Contents, new Lab.Break((byte)(rng.Next(3) == 0 ? 1 : 77))).Run();
            if (round == 30) bench.Chain.Now = bench.Chain.Now.Plus(1);
            var block = bench.By(bench.Bob).Call(points, Lab.Contents, new Lab.Move(Bench.Party(bench.Bob), Bench.Party(bench.Ada), unit.Of(rng.Next(5)), 1)).AtMost(bench.Bob, unit.Of(5)).Block();
            headers.Add(block.Header.Hash);
            if (block.Checkpoint is null || round < 30 || snapshot is not null) continue;
            bench.Chain.Execute([1, 2, 3]);
            (snapshot, at, size) = (bench.Chain.Ledger.TakeSnapshot().ToBytes(), (int)block.Header.LogPosition, block.Header.HistorySize);
        }

        var replayed = Ledger.Begin(bench.Chain.Genesis, Bench.Catalogue);
        foreach (var entry in bench.Chain.Entries) replayed.Execute(entry);
        Assert.Equal(bench.Chain.Ledger.Head, replayed.Head);
        Assert.Equal(bench.Chain.Ledger.Skipped, replayed.Skipped);

        var read = Snapshot.FromBytes(snapshot!);
        var history = new HistoryTree(read.History);
        var restored = Ledger.Restore(bench.Chain.Genesis, Bench.Catalogue, read, history);
        foreach (var entry in bench.Chain.Entries.Skip(at)) restored.Execute(entry);
        Assert.Equal(bench.Chain.Ledger.Head, restored.Head);
        Assert.Equal(bench.Chain.Ledger.Skipped, restored.Skipped);
        Assert.Throws<ArgumentException>(() => { Ledger.Restore(new Chain(2, Bench.Catalogue).Genesis, Bench.Catalogue, read, history); });
    }

    /// <summary>A snapshot that is taken in pieces while blocks are executed is that of the checkpoint at which it began, record by record.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_snapshot_taken_in_pieces_shows_nothing_of_what_is_executed_meanwhile(int seed)
    {
        var random = new Random(seed);
        var (points, unit) = bench.Issuer(UnitRules.Expires);
        for (var round = 0; round < 40; round++) Some();
        Block block;
        do
        {
            bench.Chain.Now = bench.Chain.Now.Plus(1);
            block = Some();
        }
        while (block.Checkpoint is null);
        var whole = Records(bench.Chain.Ledger.TakeSnapshot().ToBytes());

        var walk = bench.Chain.Ledger.BeginSnapshot();
        Assert.Throws<InvalidOperationException>(() => bench.Chain.Ledger.BeginSnapshot());
        var (bytes, piece, pieces) = (new List<byte>(walk.Start()), new StateCapture(), 0);
        for (var more = true; more; pieces++)
        {
            piece.Clear();
            more = walk.Take(piece, random.Next(1, 9));
            bytes.AddRange(piece.Written);
            if (random.Next(3) == 0) bench.Chain.Now = bench.Chain.Now.Plus(random.Next(3));
            if (random.Next(2) == 0) Some();
        }
        Assert.InRange(pieces, 10, int.MaxValue);
        Assert.Equal(whole, Records([.. bytes]));
        Assert.Equal(walk.Head, Snapshot.FromBytes(bytes.ToArray()).Head);

        bench.Chain.Wait(1);
        bench.Chain.Ledger.BeginSnapshot().GiveUp();
        bench.Chain.Ledger.TakeSnapshot();

        Block Some()
        {
            var step = bench.By(bench.Ada)
                .Call(points, Lab.Contents, new Lab.Give(Bench.Party(random.Next(2) == 0 ? bench.Bob : bench.Ada), unit.Of(random.Next(9)), bench.Now.Plus(random.Next(1, 30))))
                .Call(Bench.Lab, Lab.Contents, new Lab.Put((ulong)random.Next(40), random.Next(2) == 0 ? null : random.Next()));
            if (random.Next(4) == 0) step.Call(Bench.Lab, Lab.Contents, new Lab.Break(1));
            return step.Block();
        }

        static SortedDictionary<string, string> Records(byte[] snapshot)
        {
            var state = new LedgerState(Bench.Catalogue);
            var (capture, records) = (Snapshot.FromBytes(snapshot).LoadInto(state), new SortedDictionary<string, string>(StringComparer.Ordinal));
            for (var each = 0; each < capture.Count; each++)
            {
                capture.Get(each, out var key, out var value);
                records.Add(Convert.ToHexString(key), Convert.ToHexString(value));
            }
            return records;
        }
    }

    /// <summary>Rule 28: whatever is refused, what is derived from the records is as if it had never been tried: a restored copy goes on alike.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void After_refusals_derived_order_equals_that_of_the_records_alone(int seed)
    {
        var random = new Random(seed);
        var (points, unit) = bench.Issuer(UnitRules.Expires);
        for (var round = 0; round < 80; round++)
        {
            var step = bench.By(bench.Ada)
                .Call(points, Lab.Contents, new Lab.Give(Bench.Party(bench.Ada), unit.Of(random.Next(9)), bench.Now.Plus(random.Next(1, 30))))
                .Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bench.Party(bench.Ada), unit.Of(random.Next(5)), false)).AtMost(bench.Ada, unit.Of(9))
                .Call(Bench.Lab, Lab.Contents, new Lab.Later((ulong)random.Next(12), Lab.Deed.Count, bench.Now.Plus(random.Next(5)), random.Next(2) == 0))
                .Call(Bench.Lab, Lab.Contents, new Lab.Put((ulong)random.Next(20), random.Next(2) == 0 ? null : round));
            if (random.Next(2) == 0) step.Call(Bench.Lab, Lab.Contents, new Lab.Break(1));
            step.Run();
            if (random.Next(4) == 0) bench.Chain.Wait(random.Next(3));
        }
        var copy = new LedgerState(Bench.Catalogue);
        var capture = bench.State.CaptureAll();
        for (var each = 0; each < capture.Count; each++)
        {
            capture.Get(each, out var key, out var value);
            copy.Load(key, value);
        }
        Assert.Equal(copy.NextWakeUp, bench.State.NextWakeUp);
        Assert.Equal(copy.WakeUps.Due(Instant.Last, 99), bench.State.WakeUps.Due(Instant.Last, 99));
        foreach (var owner in (Owner[])[Bench.Party(bench.Ada), Owner.Of(Bench.Lab), Owner.Of(points)])
        {
            Assert.Equal(copy.Accounts.Lots(owner, unit), bench.State.Accounts.Lots(owner, unit));
            if (owner.Agreement != 0) Assert.Equal(copy.Accounts.Holds(owner.Agreement, bench.Now), bench.State.Accounts.Holds(owner.Agreement, bench.Now));
        }
        Assert.Equal(Rows(copy), Rows(bench.State));
    }

    private static string[] Rows(LedgerState state)
    {
        var keys = new List<string>();
        for (var rows = state.Rows.Range(Bench.Lab, 1, null, inclusive: true); rows.MoveNext();) keys.Add(Convert.ToHexString(rows.Key));
        return [.. keys];
    }

    private byte[] Sign(Client.SigningKey by, in Hash ledger, ulong epoch, ulong sequence, Instant? clock = null) =>
        Entry.Sign(by, ledger, epoch, sequence, clock ?? bench.Chain.Now, []).Bytes.ToArray();

    private static byte[] Flip(byte[] bytes, int at, int bit = 0)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= (byte)(1 << bit);
        return flipped;
    }
}
