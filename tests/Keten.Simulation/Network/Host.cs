using Keten.Contracts;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Testing;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation.Network;

/// <summary>What ends a process.</summary>
internal enum End
{
    Closed = 0,
    Killed = 1,
    PowerCut = 2,

    /// <summary>The machine, with its disk; another stands in its place.</summary>
    DiskLost = 3,
}

/// <summary>A validator's machine: its disk, its clock, and the process on it with a whole node. Stopped, it begins again after a while.</summary>
internal sealed class Host
{
    private readonly World world;
    private readonly Parts parts;
    private Task? opening, closing;
    private double closeUntil;

    public Host(World world, Parts parts, int index, Person key)
    {
        (this.world, this.parts, Index, Key) = (world, parts, index, key);
        Disk = new SimulatedDisk(world.Random.Next());
        Threads = new SimulatedThreads(0);
        Clock = new SimulatedClock(world.Now);
    }

    public int Index { get; }

    public Person Key { get; }

    public SimulatedDisk Disk { get; private set; }

    public SimulatedThreads Threads { get; private set; }

    public SimulatedClock Clock { get; private set; }

    /// <summary>The node, once it is open.</summary>
    public LedgerNode? Node { get; private set; }

    /// <summary>Which process this is: what belonged to an earlier one is gone.</summary>
    public int Life { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>Whether it keeps to the rules.</summary>
    public bool IsHonest { get; init; } = true;

    /// <summary>Whether it sees the log's other order, where there are two.</summary>
    public bool SeesOther { get; set; }

    public bool IsCut { get; set; }

    public bool IsShut { get; set; }

    public bool IsSlow { get; set; }

    /// <summary>Whether something was done to it that may stop the node by itself.</summary>
    public bool MayFail { get; set; }

    /// <summary>How far its clock is off.</summary>
    public TimeSpan Off { get; private set; }

    /// <summary>The highest block that anybody was told by it.</summary>
    public ulong Told { get; set; }

    public int Strays { get; private set; }

    public void Start()
    {
        if (IsUp || !IsHonest) return;
        (IsUp, MayFail, Node, closing) = (true, false, null, null);
        Life++;
        Threads = new SimulatedThreads(world.Random.Next());
        Clock = new SimulatedClock(world.Now + Off);
        parts.Witness.Starts(this);
        opening = Threads.Start(Open);
    }

    public void Jump(TimeSpan by)
    {
        Off += by;
        Clock.Advance(by);
    }

    /// <summary>Ends the process, and begins another after so many milliseconds; a close may take its time first.</summary>
    public void Stop(End end, double again)
    {
        if (!IsUp) return;
        if (end == End.Closed && Node is { } node && closing is null)
        {
            closing = Threads.Start(async () => await node.DisposeAsync());
            closeUntil = world.Seconds + 8;
            world.Later(again + 8_000, Start);
            return;
        }
        parts.Witness.Ends(this);
        Strays += Threads.Strays;
        (IsUp, Node, opening, closing) = (false, null, null, null);
        Life++;
        Threads = new SimulatedThreads(0);
        // Without a restart of the machine it was the process alone that ended: what it had written reads back, and may be lost yet.
        if (end == End.DiskLost) LoseDisk();
        else if (end == End.PowerCut || Disk.IsOff) Disk.Restart();
        else Disk.Kill();
        world.Later(again, Start);
    }

    /// <summary>What has become of the process since the last look.</summary>
    public void Look()
    {
        if (!IsUp) return;
        if (Disk.IsOff) Stop(End.PowerCut, world.Random.Next(100, 4_000));
        else if (closing is { IsCompleted: true } || closing is not null && world.Seconds > closeUntil) Stop(End.Killed, 0);
        else if (closing is null && (Node?.Fault ?? opening!.Exception?.InnerException) is { } fault) Failed(fault);
    }

    private void LoseDisk()
    {
        Disk = new SimulatedDisk(world.Random.Next());
        Told = 0;
        parts.Witness.LosesDisk(this);
    }

    private void Failed(Exception fault)
    {
        Unless(MayFail || parts.Engine.Other is not null, $"Validator {Index} has stopped by itself: {fault.GetType().Name} {fault.Message}\n{fault.InnerException?.StackTrace ?? fault.StackTrace}");
        Stop(End.Killed, world.Random.Next(500, 3_000));
    }

    private async Task Open()
    {
        var client = new EngineClient(world, parts.Wires, parts.Engine, this, parts.Witness);
        var shared = new SharedOrder(client, parts.Broken.Register(client, this)) { CertificatesOf = (height, cancel) => parts.Peers.CertificatesOf(this, height, cancel), Peers = parts.DisksAreLost ? new(parts.Peers.Of(this)) : new() };
        var options = new PipelineOptions
        {
            Clock = Clock, Scheduler = Threads, Verifiers = 1, SnapshotEvery = 4, BatchAtMost = 8, BlockSegmentBytes = 4 << 10, KeysKept = 64, FarewellAtMost = TimeSpan.FromSeconds(1),
            Log = new FileLogOptions
            {
                SegmentBytes = 64 << 10, QueueBytes = 32 << 10, MaxEntryBytes = EngineClient.EntryAtMost, TailBytes = 64 << 10, Scheduler = Threads, Salt = () => (ulong)world.Random.NextInt64(),
            },
        };
        var setup = new NodeSetup("none", parts.Genesis, BuiltIn.Catalogue, Key, options) { Disk = parts.Broken.Disk(Disk), Shared = shared, Certifying = parts.Broken.Certifier };
        Node = await LedgerNode.OpenAsync(setup);
        var node = Node;
        try
        {
            await foreach (var block in node.FollowAsync(parts.Witness.FinalOf(this))) parts.Witness.Certified(this, block.Certificate);
        }
        catch (Exception fault) when (fault is NodeStoppedException or IOException)
        {
            // It has stopped.
        }
    }
}

/// <summary>What all machines of one simulation have around them.</summary>
/// <param name="Genesis">Of the ledger.</param>
/// <param name="Engine">The ordering service.</param>
/// <param name="Wires">Between all.</param>
/// <param name="Peers">The machines, as each other's.</param>
/// <param name="Witness">Sees all.</param>
/// <param name="Broken">What is not as it should be.</param>
/// <param name="DisksAreLost">Whether one loses its disk: then they ask each other for what they lack.</param>
internal sealed record Parts(Genesis Genesis, Engine Engine, Wires Wires, Peers Peers, Witness Witness, Broken Broken, bool DisksAreLost);
