using System.Collections.Concurrent;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Node.Storage;

namespace Keten.Node.Pipeline;

/// <summary>What the stages of the pipeline share.</summary>
internal sealed class NodeParts(Ledger ledger, KeyCache keys, ILog log, StateGate state, Archive archive, SnapshotStore snapshots, IDisk blockFolder, Signer? validator, PipelineOptions options, SharedOrder? shared = null)
{
    private ulong epochAhead;

    public Ledger Ledger => ledger;

    public Hash LedgerId { get; } = ledger.Id;

    public Catalogue Catalogue { get; } = ledger.Catalogue;

    public KeyCache Keys => keys;

    /// <summary>The node's own log: the order itself where it works alone, and otherwise a copy of the shared one.</summary>
    public ILog Log => log;

    /// <summary>Where entries are appended, and get their order.</summary>
    public ILog Order => shared?.Log ?? log;

    /// <summary>What the validators share; none where this one works alone.</summary>
    public SharedOrder? Shared => shared;

    /// <summary>Which epoch the order is in, and where it began.</summary>
    public EpochPoint Epoch { get; init; }

    /// <summary>The record by which that epoch began, for those who have not come into it; null in the first, and where this node came into it without one.</summary>
    public byte[]? Restart { get; init; }

    /// <summary>In which epoch others say the order is, where that is later: then what this node lacks is to be had from them alone.</summary>
    public ulong EpochAhead
    {
        get => Volatile.Read(ref epochAhead);
        set => Volatile.Write(ref epochAhead, value);
    }

    /// <summary>Whether others have gone into a later epoch.</summary>
    public bool IsLeftBehind => EpochAhead > Epoch.Number;

    public StateGate State => state;

    public Archive Archive => archive;

    public SnapshotStore Snapshots => snapshots;

    public IDisk BlockFolder => blockFolder;

    public Signer? Validator => validator;

    public PipelineOptions Options => options;

    public TimeProvider Clock => options.Clock;

    /// <summary>Where all of the node's work runs but verification, unless both are handed in.</summary>
    public TaskScheduler Scheduler { get; } = options.Scheduler ?? TaskScheduler.Default;

    /// <summary>Set when an entry has been taken, when blocks have become final, and when the node stops.</summary>
    public Signal Moved { get; } = new();

    public Failure Failure { get; } = new();

    public Progress Progress { get; } = new(validator?.Id);

    public NodeMetrics Metrics { get; } = new(ledger.Id);

    public Room Room { get; } = new(options);

    /// <summary>The longest entry that both ledger and log take, in bytes.</summary>
    public int EntryAtMost { get; } = Math.Min(Entry.BytesAtMost, shared?.Log.MaxEntryBytes ?? log.MaxEntryBytes);

    /// <summary>What each validator was seen to attest last: told to one that was restored and does not know it.</summary>
    public ConcurrentDictionary<KeyId, Spoken> Spoken { get; } = [];

    /// <summary>The clock, in whole seconds.</summary>
    public Instant Now => new(options.Clock.GetUtcNow().ToUnixTimeSeconds());
}

/// <summary>How far execution is, for those who must not wait for the state.</summary>
internal sealed class Progress(KeyId? own)
{
    private long now, expiryAhead, nextWakeUp = long.MaxValue, checkpointAt, checkpointSeconds;
    private int moreDue, othersWent, mayAppend, full;
    private ValidatorSet? members;

    /// <summary>Ledger time, in seconds.</summary>
    public long Now => Volatile.Read(ref now);

    public long ExpiryAhead => Volatile.Read(ref expiryAhead);

    /// <summary>When the next wake-up is due, in seconds; the end of time where none is pending.</summary>
    public long NextWakeUp => Volatile.Read(ref nextWakeUp);

    /// <summary>From which ledger time on the next block ends a checkpoint.</summary>
    public long CheckpointFrom => Volatile.Read(ref checkpointAt) + Volatile.Read(ref checkpointSeconds);

    /// <summary>Whether others' transactions, or a tick that asks, have been executed since this node last stated its clock: ledger time is the median, and moves only if all say what time it is.</summary>
    public bool OthersWent
    {
        get => Volatile.Read(ref othersWent) != 0;
        set => Volatile.Write(ref othersWent, value ? 1 : 0);
    }

    /// <summary>The newest set of validators.</summary>
    public ValidatorSet Members => Volatile.Read(ref members)!;

    /// <summary>Whether entries of this node's count: it is one of the validators, and not muted.</summary>
    public bool MayAppend => Volatile.Read(ref mayAppend) != 0;

    /// <summary>Whether a validator's bucket is full: it empties as ledger time goes by, and somebody has to say what time it is.</summary>
    public bool AnyIsFull => Volatile.Read(ref full) != 0;

    /// <summary>Whether the last block ran as many wake-ups as a block may, so that more may be due already.</summary>
    public bool MoreDue => Volatile.Read(ref moreDue) != 0;

    /// <summary>Takes the figures from the state, which the caller holds.</summary>
    public void Take(Ledger ledger, int ran)
    {
        Volatile.Write(ref now, ledger.State.Now.Seconds);
        Volatile.Write(ref expiryAhead, ledger.State.Parameters.ExpiryAheadSeconds);
        Volatile.Write(ref nextWakeUp, ledger.State.NextWakeUp?.Seconds ?? long.MaxValue);
        Volatile.Write(ref checkpointAt, ledger.State.Clock.Get(1).Seconds);
        Volatile.Write(ref checkpointSeconds, ledger.State.Parameters.CheckpointSeconds);
        Volatile.Write(ref mayAppend, own is { } key && ledger.Validators.ById(key) is { } validator && !ledger.State.IsMuted(validator.Party) ? 1 : 0);
        Volatile.Write(ref members, ledger.Validators);
        Volatile.Write(ref full, ledger.AnyIsFull ? 1 : 0);
        Volatile.Write(ref moreDue, ran >= ledger.State.Parameters.WakeUpsPerBlock ? 1 : 0);
    }
}
