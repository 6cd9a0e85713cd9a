using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation.Network;

/// <summary>What a run is drawn from: the seed, and what is not left to it.</summary>
/// <param name="Seed">Draws everything.</param>
/// <param name="Validators">How many; none: 3 to 7 as the seed draws.</param>
/// <param name="Byzantine">How many of them keep to no rule; none: up to the tolerated third.</param>
/// <param name="Forks">Whether the log shows two orders; none: in one run of twelve.</param>
/// <param name="LostDisk">Whether an honest validator loses its disk; none: in one run of four in which nothing is broken on purpose and there is one order. Never where that would be one too many.</param>
/// <param name="Votes">Whether validators come and go by vote; none: in one run of three in which nothing is broken on purpose and there is one order.</param>
internal sealed record Plan(int Seed, int? Validators = null, int? Byzantine = null, bool? Forks = null, bool? Votes = null, bool? LostDisk = null);

/// <summary>
/// A network of whole nodes and those who use it, on one thread, over a simulated log, register, wires, disks and clocks, in an order that one seed draws. Things go wrong for a while; what
/// anybody was told must hold all along, and once all is mended the network must go on.
/// </summary>
internal sealed class NetworkSimulation
{
    private const double ProgressWithin = 60;
    private readonly World world;
    private readonly Wires wires;
    private readonly Engine engine;
    private readonly Witness witness;
    private readonly Payments payments;
    private readonly Host[] hosts, honest;
    private readonly bool forks;
    private readonly Faults faults;
    private readonly Votes? votes;
    private readonly Expectations expected = new();
    private bool resting;
    private int busy;

    public NetworkSimulation(Plan plan, Broken? broken = null)
    {
        broken ??= Broken.Nothing;
        world = new World(plan.Seed);
        var random = world.Random;
        int[] usual = [4, 4, 4, 4, 4, 5, 5, 3, 3, 6, 4, 7];
        var count = plan.Validators ?? usual[random.Next(usual.Length)];
        var byzantine = plan.Byzantine ?? (random.Next(3) == 0 ? 0 : (count - 1) / 3);
        forks = plan.Forks ?? broken.Forks || random.Next(12) == 0;
        // Drawn beside, so that a seed of a run without votes is the run that it was.
        var voting = plan.Votes ?? broken.Votes || !forks && broken == Broken.Nothing && new Random(~plan.Seed).Next(3) == 0;
        // One that has lost its memory attests nothing that it may have attested otherwise: it counts among the tolerated third.
        var disksAreLost = 3 * (byzantine + 1) < count && (plan.LostDisk ?? !forks && broken == Broken.Nothing && new Random(~plan.Seed ^ 4).Next(4) == 0);
        Person[] keys = [.. Enumerable.Range(0, count).Select(each => People[each])];
        var genesis = new Genesis(
            Hash.Of("network simulation"u8), new Instant(1_800_000_000), new ValidatorSet([.. keys.Select((key, place) => new Validator($"V{place}", key.Public))]),
            voting ? new Many<PublicKey>([.. Payments.Founders, .. keys.Select(key => key.Public), Votes.Organisation.Public]) : Payments.Founders, false, Parameters.Default, BuiltIn.Catalogue.Hash);
        wires = new Wires(world);
        engine = new Engine(world, genesis) { Loses = broken.Loses };
        witness = new Witness(world, engine, expected);
        payments = new Payments(random, genesis, expected);
        var parts = new Parts(genesis, engine, wires, new Peers(world, wires, engine), witness, broken, disksAreLost);
        hosts = [.. keys.Select((key, place) => new Host(world, parts, place, key) { IsHonest = place < count - byzantine })];
        if (voting) hosts = [.. hosts, new Host(world, parts, count, Newcomer)];
        honest = [.. hosts.Where(host => host.IsHonest)];
        foreach (var host in hosts)
        {
            world.Add(host);
            if (host.IsHonest) host.Jump(TimeSpan.FromMilliseconds(random.Next(-1_500, 1_500)));
            else new Mischief(world, wires, engine, host, genesis) { Overwrites = broken.Overwrites }.Begin();
        }
        faults = new Faults(world, wires, engine, honest, forks, disksAreLost);
        if (voting) votes = new Votes(world, engine, genesis, hosts, disksAreLost ? 1 : 0, (host, transaction) => Submit(host, [transaction], WaitFor.Final, 4_000));
        What = FormattableString.Invariant($"{count} validators, {byzantine} of them Byzantine{(forks ? ", two orders" : "")}{(voting ? ", votes" : "")}{(disksAreLost ? ", a lost disk" : "")}");
    }

    /// <summary>What the seed drew, in words.</summary>
    public string What { get; }

    public int Finals => witness.Finals;

    public int Accepts => witness.Accepts;

    /// <summary>How often the validators changed by a vote.</summary>
    public int Changes => votes?.Carried ?? 0;

    public ulong Height => witness.Height;

    /// <summary>How long it took, in simulated seconds.</summary>
    public double Seconds => world.Seconds;

    /// <summary>Tasks that left the one thread.</summary>
    public int Strays => hosts.Sum(host => host.Strays + host.Threads.Strays) + world.Threads.Strays;

    private static readonly Person[] People = [.. Enumerable.Range(0, 7).Select(each => new Person(FormattableString.Invariant($"Validator {each}")))];
    private static readonly Person Newcomer = new("Newcomer");

