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

    private readonly SigningKey[] validators, parties;
    private readonly List<SetChange> changes = [];
    private readonly Ledger ledger;
    private readonly Dictionary<KeyId, ulong> counters = [];
    private ulong sequence;

    public Receipts(int validators)
    {
        parties = [.. Enumerable.Range(0, validators).Select(_ => SigningKey.Generate())];
        this.validators = [.. Enumerable.Range(0, validators).Select(_ => SigningKey.Generate()).OrderBy(key => key.Id)];
        var set = new ValidatorSet([.. this.validators.Select((key, at) => new Validator($"Validator {at + 1}", key.Public, Party.Of(parties[at].Id)))]);
        Genesis = new Genesis(Hash.Of("nonce"u8), Began, set, new Many<PublicKey>(Array.ConvertAll(parties, party => party.Public)), false, Kernel.State.Parameters.Default, BuiltIn.Catalogue.Hash);
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

    /// <summary>A validator replaces its node's key: what comes after carries one change more.</summary>
    public void Rekey(int validator)
    {
        var (party, key) = (parties[validator], SigningKey.Generate());
        var (number, codec) = KernelContents.Of<KernelCalls.Rekey>();
        var was = ledger.Validators.Of(Party.Of(party.Id))!.Value.Key.Id;
        var call = new TransactionBuilder(ledger.Id, Began.Plus(600)).By(party.Id, Counter(party)).Open(0, number, codec, new KernelCalls.Rekey(Party.Of(party.Id), key.Public, KeyProof.Sign(key, ledger.Id, Party.Of(party.Id))));
        var block = ledger.Execute(Entry.Sign(validators[0], ledger.Id, 0, ++sequence, Began, [new CheckedTransaction(Kernel.Transaction.Parse(call.Sign(party)))]).Bytes)!;
        changes.Add(new SetChange(Certify(block), block.Next));
        validators[Array.FindIndex(validators, one => one.Id == was)] = key;
        Array.Sort(validators, (left, right) => left.Id.CompareTo(right.Id));
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

    private Certificate Certify(Block block) =>
        new(block.Header, new Many<Attestation>([.. validators.Take(Genesis.Validators.Quorum).Select(validator => Attestation.Sign(validator, block.Header))]));

    private byte[] ReceiptOf(Block block, byte[] transaction, int at)
    {
        var read = Kernel.Transaction.Parse(transaction);
        var tree = new OutcomeTree(block.Outcomes.LeafHashes);
        var evidence = new List<OutcomeEvidence>();
        for (var leaf = 0; leaf < block.Outcomes.Calls.Count; leaf++)
            if (block.Outcomes.Calls[leaf] is var call && call.Origin == read.Id) evidence.Add(new OutcomeEvidence(block.Outcomes.Bytes[call.Leaf].ToArray(), (ulong)leaf, tree.Path(leaf)));
        var index = block.FirstHistory + (ulong)at;
        return new Receipt(read, index, ledger.History.Inclusion(index, block.Header.HistorySize), evidence, Certify(block)) { Changes = [.. changes] }.ToBytes();
    }
}
