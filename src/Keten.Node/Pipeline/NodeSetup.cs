using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;

namespace Keten.Node.Pipeline;

/// <summary>What a node is opened with.</summary>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="Genesis">How the ledger began; null: as the data folder says.</param>
/// <param name="Catalogue">The contracts.</param>
/// <param name="Validator">The node's key; null: it takes and signs nothing. With a shared order it follows and verifies, without one it serves what is stored.</param>
/// <param name="Options">Sizes and times.</param>
public sealed record NodeSetup(string DataFolder, Genesis? Genesis, Catalogue Catalogue, Signer? Validator, PipelineOptions Options)
{
    /// <summary>The disk instead of <see cref="DataFolder"/>: a simulation's.</summary>
    public IDisk? Disk { get; init; }

    /// <summary>What the validators of the ledger share; none where this node is the only one.</summary>
    public SharedOrder? Shared { get; init; }

    /// <summary>Who certifies instead of the node's own: a simulation's.</summary>
    internal Func<NodeParts, PromiseFile, Certifier>? Certifying { get; init; }
}

/// <summary>Sizes and times of the pipeline; each with its default.</summary>
public sealed record PipelineOptions
{
    /// <summary>How many transactions may wait for the log before the door answers Busy.</summary>
    public int QueueAtMost { get; init; } = 50_000;

    /// <summary>How many bytes of transactions may wait for the log before the door answers Busy.</summary>
    public long QueueBytesAtMost { get; init; } = 256 << 20;

    /// <summary>
    /// How long what waits for the log may take, as fast as the node is of late, before the door answers Busy; but 8,000 transactions of 8 MiB together may always wait.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: however long.
    /// </summary>
    public TimeSpan QueueTimeAtMost { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How many transactions an entry holds at most.</summary>
    public int BatchAtMost { get; init; } = 2_000;

    /// <summary>Threads that verify signatures.</summary>
    public int Verifiers { get; init; } = Environment.ProcessorCount;

    /// <summary>Where all of the node runs, instead of on the thread pool and on threads of its own: a simulation's, which hands it to <see cref="Log"/> as well.</summary>
    public TaskScheduler? Scheduler { get; init; }

    /// <summary>Imported public keys that are kept.</summary>
    public int KeysKept { get; init; } = 50_000;

    /// <summary>A snapshot is taken after so many blocks with content at a checkpoint.</summary>
    public int SnapshotEvery { get; init; } = 10_000;

    /// <summary>How often the node looks whether a tick is wanted.</summary>
    public TimeSpan TickPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a validator that is closed waits for the shared log to take what it took, and for the others to certify it.</summary>
    public TimeSpan FarewellAtMost { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The operator's word that a clock more than 35 days ahead of the ledger's time is right. Whatever expires in between expires for ever.</summary>
    public bool AcceptClockJump { get; init; }

    /// <summary>The clock; the system's unless a test hands its own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How many entries a node that is new, or was away, takes one by one rather than a snapshot.</summary>
    public int ReplayAtMost { get; init; } = 10_000;

    /// <summary>How many of the newest entries are left in the shared log, of those that this node has archived.</summary>
    public int KeepShared { get; init; } = 1_000;

    /// <summary>How often this node says how far it has archived the shared log.</summary>
    public TimeSpan ForgetEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a file of blocks grows.</summary>
    public int BlockSegmentBytes { get; init; } = 16 << 20;

    /// <summary>How the log's files behave; simulations make everything small.</summary>
    public FileLogOptions Log { get; init; } = new();
}
