using System.Diagnostics;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>Validators on one log and one register, each with a disk of its own; the clock is in the test's hand. A bank issues, Ada and Bob pay each other.</summary>
internal sealed class NetworkRig : IAsyncDisposable
{
    public static readonly Unit Euro = new(1);
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly IDisk[] disks;
    private readonly LedgerNode?[] nodes;
    private readonly ILog?[] logs;
    private const int Joining = 2;
    private readonly int observers;

    /// <param name="validators">How many.</param>
    /// <param name="folder">Where their data folders are to be, v0 and on; null: on simulated disks.</param>
    /// <param name="parameters">The ledger's limits, if others than usual.</param>
    /// <param name="observers">How many nodes without a key come after the validators.</param>
    public NetworkRig(int validators, string? folder = null, Parameters? parameters = null, int observers = 0)
    {
        Order = new MemoryStore(pruneQuorum: 2 * validators / 3 + 1);
        Validators = [.. Enumerable.Range(0, validators).Select(_ => SigningKey.Generate())];
        this.observers = observers;
        Nodes = [.. Validators, .. Enumerable.Range(0, observers + Joining).Select(_ => SigningKey.Generate())];
        Parties = [.. Nodes.Select(_ => SigningKey.Generate())];
        disks = [.. Enumerable.Range(0, Nodes.Length).Select(each => folder is null ? (IDisk)new SimulatedDisk(each) : new RealDisk(Path.Combine(folder, $"v{each}")))];
        (nodes, logs) = (new LedgerNode?[Nodes.Length], new ILog?[Nodes.Length]);
        Genesis = new Genesis(
            Hash.Of("network"u8), new Instant(1_800_000_000), new ValidatorSet([.. Validators.Select((key, place) => new Validator($"V{place}", key.Public, Party.Of(Parties[place].Id)))]),
            new Many<PublicKey>([Bank.Public, Ada.Public, Bob.Public, .. Parties.Select(party => party.Public)]), false, parameters ?? Parameters.Default, BuiltIn.Catalogue.Hash);
    }

    public SigningKey[] Validators { get; }

    /// <summary>The key with which each node is opened: those of the genesis, and of two that may join.</summary>
    public SigningKey[] Nodes { get; }

    /// <summary>The key of each node's organisation, which votes.</summary>
    public SigningKey[] Parties { get; }

    public Genesis Genesis { get; }

    public SimulatedClock Clock { get; } = new(1_800_000_000);

    public MemoryStore Order { get; set; }

    public PipelineOptions Options { get; set; } = new() { Verifiers = 1, FarewellAtMost = TimeSpan.FromMilliseconds(300), ForgetEvery = TimeSpan.FromMilliseconds(20), KeepShared = 1_000_000 };

    public IRegister Register { get; set; } = new MemoryRegister();

    public SigningKey Bank { get; } = SigningKey.Generate();

    public SigningKey Ada { get; } = SigningKey.Generate();

    public SigningKey Bob { get; } = SigningKey.Generate();

    public LedgerNode this[int validator] => nodes[validator]!;

    public LedgerNode? Find(int validator) => nodes[validator];

    public IDisk DiskOf(int validator) => disks[validator];

    /// <summary>Exchanges a node's disk.</summary>
    public void Replace(int node, IDisk disk) => disks[node] = disk;

    /// <summary>A node's data folder and key, as a command has them while the node is stopped; an observer has none.</summary>
    public NodeSetup Setup(int node) =>
        new("none", Genesis, BuiltIn.Catalogue, node >= Validators.Length && node < Validators.Length + observers ? null : Nodes[node], Options with { Clock = new WallClock(Clock) }) { Disk = disks[node] };

    /// <summary>The log that a validator was opened with last.</summary>
    public ILog LogOf(int validator) => logs[validator]!;

    /// <summary>Another node as a peer, which may change what it says.</summary>
    public LocalPeer PeerOf(int node, Func<PeerQuestion, byte[]?, byte[]?>? tamper = null) => new($"http://v{node}", () => nodes[node], tamper);

    public async Task OpenAsync(int validator, ILog? log = null, params Func<ulong, Certificate?>[] peers) => nodes[validator] = await LedgerNode.OpenAsync(
        Setup(validator) with
        {
            Shared = new SharedOrder(logs[validator] = log ?? new MemoryLog(Order, $"v{validator}"), Register) { CertificatesOf = (height, _) => peers.Select(peer => peer(height)).OfType<Certificate>().ToAsyncEnumerable() },
        });

    /// <summary>Opens a node with peers.</summary>
    public async Task JoinAsync(int node, ILog? log, params Peer[] peers)
    {
        var all = new Peers(peers);
        nodes[node] = await LedgerNode.OpenAsync(Setup(node) with { Shared = new SharedOrder(logs[node] = log ?? new MemoryLog(Order, $"v{node}"), Register) { CertificatesOf = all.CertificatesOf, Peers = all } });
    }

    public async Task OpenAllAsync()
    {
        for (var each = 0; each < Validators.Length; each++) await OpenAsync(each);
    }

    public async Task CloseAllAsync()
    {
        for (var each = 0; each < nodes.Length; each++) await CloseAsync(each);
    }

