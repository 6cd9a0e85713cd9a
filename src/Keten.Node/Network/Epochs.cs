using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>What a validator's operator does to restart the order, on the data folder of a node that is stopped: propose a record, sign one, and give the node a complete one.</summary>
/// <remarks>All of them throw <see cref="InvalidOperationException"/> with a sentence for the operator where they cannot, and <see cref="DiskLockedException"/> where the node runs.</remarks>
public static class Epochs
{
    /// <summary>A record of the next epoch on the highest block that this node holds certified or has attested. It is not signed yet.</summary>
    /// <param name="setup">The data folder and the contracts.</param>
    /// <param name="setAside">Transactions that are void from there on.</param>
    /// <param name="positions">Entries whose transactions are set aside, by their positions in this node's copy of the order.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task<EpochFile> ProposeAsync(NodeSetup setup, IReadOnlyList<Hash> setAside, IReadOnlyList<ulong> positions, CancellationToken cancel = default) => Locked(setup, async (disk, genesis) =>
    {
        await using var stopped = await StoppedLedger.OpenAsync(disk, genesis, setup.Catalogue, setup.Options, cancel);
        var (ledger, ids) = (stopped.Ledger, new SortedSet<Hash>(setAside));
        foreach (var position in positions)
        {
            var entries = await stopped.EntriesAsync(position, Math.Min(position, (ulong)(await stopped.Log.RangeAsync(cancel)).Last), cancel);
            if (entries is not [var bytes] || EpochStart.EntryOf(bytes) is not { } entry) throw new InvalidOperationException($"This node has no entry at position {position}.");
            foreach (var transaction in entry.Transactions) ids.Add(transaction.Id);
        }
        var attested = Attested(disk).Height;
        for (var last = (ulong)(await stopped.Log.RangeAsync(cancel)).Last; (ledger.Head?.Height ?? 0) < attested && ledger.LogPosition < last;) await stopped.ReachAsync(ledger.LogPosition + 1, null, cancel);
        if (ledger.Head is not { } head) throw new InvalidOperationException("Nothing has been certified or attested yet: begin with empty data folders instead.");
        if (head.Height < attested) throw new InvalidOperationException($"This validator has attested block {attested}, and its entries end with block {head.Height}.");
        var epochs = EpochFolder.Of(disk);
        var epoch = 1 + Math.Max(ledger.Epoch, Math.Max(epochs.HighestSigned, epochs.HighestComplete));
        var (from, entriesToGo) = await LastEntries(stopped, head.LogPosition, cancel);
        return new EpochFile(new EpochCertificate(new EpochRecord(genesis.LedgerId, epoch, head, new Many<Hash>([.. ids])), default), from, entriesToGo);
    });

    /// <summary>Signs a record once and for all. The node attests nothing of an earlier epoch any more, and starts again when the record is complete; where it is now, the node is given it.</summary>
    /// <param name="setup">The data folder, the contracts and the validator's key.</param>
    /// <param name="file">With the record.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The file with the signature, and whether the record is complete with it.</returns>
    public static Task<(EpochFile File, bool IsComplete)> SignAsync(NodeSetup setup, EpochFile file, CancellationToken cancel = default) => Locked(setup, async (disk, genesis) =>
    {
        var (record, validator) = (file.Record, setup.Validator ?? throw new InvalidOperationException("Signing takes the validator's key."));
        if (record.LedgerId != genesis.LedgerId) throw new InvalidOperationException($"The record is of ledger {record.LedgerId}, and the data folder of {genesis.LedgerId}.");
        await using var stopped = await EpochStart.ReachAsync(disk, genesis, setup, null, record, cancel) ?? await EpochStart.ReachAsync(disk, genesis, setup, file, record, cancel)
            ?? throw new InvalidOperationException($"Neither this node's entries nor those in the file lead to block {record.Base.Height} as the record has it: it is not signed. If this node is behind, let it catch up first.");
        var ledger = stopped.Ledger;
        if (ledger.Certifiers.Find(validator.Id) is null) throw new InvalidOperationException($"The key {validator.Id} is none of the validators'.");
        if (!file.Certificate.Verify(ledger.Certifiers)) throw new InvalidOperationException("A signature in the file does not verify.");
        // What a validator has attested may be certified somewhere: it must not be given up.
        var attested = Attested(disk);
        if (attested.Height > record.Base.Height)
            throw new InvalidOperationException($"This validator has attested block {attested.Height}, and the record begins on block {record.Base.Height}, which would give it up. Propose one from here.");
        if (attested.Height > 0 && stopped.HeaderAt(attested.Height)?.Hash is var under && under != attested.Header)
            throw new InvalidOperationException($"This validator has attested another block {attested.Height} than the one that is under the record's base: it is not signed.");
        var epochs = EpochFolder.Of(disk);
        if (record.Epoch <= ledger.Epoch || record.Epoch < epochs.HighestComplete) throw new InvalidOperationException($"Epoch {record.Epoch} has begun already.");
        // Durable before the signature exists.
        if (!epochs.Sign(record.Epoch, Hash.Of(record.ToBytes()))) throw new InvalidOperationException($"This validator has signed another record of epoch {record.Epoch} or later, and signs one only.");
        var signed = file with { Certificate = file.Certificate.With(record.Sign(validator)) };
        var complete = signed.Certificate.IsComplete(ledger.Certifiers);
        if (complete && record.Epoch > (epochs.Newest()?.Record.Epoch ?? 0)) epochs.Keep(signed);
        return (signed, complete);
    });

    /// <summary>Gives the node a complete record, which it follows at its next start.</summary>
    /// <param name="setup">The data folder and the contracts.</param>
    /// <param name="file">With the record.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task ApplyAsync(NodeSetup setup, EpochFile file, CancellationToken cancel = default) => Locked(setup, async (disk, genesis) =>
    {
        await KeepAsync(disk, genesis, setup, file, cancel);
        return true;
    });

    /// <summary>The same where the folder is locked already.</summary>
    internal static async Task KeepAsync(IDisk disk, Genesis genesis, NodeSetup setup, EpochFile file, CancellationToken cancel)
    {
        var epochs = EpochFolder.Of(disk);
        if (file.Record.LedgerId != genesis.LedgerId) throw new InvalidOperationException($"The record is of ledger {file.Record.LedgerId}, and the data folder of {genesis.LedgerId}.");
        if (file.Record.Epoch <= epochs.HighestComplete && epochs.ToFollow()?.Record != file.Record) throw new InvalidOperationException($"Epoch {epochs.HighestComplete} has begun already.");
        await using var stopped = await EpochStart.ReachAsync(disk, genesis, setup, null, file.Record, cancel) ?? await EpochStart.ReachAsync(disk, genesis, setup, file, file.Record, cancel)
            ?? throw new InvalidOperationException($"Neither this node's entries nor those in the file lead to block {file.Record.Base.Height} as the record has it. If this node is behind, let it catch up first.");
        if (!file.Certificate.IsComplete(stopped.Ledger.Certifiers))
            throw new InvalidOperationException($"{file.Certificate.Signatures.Count} validators have signed the record, and {stopped.Ledger.Certifiers.Quorum} of them must, each once and with its own key.");
        epochs.Keep(file);
    }

    /// <summary>The epoch of the newest complete record in a data folder; 0 where there is none.</summary>
    public static ulong NewestIn(string dataFolder) =>
        Directory.Exists(Path.Combine(dataFolder, "epochs")) ? EpochFolder.Of(new RealDisk(dataFolder)).HighestComplete : 0;

    private static async Task<T> Locked<T>(NodeSetup setup, Func<IDisk, Genesis, Task<T>> work)
    {
        var disk = setup.Disk ?? new RealDisk(setup.DataFolder);
        using var taken = disk.Lock("lock");
        return await work(disk, DataFolder.GenesisOf(disk, setup.Genesis));
    }

    private static (ulong Height, Hash Header) Attested(IDisk disk)
    {
        if (!disk.Exists(PromiseFile.Name)) return default;
        using var promises = new PromiseFile(disk);
        return promises.Highest;
    }

    // All that nobody may have certified, and of what is certified as much as there is room for: the others may be a little behind.
    private static async Task<(ulong From, List<ReadOnlyMemory<byte>> Entries)> LastEntries(StoppedLedger stopped, ulong last, CancellationToken cancel)
    {
        const ulong Back = 256;
        var first = Math.Max(last > Back ? last - Back : 1, (ulong)(await stopped.Log.RangeAsync(cancel)).First);
        first = Math.Min(first, stopped.Certified + 1);
        var entries = await stopped.EntriesAsync(first, last, cancel);
        var bytes = entries.Sum(entry => (long)entry.Length);
        while (bytes > EpochFile.EntryBytesAtMost && first <= stopped.Certified && entries.Count > 0)
        {
            bytes -= entries[0].Length;
            entries.RemoveAt(0);
            first++;
        }
        return (first, entries);
    }
}
