using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Ledgers;

public sealed class FirstLedgerTests
{
    [Fact]
    public void Money_is_issued_and_paid_and_the_receipt_checks_against_the_genesis_alone()
    {
        var chain = new Chain();
        var (bank, ada, bob) = (chain.Enrol(), chain.Enrol(), chain.Enrol());
        var money = EMoney.Contents;
        var opened = chain.Do(chain.Begin(bank).Open(1, 1, (Codec<EMoney.Begin>)money.ClauseOf<EMoney.Begin>().ArgumentsCodec, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)), bank);
        Assert.Null(opened.Refusal);
        var euro = new Unit(1);
        Assert.Null(chain.Do(chain.Begin(bank).Call(1, 2, (Codec<EMoney.Issue>)money.ClauseOf<EMoney.Issue>().ArgumentsCodec, new EMoney.Issue(Party.Of(ada.Id), euro.Of(1000), Hash.Of("a"u8))), bank).Refusal);
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var transaction = chain.Begin(ada).Open(0, number, codec, new KernelCalls.Transfer(null, Party.Of(bob.Id), euro.Of(250), null)).Sign(ada);
        var block = chain.Block(transaction);
        Assert.Null(block.Outcomes.Decisions[0].Refusal);
        Assert.Equal(250, chain.State.Balance(Party.Of(bob.Id), euro));
        Assert.Equal(750, chain.State.Balance(Party.Of(ada.Id), euro));
        Assert.Equal(-1000, chain.State.Balance(Owner.Of(1), euro));

        var index = block.FirstHistory;
        var tree = new Keten.Kernel.Trees.OutcomeTree(block.Outcomes.LeafHashes);
        var certificate = new Certificate(block.Header, new Many<Attestation>(Attestation.Sign(chain.Validator, block.Header)));
        var receipt = new Receipt(
            Transaction.Parse(transaction), index, chain.Ledger.History.Inclusion(index, block.Header.HistorySize),
            [new OutcomeEvidence(block.Outcomes.Bytes[block.Outcomes.Calls[0].Leaf].ToArray(), 0, tree.Path(0))], certificate);
        var bytes = receipt.ToBytes();
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(bytes, chain.Genesis, out _));
        for (var bit = 0; bit < bytes.Length * 8; bit += 7)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(ReceiptFault.None, ReceiptCheck.Check(flipped, chain.Genesis, out _));
        }
    }
}
