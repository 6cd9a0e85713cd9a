using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>
/// Follows a complete record when a node is opened: gives up what its copy of the order holds behind the base, puts the record there, and has this validator append again what it had
/// appended. Until the record is renamed as followed, all of it is repeated at the next start.
/// </summary>
internal static class EpochStart
{
    /// <summary>Follows the record that waits here, or that another node has begun an epoch with, if there is one; where the order goes on from.</summary>
    /// <exception cref="InvalidOperationException">This validator has signed a record that is not complete yet, or the record does not fit what this node holds.</exception>
    public static async Task<EpochPoint> FollowAsync(IDisk disk, Genesis genesis, NodeSetup setup, CancellationToken cancel)
    {
        var epochs = EpochFolder.Of(disk);
        if (epochs.ToFollow() is null) await AskAsync(disk, genesis, setup, epochs, cancel);
        // Where the others' entries or a snapshot have led past it, there is nothing to give up.
        if (epochs.ToFollow() is { } file && (IsPassed(disk, file.Record.Epoch) || await FollowAsync(disk, genesis, setup, epochs, file, cancel))) epochs.Follow(file.Record.Epoch);
        var current = epochs.Point();
        if (setup.Validator is not null && epochs.HighestSigned > current.Number && !IsPassed(disk, epochs.HighestSigned))
            throw new InvalidOperationException(
                $"This validator has signed the record of epoch {epochs.HighestSigned}, and so attests nothing of an earlier one. Have the others sign it too. Then start this node: it takes the complete record from one that has begun the epoch, or is given it: keten epoch apply FILE.");
        return current;
    }

    /// <summary>
    /// Comes into the epoch that the ledger is in, where that is later than the folder knows: by a snapshot, or by entries that others gave. What was promised behind the first record's base can
    /// never be certified.
    /// </summary>
    public static EpochPoint Enter(IDisk disk, EpochPoint known, Ledger ledger, BlockStore blocks, PromiseFile? promises)
    {
        if (ledger.Epoch <= known.Number) return known;
        var (low, high) = (1UL, blocks.Height);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (BlockRecord.Read(blocks.Read(middle)).Header.Epoch > known.Number) high = middle;
            else low = middle + 1;
        }
        promises?.ForgetAbove(low - 1);
        var point = new EpochPoint(ledger.Epoch, (long)ledger.EpochFrom);
        EpochFolder.Of(disk).Enter(point);
        return point;
    }

    // Whoever has begun an epoch gives its record; what is not complete, or begins on another block than this node comes to, is not kept.
    private static async Task AskAsync(IDisk disk, Genesis genesis, NodeSetup setup, EpochFolder epochs, CancellationToken cancel)
    {
        foreach (var peer in setup.Shared?.Peers.InOrder ?? [])
        {
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Epoch), cancel) is not { } answer) continue;
            try
            {
                var file = EpochFile.FromBytes(answer);
                if (file.Record.Epoch <= epochs.Point().Number) continue;
                await Epochs.KeepAsync(disk, genesis, setup, file, cancel);
                return;
            }
            catch (MalformedException)
            {
                peer.Lied("The record of its epoch cannot be read.");
            }
            catch (InvalidOperationException)
            {
                // This node does not come to where it begins: it catches up by the others' entries, or another peer has it.
            }
        }
    }

    private static bool IsPassed(IDisk disk, ulong epoch)
    {
        using var blocks = BlockStore.Open(disk.Folder("blocks"), (_, _) => { });
        return blocks.Height > 0 && BlockRecord.Read(blocks.Read(blocks.Height)).Header.Epoch >= epoch;
    }

    // False where this node has to catch up from others first, and there are some.
    private static async Task<bool> FollowAsync(IDisk disk, Genesis genesis, NodeSetup setup, EpochFolder epochs, EpochFile file, CancellationToken cancel)
    {
        var record = file.Record;
        var at = record.Base.LogPosition;
        List<ReadOnlyMemory<byte>> others = [], given;
        ulong cut = at;
        var stopped = await ReachAsync(disk, genesis, setup, null, record, cancel);
        if (stopped is null)
        {
            stopped = await ReachAsync(disk, genesis, setup, file, record, cancel);
            if (stopped is null && setup.Shared?.Peers.All.Count > 0) return false;
            if (stopped is null) throw new InvalidOperationException(
                $"The record of epoch {record.Epoch} begins on block {record.Base.Height}, and neither this node's entries nor those in the record's file lead to it: it has to catch up from another node first.");
            cut = Math.Max(stopped.Certified, file.From - 1);
            others = [.. file.Entries.Skip((int)(cut + 1 - file.From))];
        }
        await using (stopped)
        {
            if (!file.Certificate.IsComplete(stopped.Ledger.Certifiers)) throw new InvalidOperationException($"Fewer than {stopped.Ledger.Certifiers.Quorum} validators have signed the record of epoch {record.Epoch}.");
            given = await stopped.EntriesAsync(cut + 1, (ulong)(await stopped.Log.RangeAsync(cancel)).Last, cancel);
        }
        if (setup.Validator is { } validator) epochs.KeepAgain(record.Epoch, given.FindAll(bytes => EntryOf(bytes)?.Validator == validator.Id));
        if (disk.Exists(PromiseFile.Name))
        {
            using var promises = new PromiseFile(disk);
            promises.ForgetAbove(record.Base.Height);
        }
        LogCut.After(disk.Folder("log"), (long)cut, setup.Options.Log);
        await using var log = FileLog.Open(disk.Folder("log"), setup.Options.Log);
        foreach (var entry in others) await log.AppendAsync(entry, cancel);
        await log.AppendAsync(file.Certificate.ToBytes(), cancel);
        return true;
    }

    /// <summary>The ledger at the base, by this node's entries or by those of the file; null where they do not lead there.</summary>
    /// <exception cref="InvalidOperationException">What this node has certified is not under the base.</exception>
    public static async Task<StoppedLedger?> ReachAsync(IDisk disk, Genesis genesis, NodeSetup setup, EpochFile? file, EpochRecord record, CancellationToken cancel)
    {
        if (file is { Entries.Count: 0 }) return null;
        var stopped = await StoppedLedger.OpenAsync(disk, genesis, setup.Catalogue, setup.Options, cancel);
        try
        {
            if (stopped.Ledger.Head is { } head && head.Height > record.Base.Height)
                throw new InvalidOperationException($"The record of epoch {record.Epoch} begins on block {record.Base.Height}, and this node has certified block {head.Height}, which would be given up: it follows it not.");
            if (await stopped.ReachAsync(record.Base.LogPosition, file, cancel) && stopped.Ledger.Head == record.Base) return stopped;
        }
        catch
        {
            await stopped.DisposeAsync();
            throw;
        }
        await stopped.DisposeAsync();
        return null;
    }

    public static Entry? EntryOf(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Entry.Parse(bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
