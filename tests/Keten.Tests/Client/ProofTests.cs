using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Clients;

public sealed class ProofTests
{
    [Fact]
    public void A_receipt_that_holds_tells_what_was_done()
    {
        var made = new Receipts();
        var verdict = ReceiptVerdict.Of(made.Paid, made.Chain.Genesis);
        Assert.True(verdict.Holds);
        Assert.All(verdict.Steps, step => Assert.True(step.Holds));
        var call = Assert.Single(ReceiptStory.Of(verdict.Receipt!, BuiltIn.Catalogue).Calls);
        Assert.Equal("KernelCalls.Transfer", call.Name);
        Assert.Contains($"{Party.Of(made.Bob.Id)}: +250 of unit 1", call.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_is_told_with_its_sentence()
    {
        var made = new Receipts();
        var refused = made.Of(made.Chain.Begin(made.Ada).Transfer(null, Party.Of(made.Bob.Id), made.Euro.Of(9_999)).Sign(made.Ada));
        var verdict = ReceiptVerdict.Of(refused, made.Chain.Genesis);
        Assert.True(verdict.Holds);
        Assert.Contains(KernelRefusal.InsufficientFunds.Sentence, ReceiptStory.Of(verdict.Receipt!, BuiltIn.Catalogue).Calls[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_that_fails_is_named_and_those_after_it_are_not_reached()
    {
        var made = new Receipts();
        Assert.Equal("form", ReceiptVerdict.Of([1, 2, 3], made.Chain.Genesis).Failed);
        Assert.Equal("ledger", ReceiptVerdict.Of(made.Paid, new Receipts().Chain.Genesis with { Nonce = Hash.Of("another"u8) }).Failed);

        var receipt = Receipt.FromBytes(made.Paid);
        var stranger = new Certificate(receipt.Header, new Many<Attestation>(Attestation.Sign(SigningKey.Generate(), receipt.Header)));
        var verdict = ReceiptVerdict.Of((receipt with { Certificate = stranger }).ToBytes(), made.Chain.Genesis);
        Assert.Equal("certificate", verdict.Failed);
        Assert.Equal([true, true, false, null], verdict.Steps.Select(step => step.Holds));

        var other = Receipt.FromBytes(made.Of(made.Chain.Begin(made.Ada).Transfer(null, Party.Of(made.Bob.Id), made.Euro.Of(1)).Sign(made.Ada)));
        Assert.Equal("outcome", ReceiptVerdict.Of((receipt with { Outcomes = other.Outcomes }).ToBytes(), made.Chain.Genesis).Failed);
    }

    [Fact]
    public void The_newest_header_is_kept_and_an_older_or_another_one_is_noticed()
    {
        var made = new Receipts();
        var first = Receipt.FromBytes(made.Paid).Certificate;
        var second = Receipt.FromBytes(made.Of(made.Chain.Begin(made.Ada).Transfer(null, Party.Of(made.Bob.Id), made.Euro.Of(1)).Sign(made.Ada))).Certificate;
        var newest = new LightClient(made.Chain.Genesis);
        Assert.Equal(HeaderNews.Newer, newest.Weigh(first));
        Assert.Equal(HeaderNews.Newer, newest.Weigh(second));
        Assert.Equal(HeaderNews.Same, newest.Weigh(second));
        Assert.Equal(HeaderNews.Older, newest.Weigh(first));
        Assert.Equal(HeaderNews.Fork, newest.Weigh(made.Certify(second.Header with { OutcomeRoot = Hash.Of("x"u8) })));
        Assert.Equal(HeaderNews.Fork, newest.Weigh(made.Certify(second.Header with { Height = second.Header.Height + 1 })));
        Assert.Equal(HeaderNews.Fork, newest.Weigh(made.Certify(second.Header with { Height = second.Header.Height + 9, HistorySize = 1 })));
        Assert.Equal(HeaderNews.NotCertified, newest.Weigh(second with { Attestations = new Many<Attestation>(Attestation.Sign(SigningKey.Generate(), second.Header)) }));
        Assert.Equal(second.Header.Hash, newest.Certificate!.Header.Hash);
    }

    [Fact]
    public void The_newest_header_outlives_a_run()
    {
        using var folder = new TemporaryFolder();
        var made = new Receipts();
        var newest = new LightClient(made.Chain.Genesis);
        newest.Load(folder["head"]);
        newest.Weigh(Receipt.FromBytes(made.Paid).Certificate);
        newest.Save(folder["head"]);
        var next = new LightClient(made.Chain.Genesis);
        next.Load(folder["head"]);
        Assert.Equal(newest.Certificate!.Header.Hash, next.Certificate!.Header.Hash);
        Assert.Throws<FormatException>(() => new LightClient(made.Chain.Genesis with { Nonce = default }).Load(folder["head"]));
    }

    [Fact]
    public void Calls_by_their_types_are_only_those_that_can_be_called_so()
    {
        var builder = new TransactionBuilder(Hash.Of("ledger"u8), new Instant(1_800_000_000));
        Assert.Throws<ArgumentException>(() => builder.Open(EMoney.Contents, new EMoney.Issue(Party.Of(SigningKey.Generate().Id), new Unit(1).Of(1), default)));
        Assert.Throws<ArgumentException>(() => builder.Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Begin(Party.Of(SigningKey.Generate().Id), "EUR", 2)));
        Assert.Throws<KeyNotFoundException>(() => builder.Do(3));
    }
}
