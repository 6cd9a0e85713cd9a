using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Trees;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Clients;

/// <summary>A ledger of one validator on which Ada, who has 10.00, paid Bob 2.50; and receipts of it.</summary>
internal sealed class Receipts
{
    public Receipts()
    {
        var (bank, ada, bob) = (Chain.Enrol(), Chain.Enrol(), Chain.Enrol());
        Assert.Null(Chain.Do(Chain.Begin(bank).Open(EMoney.Contents, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)), bank).Refusal);
        Assert.Null(Chain.Do(Chain.Begin(bank).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Party.Of(ada.Id), Euro.Of(1000), Hash.Of("a"u8))), bank).Refusal);
        (Bank, Ada, Bob) = (bank, ada, bob);
        Paid = Of(Chain.Begin(ada).Transfer(null, Party.Of(bob.Id), Euro.Of(250)).Sign(ada));
    }

    public Chain Chain { get; } = new();

    public Unit Euro { get; } = new(1);

    public SigningKey Bank { get; }

    public SigningKey Ada { get; }

    public SigningKey Bob { get; }

    /// <summary>Of the payment.</summary>
    public byte[] Paid { get; }

    /// <summary>Has a transaction decided, alone in its block, and gives its receipt.</summary>
    public byte[] Of(byte[] transaction)
    {
        var block = Chain.Block(transaction);
        var tree = new OutcomeTree(block.Outcomes.LeafHashes);
        var calls = block.Outcomes.Calls.Select(call => new OutcomeEvidence(block.Outcomes.Bytes[call.Leaf].ToArray(), 0, tree.Path(0))).Take(1).ToArray();
        var certificate = new Certificate(block.Header, new Many<Attestation>(Attestation.Sign(Chain.Validator, block.Header)));
        var path = Chain.Ledger.History.Inclusion(block.FirstHistory, block.Header.HistorySize);
        return new Receipt(Transaction.Parse(transaction), block.FirstHistory, path, calls, certificate).ToBytes();
    }

    public Certificate Certify(Header header) => new(header, new Many<Attestation>(Attestation.Sign(Chain.Validator, header)));
}
