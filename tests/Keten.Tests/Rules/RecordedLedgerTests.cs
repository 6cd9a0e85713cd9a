using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Trees;

namespace Keten.Tests.Rules;

/// <summary>
/// The recorded ledger against this implementation, byte by byte. To record it again after a change of the formats that is meant: delete <c>vectors/ledger.json</c> and run these tests;
/// they fail, and leave a new one beside it.
/// </summary>
public sealed class RecordedLedgerTests
{
    private static readonly Lazy<string> Told = new(() => LedgerToRecord.Tell().ToText());

    [Fact]
    public void The_same_story_makes_the_same_bytes()
    {
        if (!File.Exists(RecordedLedger.Path())) File.WriteAllText(RecordedLedger.Path() + ".new", Told.Value);
        Assert.True(File.Exists(RecordedLedger.Path()), $"{RecordedLedger.Path()} is not there. A new one has been recorded beside it: look it over, and take the .new off its name.");
        Assert.Equal(File.ReadAllLines(RecordedLedger.Path()), Told.Value.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void The_recorded_entries_give_the_recorded_blocks()
    {
        var recorded = RecordedLedger.Read();
        var ledger = Begin(recorded);
        foreach (var entry in recorded.Entries)
        {
            var bytes = Convert.FromHexString(entry.Bytes);
            Assert.Equivalent(entry, RecordedLedger.Entry(entry.What, bytes, ledger.Execute(bytes)), strict: true);
        }
        Assert.Equal((ulong)recorded.Entries.Count(entry => entry.Header is null), ledger.Skipped);
    }

    [Fact]
    public void The_recorded_snapshot_leads_to_the_same_end()
    {
        var recorded = RecordedLedger.Read();
        var (ledger, at) = (Begin(recorded), recorded.Snapshot.Entry);
        foreach (var entry in recorded.Entries[..at]) ledger.Execute(Convert.FromHexString(entry.Bytes));
        var snapshot = ledger.TakeSnapshot();
        Assert.Equal(recorded.Snapshot.Hash, RecordedLedger.HashOf(snapshot).ToString());
        var leaves = new HistoryTree();
        for (var leaf = 0UL; leaf < snapshot.History.Size; leaf++) leaves.Append(ledger.History.Leaf(leaf));
        var restored = Ledger.Restore(ledger.Genesis, RecordedLedger.Catalogue, Snapshot.FromBytes(snapshot.ToBytes()), leaves);
        foreach (var entry in recorded.Entries[at..]) restored.Execute(Convert.FromHexString(entry.Bytes));
        Assert.Equal(recorded.Entries[^1].Header, restored.Head!.Hash.ToString());
    }

    [Fact]
    public void The_recorded_receipts_hold_and_none_with_a_flipped_bit_does()
    {
        var recorded = RecordedLedger.Read();
        var genesis = Genesis.FromBytes(Convert.FromHexString(recorded.Genesis));
        foreach (var receipt in recorded.Receipts)
        {
            var bytes = Convert.FromHexString(receipt.Bytes);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, genesis, out var read));
            Assert.Equal((receipt.Id, recorded.Entries[receipt.Entry - 1].Header), (read!.Transaction.Id.ToString(), read.Header.Hash.ToString()));
            Assert.Equal(recorded.Entries[receipt.Entry - 1].Codes![receipt.Place], OutcomeLeaf.Read(read.Outcomes[^1].Leaf).Code);
            Assert.Equal(bytes, read.ToBytes());
            for (var bit = 0; bit < bytes.Length * 8; bit += 97)
            {
                byte[] flipped = [.. bytes];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(ReceiptFault.None, ReceiptCheck.Check(flipped, genesis, out _));
            }
        }
    }

    [Fact]
    public void The_recorded_evidence_holds_for_what_is_there_and_for_what_is_not()
    {
        var recorded = RecordedLedger.Read();
        var genesis = Genesis.FromBytes(Convert.FromHexString(recorded.Genesis));
        foreach (var one in recorded.Evidence)
        {
            var evidence = StateEvidence.FromBytes(Convert.FromHexString(one.Bytes));
            Assert.Equal((one.Present, one.Bytes), (evidence.Value is not null, RecordedLedger.Hex(evidence.ToBytes())));
            Assert.True(evidence.Verify(genesis));
            Assert.False((evidence with { Value = one.Present ? null : [0] }).Verify(genesis));
        }
        Assert.Contains(recorded.Evidence, one => one.Present);
        Assert.Contains(recorded.Evidence, one => !one.Present);
    }

    [Fact]
    public void The_story_touches_what_it_should()
    {
        var recorded = RecordedLedger.Read();
        Assert.Contains(recorded.Entries, entry => entry.Codes is { Length: 0 } && entry.Leaves == 1);       // a wake-up in a tick
        Assert.Contains(recorded.Entries, entry => entry.Header is null);
        Assert.Contains(recorded.Entries, entry => entry.StateRoot is { } root && root != StateTree.EmptyRoot.ToString());
        var codes = recorded.Entries.SelectMany(entry => entry.Codes ?? []).ToHashSet();
        uint[] told = [0, KernelRefusal.InsufficientFunds.Number, KernelRefusal.Replayed.Number, KernelRefusal.UnknownKey.Number, KernelRefusal.BadSignature.Number, 4 << 16 | 4];
        Assert.Subset(codes, told.ToHashSet());
    }

    private static Ledger Begin(RecordedLedger recorded) => Ledger.Begin(Genesis.FromBytes(Convert.FromHexString(recorded.Genesis)), RecordedLedger.Catalogue);
}
