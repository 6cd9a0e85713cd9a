using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;

namespace Keten.Simulation.Network;

/// <summary>
/// The validators change while everything else goes wrong: a newcomer is voted in, one or another is voted out, honest or not; never so that more than the tolerated third would be
/// Byzantine. The newcomer's party has a key of its own; that of each other is its node's.
/// </summary>
internal sealed class Votes(World world, Engine engine, Genesis genesis, Host[] hosts, int forgetful, Func<Host, ReadOnlyMemory<byte>, Task<Answer[]?>> submit)
{
    /// <summary>The organisation that comes in.</summary>
    public static readonly Person Organisation = new("Newcomer's organisation");

    private const int ChangesAtMost = 3;
    private readonly Dictionary<KeyId, ulong> counters = [];
    private Task running = Task.CompletedTask;
    private bool over;

    /// <summary>How many changes were carried.</summary>
    public int Carried { get; private set; }

    public void Begin() => running = world.Threads.Start(RunAsync);

    /// <summary>Begins no further change; whether the last has come to its end.</summary>
    public bool End()
    {
        over = true;
        return running.IsCompleted;
    }

    public override string ToString() => FormattableString.Invariant($"{Carried} changes carried, {State.OpenProposals.Count} open");

    private Kernel.State.LedgerState State => engine.Main.Truth.Ledger.State;

    private ValidatorSet Members => engine.Main.Truth.Ledger.Validators;

    private async Task RunAsync()
    {
        for (var left = world.Random.Next(1, ChangesAtMost + 1); left > 0; left--)
        {
            await world.Wait(world.Random.Next(50, 800));
            KernelCalls.Change? change = null;
            for (var tries = 0; change is null && tries < 20; tries++) change = Draw();
            if (over || change is null) return;
            if (await Carry(change)) Carried++;
        }
    }

    // What leaves the tolerated third: with n validators of whom f keep to no rule, n > 3 f.
    private KernelCalls.Change? Draw()
    {
        var (count, byzantine) = (Members.Count, forgetful + hosts.Count(host => !host.IsHonest && IsMember(host)));
        var host = hosts[world.Random.Next(hosts.Length)];
        var newcomer = hosts[^1];
        if (!IsMember(newcomer) && (world.Random.Next(2) == 0 || host == newcomer))
            return new(Add: new KernelCalls.NewValidator("Newcomer", Organisation, newcomer.Key.Public, KeyProof.Sign(newcomer.Key, genesis.LedgerId, Organisation)));
        if (!IsMember(host) || count - 1 <= 3 * (byzantine - (host.IsHonest ? 0 : 1)) || count <= 3) return null;
        return new(Remove: OrganisationOf(host));
    }

    private bool IsMember(Host host) => Members.ById(host.Key.Id) is not null;

    private Person OrganisationOf(Host host) => host == hosts[^1] ? Organisation : host.Key;

    private async Task<bool> Carry(KernelCalls.Change change)
    {
        Person[] voters = [.. hosts.Where(host => host.IsHonest && IsMember(host)).Select(OrganisationOf)];
        var (before, until) = (Members.Hash, new Instant(world.Now.ToUnixTimeSeconds()).Plus(3_600));
        if (!await Done(voters[0], new KernelCalls.Propose(voters[0], change, until))) return false;
        var number = State.OpenProposals[^1];
        foreach (var voter in voters[1..])
            if (State.OpenProposals.Contains(number)) await Done(voter, new KernelCalls.Vote(voter, number, true));
        return Members.Hash != before;
    }

    // The same bytes through one validator after another, until it is decided, or void.
    private async Task<bool> Done<T>(Person signer, T call) where T : notnull
    {
        var (number, codec) = KernelContents.Of<T>();
        var id = signer.Id;
        var transaction = new TransactionBuilder(genesis.LedgerId, new Instant(world.Now.ToUnixTimeSeconds()).Plus(3_600)).By(id, counters[id] = counters.GetValueOrDefault(id) + 1).Open(0, number, codec, call).Sign(signer);
        while (true)
        {
            // One that is no validator's passes nothing on; a clock that jumped may have made the ledger older than the transaction is good for.
            if (await submit(hosts[world.Random.Next(hosts.Length)], transaction) is [var answer] && answer.Refusal != KernelRefusal.NotAValidator) return answer.Status == AnswerStatus.Done;
            await world.Wait(world.Random.Next(20, 200));
        }
    }
}