    /// <summary>Gives the digest of everything that anybody was told, and when.</summary>
    public string Run()
    {
        foreach (var host in honest) host.Start();
        Do(payments.Fund(Now), 30, "The bank could not begin");
        var seconds = world.Random.Next(3, 7);
        faults.Begin(world.Random.Next(2, 8), seconds * 1_000);
        for (var clients = world.Random.Next(1, 3); clients > 0; clients--) _ = Pay();
        votes?.Begin();
        world.RunUntil(() => false, world.Seconds + seconds);
        resting = true;
        faults.Heal();
        if (engine.Other is null)
        {
            Unless(world.RunUntil(AllUp, world.Seconds + ProgressWithin), "Not all validators came back.");
            Unless(votes is null || world.RunUntil(votes.End, world.Seconds + ProgressWithin), $"A vote does not end though all is well: {votes}; {string.Join(", ", honest.Select(Told))}.");
            foreach (var host in honest.Where(IsValidator)) Do([payments.Good(LedgerTime, out _)], ProgressWithin, $"Validator {host.Index} makes nothing final though all is well", host);
            Unless(world.RunUntil(AllEqual, world.Seconds + ProgressWithin), $"Validators do not come to the same block though all is well: {string.Join(", ", honest.Select(Told))}.");
            Unless(world.RunUntil(() => busy == 0, world.Seconds + ProgressWithin), "Somebody is never answered.");
        }
        else
        {
            world.RunUntil(() => false, world.Seconds + 4);
        }
        foreach (var host in honest) witness.Ends(host);
        witness.Judge(honest);
        return witness.Digest();
    }

    private bool IsValidator(Host host) => engine.Main.Truth.Ledger.Validators.ById(host.Key.Id) is not null;

    private bool AllUp() => honest.All(host => host.Node is { Fault: null });

    private bool AllEqual() => honest.All(host => witness.FinalOf(host) >= witness.Height) && honest.All(host => host.IsUp);

    private string Told(Host host) => $"{host.Index} at {witness.FinalOf(host)} of {host.Node?.Read(ledger => ledger.Head?.Height)}{(host.Node?.Condition().Missing is { } missing ? $" waits for {(missing.Attestations ? "attestations" : "echoes")} of {missing.Height}" : "")}";

    // Clocks that jumped may have taken the ledger ahead of the true time: whoever pays then goes by the ledger's.
    private Instant LedgerTime => engine.Main.Truth.Ledger.State.Now is var time && time > Now ? time : Now;

    private Instant Now => new(world.Now.ToUnixTimeSeconds());

    // Somebody who pays through one validator after another, and tries elsewhere what was not answered.
    private Task Pay()
    {
        busy++;
        return world.Threads.Start(async () =>
        {
            while (true)
            {
                await world.Wait(world.Random.Next(20, 800));
                // One that signs a counter twice would make a payment void that is to show that all is well.
                if (resting) break;
                var (request, inOrder) = payments.Draw(Now);
                var wait = world.Random.Next(3) == 0 ? WaitFor.Accepted : WaitFor.Final;
                for (var tries = world.Random.Next(1, 4); tries > 0 && await Submit(honest[world.Random.Next(honest.Length)], request, wait, 4_000) is null; tries--)
                    foreach (var id in inOrder) expected.SentAgain(id);
            }
            busy--;
        });
    }

    // The answers; null where none come.
    private Task<Answer[]?> Submit(Host host, IReadOnlyList<ReadOnlyMemory<byte>> request, WaitFor wait, double milliseconds)
    {
        var answered = new TaskCompletionSource<Answer[]?>();
        wires.Send(() => host.IsShut, () =>
        {
            if (host.Node is { } node) _ = host.Threads.Start(() => Serve(host, node, request, wait, answered));
        });
        world.Later(milliseconds, () => answered.TrySetResult(null));
        return answered.Task;
    }

    private async Task Serve(Host host, LedgerNode node, IReadOnlyList<ReadOnlyMemory<byte>> request, WaitFor wait, TaskCompletionSource<Answer[]?> answered)
    {
        try
        {
            var answers = await node.SubmitAsync(request, wait);
            foreach (var answer in answers) witness.Answered(host, answer);
            wires.Send(() => host.IsShut, () => answered.TrySetResult(answers));
        }
        catch (Exception fault) when (fault is NodeStoppedException or IOException)
        {
            // What was not answered was not promised.
        }
    }

    // Until each transaction was done, by this validator or by any.
    private void Do(IReadOnlyList<ReadOnlyMemory<byte>> request, double within, string complaint, Host? by = null)
    {
        var (until, last) = (world.Seconds + within, "no answer");
        while (true)
        {
            var host = by ?? honest[world.Random.Next(honest.Length)];
            var submitted = Submit(host, request, WaitFor.Final, 10_000);
            Unless(world.RunUntil(() => submitted.IsCompleted, until), $"{complaint}: {last}; {string.Join(", ", honest.Select(Told))} of {witness.Height}.");
            if (submitted.Result is { } answers)
            {
                if (answers.All(answer => answer.Status == AnswerStatus.Done)) return;
                last = string.Join(", ", answers.Select(answer => $"{answer.Status} {answer.Refusal?.Sentence}"));
            }
            var soon = world.Seconds + 0.2;
            world.RunUntil(() => false, soon);
        }
    }
}
