using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Rules;

/// <summary>Rules 25 and 26, for who checks many receipts: remembering what held makes nothing hold that would not hold by itself.</summary>
public sealed class KnownCertificateRules
{
    private readonly Bench bench = new();

    [Fact]
    public void A_flipped_bit_fails_though_the_receipt_it_was_flipped_in_is_known()
    {
        var known = new KnownCertificates(bench.Chain.Genesis);
        var bytes = Receipt(1).ToBytes();
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, known, out _));
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, known, out _));
        Assert.Equal(1, known.Count);
        Parallel.For(0, bytes.Length, at =>
        {
            byte[] flipped = [.. bytes];
            flipped[at] ^= (byte)(1 << (at % 8));
            Assert.NotEqual(ReceiptFault.None, ReceiptCheck.Check(flipped, known, out _));
        });
        Assert.Equal(1, known.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void So_many_are_kept_and_no_more_and_all_are_checked_alike(int capacity)
    {
        var known = new KnownCertificates(bench.Chain.Genesis, capacity);
        var receipts = Enumerable.Range(0, 8).Select(each => Receipt(each + 1)).ToArray();
        for (var round = 0; round < 2; round++)
            foreach (var receipt in receipts) Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt, known));
        Assert.Equal(capacity, known.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnownCertificates(bench.Chain.Genesis, -1));
    }

    [Fact]
    public void A_certificate_of_another_ledger_or_of_too_few_does_not_hold()
    {
        var (certificate, others) = (Receipt(1).Certificate, new Bench(validators: 2));
        Assert.True(new KnownCertificates(bench.Chain.Genesis).Holds(certificate));
        Assert.False(new KnownCertificates(others.Chain.Genesis).Holds(certificate with { Header = certificate.Header with { LedgerId = others.Chain.Genesis.LedgerId } }));
        Assert.Equal(ReceiptFault.WrongLedger, ReceiptCheck.Check(Receipt(2), new KnownCertificates(others.Chain.Genesis)));
        Assert.False(new KnownCertificates(bench.Chain.Genesis).Holds(certificate with { Attestations = new Many<Attestation>() }));
    }

    private Receipt Receipt(int cents)
    {
        var payment = bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(cents), null)).Sign();
        return bench.Chain.ReceiptOf(bench.Chain.Block(payment), 0);
    }
}
