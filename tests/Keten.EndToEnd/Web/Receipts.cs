using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.Trees;

namespace Keten.EndToEnd.Web;

/// <summary>A ledger in memory with as many validators as wanted, and receipts of what was done on it: of one signer and of several, of one call and of many, of refusals.</summary>
internal sealed class Receipts
{
    private static readonly Instant Began = new(1_700_000_000);

    private readonly SigningKey[] validators;
    private readonly Ledger ledger;
    private readonly Dictionary<KeyId, ulong> counters = [];
    private ulong sequence;

    public Receipts(int validators)
    {
        this.validators = [.. Enumerable.Range(0, validators).Select(_ => SigningKey.Generate()).OrderBy(key => key.Id)];
        var set = new ValidatorSet([.. this.validators.Select((key, at) => new Validator($"Validator {at + 1}", key.Public))]);
        Genesis = new Genesis(Hash.Of("nonce"u8), Began, set, default, false, Kernel.State.Parameters.Default, BuiltIn.Catalogue.Hash);
        ledger = Ledger.Begin(Genesis, BuiltIn.Catalogue);
    }

    public Genesis Genesis { get; }

    /// <summary>Receipts of a block for each number of transactions; every third is signed by two, every fourth is refused.</summary>
    public List<byte[]> Make(params int[] blocks)
    {
        var made = new List<byte[]>();
        foreach (var count in blocks)
        {
            var transactions = Enumerable.Range(0, count).Select(Transaction).ToArray();
            var batch = Array.ConvertAll(transactions, bytes => new CheckedTransaction(Kernel.Transaction.Parse(bytes)));
            var block = ledger.Execute(Entry.Sign(validators[0], ledger.Id, 0, ++sequence, Began, batch).Bytes)!;
            made.AddRange(transactions.Select((bytes, at) => ReceiptOf(block, bytes, at)));
        }
        return made;
    }

    private byte[] Transaction(int at)
    {
        var (ada, bob) = (SigningKey.Generate(), SigningKey.Generate());
        var builder = new TransactionBuilder(ledger.Id, Began.Plus(600)).By(ada.Id, Counter(ada));
        Enrol(builder, ada);
        // A party that stands already is not enrolled twice: refused.
        if (at % 4 == 3) Enrol(builder, ada);
        if (at % 3 != 2) return builder.Sign(ada);
        Enrol(builder.By(bob.Id, Counter(bob)), bob);
        return builder.Sign(ada, bob);
    }

    private ulong Counter(SigningKey key) => counters[key.Id] = counters.GetValueOrDefault(key.Id) + 1;

    private static void Enrol(TransactionBuilder builder, SigningKey key)
    {
        var (number, codec) = KernelContents.Of<KernelCalls.Enrol>();
        builder.Open(0, number, codec, new KernelCalls.Enrol(key.Public));
    }

    private byte[] ReceiptOf(Block block, byte[] transaction, int at)
    {
        var quorum = validators.AsSpan(0, Genesis.Validators.Quorum);
        var certificate = new Certificate(block.Header, new Many<Attestation>([.. quorum.ToArray().Select(validator => Attestation.Sign(validator, block.Header))]));
        var read = Kernel.Transaction.Parse(transaction);
        var tree = new OutcomeTree(block.Outcomes.LeafHashes);
        var evidence = new List<OutcomeEvidence>();
        for (var leaf = 0; leaf < block.Outcomes.Calls.Count; leaf++)
            if (block.Outcomes.Calls[leaf] is var call && call.Origin == read.Id) evidence.Add(new OutcomeEvidence(block.Outcomes.Bytes[call.Leaf].ToArray(), (ulong)leaf, tree.Path(leaf)));
        var index = block.FirstHistory + (ulong)at;
        return new Receipt(read, index, ledger.History.Inclusion(index, block.Header.HistorySize), evidence, certificate).ToBytes();
    }
}
