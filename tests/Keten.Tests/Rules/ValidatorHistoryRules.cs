using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rule 12: by the genesis and the certified changes of validators alone, receipts from before and after hold, and nothing else does.</summary>
public sealed class ValidatorHistoryRules
{
    private readonly Senate senate = new(4);
    private readonly ulong before, after;

    public ValidatorHistoryRules()
    {
        senate.Run(Enrol("before"));
        before = senate.Head.Height;
        senate.Carry(senate.Adding(4, "node 4"), 0, 1, 2);
        senate.Carry(Senate.Removing(0), 1, 2, 3, 4);
        Assert.Null(senate.Rekey(2, "node 2 new"));
        senate.Run(Enrol("after"));
        after = senate.Head.Height;
    }

    [Fact]
    public void After_three_changes_receipts_from_before_and_after_hold_by_the_genesis_alone()
    {
        Assert.Equal(3, senate.Changes.Count);
        foreach (var height in (ulong[])[before, senate.Changes[0].Height, senate.Changes[1].Height, senate.Changes[2].Height, after])
        {
            var bytes = senate.ReceiptAt(height).ToBytes();
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, senate.Genesis, out var receipt));
            Assert.Equal(bytes, receipt!.ToBytes());
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, new KnownCertificates(senate.Genesis), out _));
        }
    }

    /// <summary>Who came later, or has gone, is accused by the changes that brought it; and by the genesis alone nobody is whom it does not name.</summary>
    [Fact]
    public void Evidence_and_promises_of_validators_that_came_later_hold_by_the_changes()
    {
        var (whole, genesis) = (new ValidatorHistory(senate.Genesis), new ValidatorHistory(senate.Genesis));
        Assert.True(whole.Take(senate.Changes));
        foreach (var (name, isLater) in (((string, bool)[])[("node 0", false), ("node 1", false), ("node 4", true), ("node 2 new", true)]))
        {
            var node = senate.Node(name);
            var (first, second) = (Echo.Sign(node, senate.Genesis.LedgerId, 0, 5, Hash.Of("one"u8)), Echo.Sign(node, senate.Genesis.LedgerId, 0, 5, Hash.Of("other"u8)));
            var evidence = Evidence.OfTwoEchoes(senate.Genesis.LedgerId, 0, first, second);
            Assert.Equal((true, !isLater), (evidence.Verify(whole, 60), evidence.Verify(genesis, 60)));
            var promise = Acceptance.Sign(node, Transaction.Parse(Enrol(name)));
            Assert.Equal((true, !isLater), (promise.Verify(whole), promise.Verify(genesis)));
            Assert.False((promise with { LedgerId = Hash.Of("another"u8) }).Verify(whole));
        }
        var stranger = senate.Node("a stranger");
        Assert.False(Acceptance.Sign(stranger, Transaction.Parse(Enrol("stranger"))).Verify(whole));
    }

    [Fact]
    public void One_signature_short_or_one_link_and_it_does_not_hold()
    {
        var (whole, set) = (senate.ReceiptAt(after), senate.BlockAt(senate.Changes[1].Height).Validators);
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(senate.ReceiptAt(after, fewer: 1), senate.Genesis));
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(senate.ReceiptAt(before, fewer: 1), senate.Genesis));
        for (var missing = 0; missing < 3; missing++)
        {
            var (shorter, weaker) = (senate.Changes.ToList(), senate.Changes.ToArray());
            shorter.RemoveAt(missing);
            Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(whole with { Changes = shorter }, senate.Genesis));
            var header = weaker[missing].Certificate.Header;
            weaker[missing] = weaker[missing] with { Certificate = senate.Certify(header, senate.BlockAt(header.Height).Validators, fewer: 1) };
            Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(whole with { Changes = weaker }, senate.Genesis));
        }
        // Certified by those whom it brings in, and not by those before.
        var usurped = senate.Changes[1].Certificate.Header;
        SetChange[] changed = [senate.Changes[0], senate.Changes[1] with { Certificate = senate.Certify(usurped with { Validators = usurped.Next, Next = set.Hash }, senate.Changes[1].Next) }, senate.Changes[2]];
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(whole with { Changes = changed }, senate.Genesis));
        // Another set than the header names.
        SetChange[] swapped = [senate.Changes[0] with { Next = senate.Changes[1].Next }, .. senate.Changes.Skip(1)];
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(whole with { Changes = swapped }, senate.Genesis));
    }

    [Fact]
    public void Validators_who_have_gone_certify_nothing_more_for_whoever_knows_it()
    {
        var (four, late) = (senate.Genesis.Validators, senate.BlockAt(after).Header);
        var forged = senate.Certify(late with { Validators = four.Hash, Next = four.Hash }, four);
        var history = new ValidatorHistory(senate.Genesis);
        Assert.True(history.Certifies(forged));
        Assert.True(history.Take(senate.Changes));
        Assert.False(history.Certifies(forged));
        Assert.True(history.Certifies(senate.CertificateAt(before)));
        Assert.True(history.Certifies(senate.CertificateAt(after)));
        var known = new KnownCertificates(senate.Genesis);
        Assert.True(known.Holds(forged));
        Assert.True(known.Take(senate.Changes));
        Assert.False(known.Holds(forged));
        // Nor another header for the height at which they decided their successors.
        var deciding = senate.Changes[0].Certificate.Header;
        Assert.False(history.Certifies(senate.Certify(deciding with { Next = four.Hash }, four)));
        Assert.False(history.Take(new SetChange(senate.Certify(deciding with { OutcomeCount = 9 }, four), senate.Changes[0].Next)));
        Assert.True(history.Take(senate.Changes));
    }

    [Fact]
    public void One_who_knows_a_newer_change_needs_only_those_after_it()
    {
        var known = new KnownCertificates(senate.Genesis);
        Assert.Equal(0ul, known.NewestChange);
        Assert.True(known.Take(senate.Changes.Take(2).ToArray()));
        Assert.Equal(senate.Changes[1].Height, known.NewestChange);
        var receipt = senate.ReceiptAt(after);
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt with { Changes = [senate.Changes[2]] }, known));
        Assert.Equal(ReceiptFault.Certificate, ReceiptCheck.Check(receipt with { Changes = [senate.Changes[2]] }, senate.Genesis));
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt with { Changes = [] }, known));
    }

    [Fact]
    public void A_light_client_goes_on_from_what_it_kept_and_never_back()
    {
        using var folder = new TemporaryFile();
        var client = new LightClient(senate.Genesis);
        Assert.False(client.Take([senate.Changes[1]]));
        Assert.True(client.Take([senate.Changes[0]]));
        Assert.Equal(HeaderNews.NotCertified, client.Weigh(senate.CertificateAt(after)));
        client.Save(folder.Path);
        Assert.InRange(client.ToBytes().Length, 1, 1_500);

        var next = new LightClient(senate.Genesis);
        next.Load(folder.Path);
        Assert.Equal(senate.Changes[0].Height, next.ChangedAt);
        Assert.False(next.Take([senate.Changes[2]]));
        Assert.True(next.Take(senate.Changes));
        Assert.Equal(HeaderNews.Newer, next.Weigh(senate.CertificateAt(after)));
        Assert.Equal(senate.Ledger.Validators.Hash, next.Validators.Hash);
        Assert.Equal(HeaderNews.NotCertified, next.Weigh(senate.CertificateAt(before)));
        Assert.Throws<FormatException>(() => new LightClient(new Senate(3).Genesis).Load(next.ToBytes()));
        Assert.Throws<InvalidOperationException>(() => next.Load(client.ToBytes()));
    }

    [Fact]
    public void A_change_that_a_newer_header_knows_nothing_of_contradicts_it()
    {
        var (four, late) = (senate.Genesis.Validators, senate.BlockAt(after).Header);
        var client = new LightClient(senate.Genesis);
        Assert.Equal(HeaderNews.Newer, client.Weigh(senate.Certify(late with { Validators = four.Hash, Next = four.Hash }, four)));
        Assert.False(client.Take(senate.Changes));
        Assert.Equal(0ul, client.ChangedAt);
    }

    [Fact]
    public void A_proof_of_a_record_carries_the_changes_too()
    {
        senate.UntilCheckpoint();
        var key = RecordKeys.Validators(senate.Changes[2].Height);
        var (_, value, proof) = senate.Ledger.Prove(key)!.Value;
        senate.UntilCheckpoint();
        var evidence = new StateEvidence(key, value, proof, senate.CertificateAt(senate.Head.Height)) { Changes = senate.Changes };
        Assert.Equal(senate.Ledger.Validators.ToBytes(), evidence.Value);
        Assert.True(evidence.Verify(senate.Genesis));
        Assert.True(StateEvidence.FromBytes(evidence.ToBytes()).Verify(senate.Genesis));
        Assert.True(evidence.Verify(new KnownCertificates(senate.Genesis)));
        Assert.False((evidence with { Changes = [] }).Verify(senate.Genesis));
        Assert.False((evidence with { Changes = [senate.Changes[0], senate.Changes[2]] }).Verify(senate.Genesis));
    }

    [Fact]
    public void No_bit_of_a_receipt_with_changes_can_be_flipped()
    {
        var bytes = senate.ReceiptAt(after).ToBytes();
        for (var each = 0; each < bytes.Length; each += 7)
        {
            bytes[each] ^= (byte)(1 << each % 8);
            Assert.NotEqual(ReceiptFault.None, ReceiptCheck.Check(bytes, senate.Genesis, out _));
            bytes[each] ^= (byte)(1 << each % 8);
        }
    }

    private byte[] Enrol(string name) => senate.Do(Keys.Of(name), new KernelCalls.Enrol(Keys.Of(name).Public));

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

        public void Dispose() => File.Delete(Path);
    }
}
