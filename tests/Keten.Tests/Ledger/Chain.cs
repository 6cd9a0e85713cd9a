using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Tests.Ledgers;

/// <summary>A ledger in memory, with its clock in the test's hand and keys that are the same in every run: what the tests of the kernel's rules stand on.</summary>
internal sealed class Chain
{
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly List<byte[]> entries = [];
    private ulong sequence;
    private int enrolled;

    public Chain(Catalogue? catalogue = null, Parameters? parameters = null, params SigningKey[] founders) : this(1, catalogue, parameters, founders)
    {
    }

    public Chain(int validators, Catalogue? catalogue = null, Parameters? parameters = null, params SigningKey[] founders)
    {
        Validators = [.. Enumerable.Range(0, validators).Select(each => Keys.Of($"validator {each}")).OrderBy(key => key.Id)];
        var set = new ValidatorSet([.. Validators.Select((key, place) => new Validator($"Validator {place}", key.Public))]);
        Genesis = new Genesis(
            Hash.Of("nonce"u8), new Instant(1_700_000_000), set, new Many<PublicKey>(Array.ConvertAll(founders, founder => founder.Public)), false,
            parameters ?? Parameters.Default, (catalogue ?? BuiltIn.Catalogue).Hash);
        Ledger = Ledger.Begin(Genesis, catalogue ?? BuiltIn.Catalogue);
        Now = Genesis.Began;
    }

    public SigningKey[] Validators { get; }

    public SigningKey Validator => Validators[0];

    public Genesis Genesis { get; }

    public Ledger Ledger { get; set; }

    public LedgerState State => Ledger.State;

    /// <summary>What the next entry states as its clock.</summary>
    public Instant Now { get; set; }

    /// <summary>The bytes of every entry so far.</summary>
    public IReadOnlyList<byte[]> Entries => entries;

    /// <summary>The agreement that was opened last.</summary>
    public ulong Last => State.Counters.NextAgreement - 1;

    public TransactionBuilder Begin(params SigningKey[] signers)
    {
        var builder = new TransactionBuilder(Ledger.Id, Now.Plus(600));
        foreach (var signer in signers) builder.By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
        return builder;
    }

    /// <summary>A transaction of these signers, to which calls are added.</summary>
    public Step By(params SigningKey[] signers) => new(this, signers);

    public byte[] Entry(params byte[][] transactions) =>
        Kernel.Blocks.Entry.Sign(Validator, Ledger.Id, 0, ++sequence, Now, Array.ConvertAll(transactions, bytes => new CheckedTransaction(Transaction.Parse(bytes)))).Bytes.ToArray();

    public Block Block(params byte[][] transactions) => Execute(Entry(transactions)) ?? throw new InvalidOperationException("The entry was skipped.");

    public Block? Execute(byte[] entry)
    {
        entries.Add(entry);
        return Ledger.Execute(entry);
    }

    /// <summary>Lets time pass, an hour an entry at most, until the ledger's clock says so.</summary>
    public Block Until(Instant then)
    {
        Now = then;
        var block = Block();
        while (State.Now < then) block = Block();
        return block;
    }

    public Block Wait(long seconds) => Until(Now.Plus(seconds));

    public Decision Do(TransactionBuilder builder, params Signer[] signers) => Block(builder.Sign(signers)).Outcomes.Decisions[0];

    public SigningKey Enrol() => Enrol($"party {enrolled++}");

    public SigningKey Enrol(string name)
    {
        var key = Keys.Of(name);
        Assert.Null(By(key).Do(new KernelCalls.Enrol(key.Public)).Run().Refusal);
        return key;
    }

    /// <summary>The receipt of one transaction of the newest block, with all its outcomes, attested by so many validators.</summary>
    public Receipt ReceiptOf(Block block, int transaction = 0, int attested = int.MaxValue)
    {
        var (outcomes, of) = (block.Outcomes, block.Transactions[transaction]);
        var tree = new OutcomeTree(outcomes.LeafHashes);
        var evidence = outcomes.Calls.Select((call, place) => (call, place)).Where(one => one.call.Origin == of.Id)
            .Select(one => new OutcomeEvidence(outcomes.Bytes[one.call.Leaf].ToArray(), (ulong)one.place, tree.Path(one.place)));
        var index = block.FirstHistory + (ulong)outcomes.Decisions.Take(transaction).Count(decision => !decision.IsVoid);
        return new Receipt(
            of, index, Ledger.History.Inclusion(index, block.Header.HistorySize), [.. evidence],
            new Certificate(block.Header, new Many<Attestation>([.. Validators.Take(attested).Select(key => Attestation.Sign(key, block.Header))])));
    }

    /// <summary>A transaction as it is put together: calls on contracts and on the ledger, each with the most that may leave its signers.</summary>
    internal sealed class Step(Chain chain, SigningKey[] signers)
    {
        private readonly TransactionBuilder builder = chain.Begin(signers);

        public Step Open<T, TOpening>(Contract<T> contract, TOpening opening) where T : class where TOpening : notnull
        {
            builder.Open(contract, opening);
            return this;
        }

        public Step Call<T, TClause>(ulong agreement, Contract<T> contract, TClause clause) where T : class where TClause : notnull
        {
            builder.Call(contract, new Agreement<T>(agreement), clause);
            return this;
        }

        public Step Do<T>(T call) where T : notnull
        {
            builder.Do(call);
            return this;
        }

        public Step AtMost(SigningKey signer, Amount most)
        {
            builder.AtMost(signer.Id, most);
            return this;
        }

        public byte[] Sign() => builder.Sign(signers);

        public Block Block() => chain.Block(Sign());

        public Decision Run() => Block().Outcomes.Decisions[0];
    }
}
