using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Rules;

/// <summary>Rules 6, 12, 25 and 26: what a certificate needs, and what a receipt proves of an acceptance, a refusal and a batch.</summary>
public sealed class ReceiptRules
{
    private readonly Bench bench = new(validators: 4);

    /// <summary>Rule 6: a quorum, each of the set's own, in order, every one of them good.</summary>
    [Fact]
    public void A_certificate_is_a_quorum_of_good_attestations_in_order()
    {
        var header = bench.Chain.Block().Header;
        var (set, all) = (bench.Chain.Genesis.Validators, bench.Chain.Validators.Select(key => Attestation.Sign(key, header)).ToArray());
        Assert.Equal(3, set.Quorum);
        Assert.True(Holds(all));
        Assert.True(Holds(all[..3]));
        Assert.True(Holds(all[1..]));
        Assert.False(Holds(all[..2]));
        Assert.False(Holds(all[0], all[1], all[1]));
        Assert.False(Holds(all[0], all[2], all[1]));
        Assert.False(Holds(all[0], all[1], all[2], all[3] with { Signature = all[2].Signature }));
        Assert.False(Holds(all[0], all[1], all[2], Attestation.Sign(bench.Chain.Validators[3], header with { Height = header.Height + 1 })));
        Assert.False(Holds(all[0], all[1], Attestation.Sign(bench.Ada, header)));
        Assert.False(new Certificate(header with { HistoryRoot = Hash.Of("x"u8) }, new Many<Attestation>(all)).Verify(set));
        Assert.False(new Certificate(header with { Validators = Hash.Of("x"u8) }, new Many<Attestation>(all)).Verify(set));
        Assert.False(new Certificate(header, new Many<Attestation>(all)).Verify(new Ledgers.Chain(3).Genesis.Validators));
        var bytes = new Certificate(header, new Many<Attestation>(all)).ToBytes();
        Assert.True(Certificate.FromBytes(bytes).Verify(set));

        bool Holds(params Attestation[] attestations) => new Certificate(header, new Many<Attestation>(attestations)).Verify(set);
    }

    /// <summary>Rule 7: a quorum is more than two thirds, so that two of them share an honest validator.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 4)]
    [InlineData(6, 5)]
    [InlineData(7, 5)]
    [InlineData(10, 7)]
    public void A_quorum_is_more_than_two_thirds(int validators, int quorum) => Assert.Equal(quorum, new Ledgers.Chain(validators).Genesis.Validators.Quorum);

    /// <summary>Rules 25 and 26: a receipt checks against the genesis alone, and with any one bit flipped does not.</summary>
    [Fact]
    public void A_receipt_checks_and_no_copy_with_a_flipped_bit_does()
    {
        var alone = new Bench();
        alone.Chain.Block(Pay(alone, 5), Pay(alone, 6), Pay(alone, 7));
        var receipt = alone.Chain.ReceiptOf(alone.Chain.Block(Pay(alone, 1), Pay(alone, 2), Pay(alone, 3)), 1);
        var bytes = receipt.ToBytes();
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, alone.Chain.Genesis, out _));
        Parallel.For(0, bytes.Length * 8, bit =>
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(ReceiptFault.None, ReceiptCheck.Check(flipped, alone.Chain.Genesis, out _));
        });
    }

    /// <summary>Rule 6: a surplus attestation that does not verify fails the receipt; too few do; another ledger's validators do.</summary>
    [Fact]
    public void A_receipt_fails_with_its_certificate()
    {
        var block = bench.Chain.Block(Pay(bench, 1));
        Assert.Equal(ReceiptFault.None, Check(bench.Chain.ReceiptOf(block, 0, 3)));
        Assert.Equal(ReceiptFault.Certificate, Check(bench.Chain.ReceiptOf(block, 0, 2)));
        var whole = bench.Chain.ReceiptOf(block);
        var attestations = whole.Certificate.Attestations.AsSpan().ToArray();
        attestations[3] = attestations[3] with { Signature = attestations[0].Signature };
        Assert.Equal(ReceiptFault.Certificate, Check(whole with { Certificate = whole.Certificate with { Attestations = new Many<Attestation>(attestations) } }));
        Assert.Equal(ReceiptFault.WrongLedger, ReceiptCheck.Check(whole, new Bench().Chain.Genesis));
    }

    /// <summary>Rules 17 and 26: a refusal has its receipt, which says what was refused and why.</summary>
    [Fact]
    public void A_refusal_has_a_receipt_that_says_so()
    {
        var receipt = bench.Chain.ReceiptOf(bench.Chain.Block(Pay(bench, 1_000_000)));
        Assert.Equal(ReceiptFault.None, Check(receipt));
        var leaf = OutcomeLeaf.Read(Assert.Single(receipt.Outcomes).Leaf);
        Assert.Equal(((uint)KernelRefusal.InsufficientFunds.Number, 0), (leaf.Code, leaf.Postings.Count));
    }

    /// <summary>Rule 26: each call of a batch has a leaf of its own, and its payee's proof shows nobody else's; another transaction's leaf proves nothing.</summary>
    [Fact]
    public void Each_call_of_a_batch_has_a_proof_of_its_own()
    {
        var step = bench.By(bench.Ada);
        for (var each = 1; each <= 5; each++) step.Do(new KernelCalls.Transfer(null, Bench.Party(each % 2 == 0 ? bench.Bob : bench.Eve), Bench.Eur(each), null));
        var block = bench.Chain.Block(step.Sign(), Pay(bench, 9));
        var (batch, single) = (bench.Chain.ReceiptOf(block), bench.Chain.ReceiptOf(block, 1));
        Assert.Equal([1, 2, 3, 4, 5], batch.Outcomes.Select(outcome => OutcomeLeaf.Read(outcome.Leaf).Postings.Max(posting => posting.Change)));
        Assert.Equal(ReceiptFault.None, Check(batch));
        Assert.Equal(ReceiptFault.None, Check(batch with { Outcomes = [batch.Outcomes[3]] }));
        Assert.Equal(ReceiptFault.Outcome, Check(batch with { Outcomes = [single.Outcomes[0]] }));
        Assert.Equal(ReceiptFault.Outcome, Check(batch with { Outcomes = [] }));
        Assert.Equal(ReceiptFault.Outcome, Check(batch with { Outcomes = [batch.Outcomes[3] with { Index = 2 }] }));
        Assert.Equal(ReceiptFault.Outcome, Check(batch with { Outcomes = [batch.Outcomes[3] with { Leaf = batch.Outcomes[2].Leaf }] }));
    }

    /// <summary>Rule 26: the balance after each movement is the account's.</summary>
    [Fact]
    public void A_leaf_says_the_balance_after()
    {
        var receipt = bench.Chain.ReceiptOf(bench.Chain.Block(Pay(bench, 30)));
        Assert.Equal(
            [(Bench.Party(bench.Ada), -30, 9_970), (Bench.Party(bench.Bob), 30, 30)],
            OutcomeLeaf.Read(receipt.Outcomes[0].Leaf).Postings.Select(posting => (posting.Account.Owner.Party!.Value, posting.Change, posting.Balance)));
    }

    private ReceiptFault Check(Receipt receipt) => ReceiptCheck.Check(receipt.ToBytes(), bench.Chain.Genesis, out _) is var read && read != ReceiptFault.Malformed
        ? read : ReceiptCheck.Check(receipt, bench.Chain.Genesis);

    private static byte[] Pay(Bench on, long minor) => on.By(on.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(on.Bob), Bench.Eur(minor), null)).Sign();
}