    public async Task CloseAsync(int validator)
    {
        if (Interlocked.Exchange(ref nodes[validator], null) is { } node) await node.DisposeAsync();
    }

    public async Task FundAsync()
    {
        await DoneAsync(0, BeginMoney());
        await DoneAsync(0, Begin(Bank).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Party.Of(Ada.Id), Euro.Of(1_000_000), Hash.Of("paid in"u8))).Sign(Bank));
    }

    public byte[] BeginMoney() => Begin(Bank).Open(EMoney.Contents, new EMoney.Begin(Party.Of(Bank.Id), "EUR", 2)).Sign(Bank);

    /// <summary>Two of the validators are there, and the first has executed a block that two cannot certify; its header, and who waits for it.</summary>
    public async Task<(Header Header, Task<Answer[]> Waiting)> HalfAsync()
    {
        await OpenAsync(0);
        await OpenAsync(1);
        var waiting = this[0].SubmitAsync([BeginMoney()], WaitFor.Final);
        await Wait.UntilAsync(() => this[0].Read(ledger => ledger.Head) is not null, Describe);
        return (this[0].Read(ledger => ledger.Head)!, waiting);
    }

    /// <summary>States for a validator that is not there, signed by whoever's key it is.</summary>
    public ValueTask<bool> StateAsync(int validator, Header header, SigningKey by, Header? attested = null)
    {
        var id = Validators[validator].Id;
        var echo = Echo.Sign(by, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash) with { Validator = id };
        Attestation? attestation = attested is null ? null : Attestation.Sign(by, attested) with { Validator = id };
        return Register.PublishAsync(id.ToString(), (long)header.Height, new Standing(echo, attestation, attested).ToBytes());
    }

    public TransactionBuilder Begin(SigningKey signer) =>
        new TransactionBuilder(Genesis.LedgerId, new Instant(Clock.GetUtcNow().ToUnixTimeSeconds()).Plus(600)).By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);

    public byte[] Pay(SigningKey from, SigningKey to, long cents) => Begin(from).Transfer(null, Party.Of(to.Id), Euro.Of(cents)).Sign(from);

    /// <summary>A call of an organisation of the ledger itself.</summary>
    public byte[] Do<TCall>(int organisation, TCall call) where TCall : notnull => Begin(Parties[organisation]).Do(call).Sign(Parties[organisation]);

    public Party PartyOf(int organisation) => Party.Of(Parties[organisation].Id);

    /// <summary>Proposes by one organisation, and has others vote, through a node, until it is carried; the block that decided it.</summary>
    public async Task<ulong> CarryAsync(int through, KernelCalls.Change change, params int[] voters)
    {
        var answer = await DoneAsync(through, Do(voters[0], new KernelCalls.Propose(PartyOf(voters[0]), change, new Instant(Clock.GetUtcNow().ToUnixTimeSeconds()).Plus(3_600))));
        if (voters.Length == 1) return answer.Height;
        var number = this[through].Read(ledger => ledger.State.OpenProposals[^1]);
        foreach (var voter in voters[1..]) answer = await DoneAsync(through, Do(voter, new KernelCalls.Vote(PartyOf(voter), number, true)));
        return answer.Height;
    }

    public async Task<Answer> DoneAsync(int validator, byte[] transaction)
    {
        var submitted = this[validator].SubmitAsync([transaction], WaitFor.Final);
        if (await Task.WhenAny(submitted, Task.Delay(TimeSpan.FromSeconds(20))) != submitted) throw new TimeoutException(Describe());
        var answer = (await submitted)[0];
        Assert.Equal(AnswerStatus.Done, answer.Status);
        return answer;
    }

    /// <summary>Waits until no entry has come for a while in which several could have, and all that is open has certified what it has executed.</summary>
    public async Task QuietAsync()
    {
        var log = new MemoryLog(Order);
        var (last, since) = (0L, Stopwatch.GetTimestamp());
        await Wait.UntilAsync(async () =>
        {
            var now = (await log.RangeAsync()).Last;
            var settled = nodes.All(node => node is null || (long)node.Read(ledger => ledger.LogPosition - ledger.EpochFrom) == now && node.Head?.Header.Height == node.Read(ledger => ledger.Head?.Height));
            if (now != last || !settled) (last, since) = (now, Stopwatch.GetTimestamp());
            return Stopwatch.GetElapsedTime(since) > TimeSpan.FromMilliseconds(150);
        }, Describe);
    }

    /// <summary>Waits until validators have certified a height, and demands that all have the same header there.</summary>
    public async Task<Header> SameAsync(ulong height, params int[] validators)
    {
        var headers = new List<Header>();
        foreach (var each in validators)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await foreach (var block in this[each].FollowAsync(height - 1, late.Token))
            {
                headers.Add(block.Certificate.Header);
                break;
            }
        }
        Assert.Single(headers.Distinct());
        return headers[0];
    }

    private string Describe() => string.Join("; ", nodes.Select(Describe));

    private static string Describe(LedgerNode? node) =>
        node is null ? "closed" : $"final {node.Head?.Header.Height}, executed {node.Read(ledger => $"{ledger.Head?.Height} at {ledger.LogPosition}, {ledger.Head?.Hash}")}, fault {node.Fault?.Message}";

    public async ValueTask DisposeAsync()
    {
        await CloseAllAsync();
    }
}
