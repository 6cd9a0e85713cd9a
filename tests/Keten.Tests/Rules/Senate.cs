using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Kernel.Trees;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>A ledger whose validators vote: each organisation with a key of its own and one of its node. Every block is certified by those who were to certify it.</summary>
internal sealed class Senate
{
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly Dictionary<KeyId, ulong> sequences = [];
    private readonly Dictionary<KeyId, SigningKey> nodes = [];
    private readonly List<SetChange> changes = [];
    private readonly List<(Block Block, Certificate Certificate)> blocks = [];

    public Senate(int validators, Catalogue? catalogue = null, Catalogue? begins = null, string name = "senate", Parameters? parameters = null)
    {
        var set = new ValidatorSet([.. Enumerable.Range(0, validators).Select(each => new Validator($"Validator {each}", Node($"node {each}").Public, Party(Org(each))))]);
        var founders = Enumerable.Range(0, 8).Select(each => Org(each).Public).ToArray();
        Genesis = new Genesis(Hash.Of(System.Text.Encoding.UTF8.GetBytes(name)), new Instant(1_700_000_000), set, new Many<PublicKey>(founders), false, parameters ?? Parameters.Default, (begins ?? catalogue ?? BuiltIn.Catalogue).Hash);
        Ledger = Ledger.Begin(Genesis, catalogue ?? BuiltIn.Catalogue);
        Now = Genesis.Began;
    }

    public Genesis Genesis { get; }

    public Ledger Ledger { get; }

    public LedgerState State => Ledger.State;

    public Instant Now { get; set; }

    public Header Head => Ledger.Head!;

    /// <summary>Every change of validators so far, certified.</summary>
    public IReadOnlyList<SetChange> Changes => changes;

    public Certificate CertificateAt(ulong height) => blocks[(int)height - 1].Certificate;

    public Block BlockAt(ulong height) => blocks[(int)height - 1].Block;

    /// <summary>The key of an organisation, whose party it is.</summary>
    public static SigningKey Org(int number) => Keys.Of($"organisation {number}");

    public static Party Party(SigningKey key) => Kernel.Party.Of(key.Id);

    public static Party PartyOf(int organisation) => Party(Org(organisation));

    /// <summary>A node's key by its name.</summary>
    public SigningKey Node(string name)
    {
        var key = Keys.Of(name);
        nodes[key.Id] = key;
        return key;
    }

    public KernelCalls.Change Adding(int organisation, string node) =>
        new(Add: new KernelCalls.NewValidator($"Validator {organisation}", PartyOf(organisation), Node(node).Public, KeyProof.Sign(Node(node), Ledger.Id, PartyOf(organisation))));

    public static KernelCalls.Change Removing(int organisation) => new(Remove: PartyOf(organisation));

    public byte[] Do<T>(SigningKey signer, T call) where T : notnull
    {
        var (number, codec) = KernelContents.Of<T>();
        return Begin(signer).Open(0, number, codec, call).Sign(signer);
    }

    public TransactionBuilder Begin(SigningKey signer) => new TransactionBuilder(Ledger.Id, Now.Plus(600)).By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);

    public IRefusal? Run(byte[] transaction) => Block(transaction).Outcomes.Decisions[0].Refusal;

    public IRefusal? Propose(int organisation, KernelCalls.Change change, long seconds = 86_400) =>
        Run(Do(Org(organisation), new KernelCalls.Propose(PartyOf(organisation), change, Now.Plus(seconds))));

    public IRefusal? Vote(int organisation, ulong proposal, bool yes = true) => Run(Do(Org(organisation), new KernelCalls.Vote(PartyOf(organisation), proposal, yes)));

    public IRefusal? Rekey(int organisation, string node) =>
        Run(Do(Org(organisation), new KernelCalls.Rekey(PartyOf(organisation), Node(node).Public, KeyProof.Sign(Node(node), Ledger.Id, PartyOf(organisation)))));

    /// <summary>Proposes by one organisation, and has others vote until it is carried.</summary>
    public void Carry(KernelCalls.Change change, params int[] voters)
    {
        Assert.Null(Propose(voters[0], change));
        var number = State.Counters.NextProposal - 1;
        foreach (var voter in voters.AsSpan(1)) Assert.Null(Vote(voter, number));
        Assert.Null(State.ProposalOf(number));
    }

    public Block Block(params byte[][] transactions) => Execute(Entry(FirstHeard(), transactions)) ?? throw new InvalidOperationException("The entry was skipped.");

    public SigningKey FirstHeard() => nodes[Ledger.Validators.All.ToArray().First(one => !State.IsMuted(one.Party)).Key.Id];

    public byte[] Entry(SigningKey node, params byte[][] transactions) => Kernel.Blocks.Entry.Sign(
        node, Ledger.Id, 0, sequences[node.Id] = sequences.GetValueOrDefault(node.Id) + 1, Now, Array.ConvertAll(transactions, bytes => new CheckedTransaction(Transaction.Parse(bytes)))).Bytes.ToArray();

    public Block? Execute(byte[] entry)
    {
        if (Ledger.Execute(entry) is not { } block) return null;
        var certificate = Certify(block.Header, block.Validators);
        blocks.Add((block, certificate));
        if (block.Header.Next != block.Header.Validators) changes.Add(new SetChange(certificate, block.Next));
        return block;
    }

    /// <summary>As many attestations as a certificate takes, or so many fewer.</summary>
    public Certificate Certify(Header header, ValidatorSet set, int fewer = 0) =>
        new(header, new Many<Attestation>([.. set.Ids.ToArray().Take(set.Quorum - fewer).Select(id => Attestation.Sign(nodes[id], header))]));

    /// <summary>Lets time pass, as all validators state it.</summary>
    public void Wait(long seconds)
    {
        Now = Now.Plus(seconds);
        while (State.Now < Now)
            foreach (var id in Ledger.Validators.Ids.ToArray()) Execute(Entry(nodes[id]));
    }

    /// <summary>Blocks until one ends a checkpoint.</summary>
    public void UntilCheckpoint()
    {
        Now = Now.Plus(10);
        var each = 0;
        do Execute(Entry(nodes[Ledger.Validators.Ids[each++ % Ledger.Validators.Count]]));
        while (Ledger.Latest?.Height != Head.Height);
    }

    /// <summary>The receipt of the first transaction of a block, with the changes of validators before it.</summary>
    public Receipt ReceiptAt(ulong height, int fewer = 0)
    {
        var (block, _) = blocks[(int)height - 1];
        var tree = new OutcomeTree(block.Outcomes.LeafHashes);
        var evidence = block.Outcomes.Calls.Select((call, place) => (call, place)).Where(one => one.call.Origin == block.Transactions[0].Id)
            .Select(one => new OutcomeEvidence(block.Outcomes.Bytes[one.call.Leaf].ToArray(), (ulong)one.place, tree.Path(one.place)));
        return new Receipt(
            block.Transactions[0], block.FirstHistory, Ledger.History.Inclusion(block.FirstHistory, block.Header.HistorySize), [.. evidence], Certify(block.Header, block.Validators, fewer))
        { Changes = [.. changes.Where(change => change.Height < height)] };
    }
}
