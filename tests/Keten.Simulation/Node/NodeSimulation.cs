using System.Security.Cryptography;
using System.Text;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation;

/// <summary>
/// A whole node, and those who use it, on one thread: in an order, at times and over a disk that one seed draws. It lives several lives, each ended by a power cut, a kill, a failing disk or
/// its owner; and after each all that it ever told must still hold.
/// </summary>
internal sealed class NodeSimulation
{
    private const int StepsAtMost = 200_000;
    private static readonly Person Validator = new("Validator");
    private readonly Random random;
    private readonly SimulatedDisk disk;
    private readonly IDisk seen;
    private readonly Genesis genesis;
    private readonly Promises promises;
    private readonly Clients clients;
    private readonly IncrementalHash told = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly bool prunes;
    private SimulatedThreads threads = new(0);
    private SimulatedClock clock = new(1_800_000_000);
    private int steps, killAt;

    /// <summary>Over a disk that is itself, or has a part that does not do what it should.</summary>
    public NodeSimulation(int seed, Func<IDisk, IDisk>? broken = null)
    {
        random = new Random(seed);
        disk = new SimulatedDisk(seed);
        seen = broken?.Invoke(disk) ?? disk;
        prunes = random.Next(3) == 0;
        genesis = new Genesis(
            Hash.Of("simulation"u8), new Instant(1_800_000_000), new ValidatorSet(new Validator("Simulated", Validator.Public)),
            Payments.Founders, false, Parameters.Default, BuiltIn.Catalogue.Hash);
        promises = new Promises(genesis);
        clients = new Clients(random, genesis, promises, Trace);
    }

    /// <summary>How many answers were promises: of finality, and of acceptance.</summary>
    public (int Finals, int Accepts) Promised => (promises.Finals, promises.Accepts);

    /// <summary>Tasks that left the one thread.</summary>
    public int Strays { get; private set; }

    /// <summary>So many lives, and a last look. Gives the digest of everything that anybody was told, in order.</summary>
    public string Live(int lives)
    {
        Life(End.Closed, clients.Fund);
        for (var life = 0; life < lives; life++) Life((End)random.Next(5), Use);
        Life(End.Closed, static (_, _) => Task.CompletedTask);
        promises.CheckReplay();
        return Convert.ToHexStringLower(told.GetHashAndReset());
    }

    private enum End
    {
        Closed = 0,
        Killed = 1,
        DiskFails = 2,
        PowerCut = 3,
        PowerCutAnywhere = 4,       // also while it starts
    }

    private void Life(End end, Func<LedgerNode, Instant, Task> use)
    {
        threads = new SimulatedThreads(random.Next());
        // While it was down time went by, or somebody set the clock back a little.
        clock = new SimulatedClock(clock.GetUtcNow() + TimeSpan.FromSeconds(random.Next(6) == 0 ? random.Next(-5, 8_000) : random.Next(3)));
        (steps, killAt) = (0, int.MaxValue);
        if (end == End.PowerCutAnywhere) disk.CutPowerAt(disk.Operations + random.Next(1, 60));
        if (Open() is { } node)
        {
            disk.CutPowerAt(0);
            promises.Check(node, disk);
            if (end == End.Killed) killAt = steps + random.Next(1, 800);
            if (end == End.DiskFails) disk.FailAt(disk.Operations + random.Next(1, 250));
            if (end >= End.PowerCut) disk.CutPowerAt(disk.Operations + random.Next(1, 250));
            var using1 = threads.Start(() => use(node, Now));
            var follower = threads.Start(() => clients.Follow(node));
            if (Run(using1)) using1.GetAwaiter().GetResult();
            if (end != End.Killed) Close(node, using1, follower);
            if (end == End.Closed) Unless(NodeCheck.Run(disk).Count == 0, "The node was closed, and its folder is not clean.");
        }
        Strays += threads.Strays;
        // Without a restart of the machine it was the process alone that ended there: what it had written reads back, and may be lost yet.
        if (random.Next(3) == 0) disk.Kill();
        else disk.Restart();
        if (promises.Finals > 0) promises.CheckStored(disk);
    }

    private LedgerNode? Open()
    {
        var options = new PipelineOptions
        {
            Clock = clock, Scheduler = threads, Verifiers = 2, SnapshotEvery = 3, BatchAtMost = 8, BlockSegmentBytes = 4 << 10,
            Log = new FileLogOptions { SegmentBytes = 16 << 10, QueueBytes = 8 << 10, MaxEntryBytes = 4 << 10, Scheduler = threads, Salt = () => (ulong)random.NextInt64() },
        };
        var opening = threads.Start(() => LedgerNode.OpenAsync(new NodeSetup("none", genesis, BuiltIn.Catalogue, Validator, options) { Disk = seen }));
        if (!Run(opening)) return null;
        try
        {
            return opening.GetAwaiter().GetResult();
        }
        catch (Exception) when (disk.IsOff)
        {
            return null;
        }
    }

    private Task Use(LedgerNode node, Instant _)
    {
        var all = new List<Task>();
        for (var payers = random.Next(1, 4); payers > 0; payers--) all.Add(threads.Start(() => clients.Pay(node, random.Next(1, 6), () => Now)));
        all.Add(threads.Start(() => clients.Read(node, random.Next(12))));
        if (random.Next(2) == 0) all.Add(threads.Start(() => clients.Ask(node, prunes)));
        return All(all);
    }

    // Task.WhenAll would do it on whichever thread ends the last.
    private static async Task All(List<Task> tasks)
    {
        foreach (var task in tasks) await task;
    }

    // Closed by its owner, or on its way down after its disk has failed it: it must end either way, and whoever follows it with it.
    private void Close(LedgerNode node, Task use, Task follower)
    {
        var closing = threads.Start(async () => await node.DisposeAsync());
        var all = threads.Start(() => All([closing, use, follower]));
        while (!all.IsCompleted) Step();
        try
        {
            all.GetAwaiter().GetResult();
        }
        catch (IOException) when (disk.IsOff)
        {
            // Nothing more can be put in order.
        }
    }

    // Until the task has ended; false where the power went before, or the node was killed.
    private bool Run(Task task)
    {
        while (!task.IsCompleted)
        {
            if (disk.IsOff || steps >= killAt) return false;
            Step();
        }
        return true;
    }

    private void Step()
    {
        Unless(++steps < StepsAtMost, "Something waits for ever.");
        if (random.Next(40) == 0) clock.Advance(TimeSpan.FromMilliseconds(random.Next(50) == 0 ? random.Next(-2_000, 5_000_000) : random.Next(400)));
        if (!threads.RunOne()) clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 300)));
    }

    private Instant Now => new(clock.GetUtcNow().ToUnixTimeSeconds());

    private void Trace(string what) => told.AppendData(Encoding.UTF8.GetBytes(what + "\n"));
}
