using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Nodes;

/// <summary>A node of one validator on a disk and with a clock in the test's hand; a bank and two customers with money when it has begun.</summary>
internal sealed class NodeRig : IAsyncDisposable
{
    public static readonly Unit Euro = new(1);
    private readonly Dictionary<KeyId, ulong> counters = [];

    public NodeRig(IDisk disk, Catalogue? catalogue = null, PipelineOptions? options = null, Parameters? parameters = null, bool openToRead = false)
    {
        (Disk, Catalogue) = (disk, catalogue ?? BuiltIn.Catalogue);
        Clock = new SimulatedClock(1_800_000_000);
        Options = (options ?? new PipelineOptions()) with { Clock = Clock, Verifiers = 2 };
        Genesis = new Genesis(
            Hash.Of("nonce"u8), new Instant(1_800_000_000), new ValidatorSet(new Validator("Test", Validator.Public)),
            new Many<PublicKey>(Bank.Public, Ada.Public, Bob.Public), openToRead, parameters ?? Parameters.Default, Catalogue.Hash);
    }

    public IDisk Disk { get; }

    public Catalogue Catalogue { get; }

    public SimulatedClock Clock { get; }

    public PipelineOptions Options { get; set; }

    public Genesis Genesis { get; }

    public SigningKey Validator { get; } = SigningKey.Generate();

    public SigningKey Bank { get; } = SigningKey.Generate();

    public SigningKey Ada { get; } = SigningKey.Generate();

    public SigningKey Bob { get; } = SigningKey.Generate();

    public LedgerNode Node { get; private set; } = null!;

    public Task Open() => Open(Genesis);

    public async Task Open(Genesis? genesis) =>
        Node = await LedgerNode.OpenAsync(new NodeSetup("none", genesis, Catalogue, Validator, Options) { Disk = Disk });

    public async Task Reopen()
    {
        await Node.DisposeAsync();
        await Open(null);
    }

    /// <summary>The bank begins to issue, and gives Ada an amount.</summary>
    public async Task Fund(long cents = 1_000_000)
    {
        var money = EMoney.Contents;
        Assert.Equal(AnswerStatus.Done, (await Submit(Begin(Bank).Open(1, 1, (Codec<EMoney.Begin>)money.ClauseOf<EMoney.Begin>().ArgumentsCodec, new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank))).Status);
        Assert.Equal(AnswerStatus.Done, (await Submit(Begin(Bank).Call(1, 2, (Codec<EMoney.Issue>)money.ClauseOf<EMoney.Issue>().ArgumentsCodec, new EMoney.Issue(Party.Of(Ada.Id), Euro.Of(cents), Hash.Of("a"u8))).Sign(Bank))).Status);
    }

    public TransactionBuilder Begin(params SigningKey[] signers)
    {
        var builder = new TransactionBuilder(Genesis.LedgerId, new Instant(Clock.GetUtcNow().ToUnixTimeSeconds()).Plus(600));
        foreach (var signer in signers) builder.By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
        return builder;
    }

    public byte[] Pay(SigningKey from, SigningKey to, long cents)
    {
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        return Begin(from).Open(0, number, codec, new KernelCalls.Transfer(null, Party.Of(to.Id), Euro.Of(cents), null)).Sign(from);
    }

    /// <summary>Calls on no agreement, with arguments of 180 KiB together: refused, and of some size.</summary>
    public byte[] Fill()
    {
        var builder = Begin(Ada);
        var writer = new Keten.Kernel.Cbor.CborWriter(70_000);
        writer.Bytes(new byte[60_000]);
        for (var each = 0; each < 3; each++) builder.Call(999, 1, writer.Written);
        return builder.Sign(Ada);
    }

    /// <summary>Prunes up to a height, or up to the head, while time passes.</summary>
    public async Task Prune(ulong? height = null)
    {
        var prune = Node.PruneAsync(height ?? Node.Head!.Header.Height);
        while (!prune.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(prune, Task.Delay(5));
        }
        await prune;
    }

    public byte[] Enrol(SigningKey key)
    {
        var (number, codec) = KernelContents.Of<KernelCalls.Enrol>();
        return Begin(key).Open(0, number, codec, new KernelCalls.Enrol(key.Public)).Sign(key);
    }

    public async Task<Answer> Submit(byte[] transaction, WaitFor wait = WaitFor.Final) => (await Node.SubmitAsync([transaction], wait).WaitAsync(TimeSpan.FromSeconds(30)))[0];

    public Task<Answer[]> SubmitAll(IEnumerable<byte[]> transactions, WaitFor wait = WaitFor.Final)
    {
        var list = new List<ReadOnlyMemory<byte>>();
        foreach (var one in transactions) list.Add(one);
        return Node.SubmitAsync(list, wait).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public long BalanceOf(SigningKey key) => Node.Read(ledger => ledger.State.Balance(Party.Of(key.Id), Euro));

    public ValueTask DisposeAsync() => Node?.DisposeAsync() ?? ValueTask.CompletedTask;
}
