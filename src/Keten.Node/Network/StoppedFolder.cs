using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>A look at the data folder of a validator that is stopped: how far its blocks go, and what it has promised.</summary>
/// <param name="Certified">Up to which block all is certified.</param>
/// <param name="Executed">How far this node's copy of the order leads.</param>
/// <param name="Promised">The highest block that was attested; 0 where none.</param>
public sealed record StoppedFolder(ulong Certified, ulong Executed, ulong Promised)
{
    /// <summary>Looks; what is certified is executed again from the newest snapshot, and what comes behind it too.</summary>
    /// <exception cref="DiskLockedException">The node runs.</exception>
    /// <exception cref="DivergedException">What was certified does not come out again.</exception>
    /// <exception cref="DamagedException">A file is damaged.</exception>
    /// <exception cref="Kernel.Blocks.CatalogueMissingException">The program lacks the ledger's contracts.</exception>
    /// <exception cref="InvalidOperationException">There is no ledger in the folder, or it is of other contracts.</exception>
    public static async Task<StoppedFolder> LookAsync(NodeSetup setup, CancellationToken cancel = default)
    {
        var disk = setup.Disk ?? new RealDisk(setup.DataFolder);
        using var held = disk.Lock("lock");
        await using var stopped = await StoppedLedger.OpenAsync(disk, DataFolder.GenesisOf(disk, setup.Genesis), setup.Catalogue, setup.Options, cancel);
        var (certified, promised) = (stopped.Ledger.Head?.Height ?? 0, 0ul);
        if (disk.Exists(PromiseFile.Name))
        {
            using var promises = new PromiseFile(disk);
            promised = promises.Highest.Height;
        }
        if (promised > certified) await stopped.ReachAsync(ulong.MaxValue, null, cancel);
        return new StoppedFolder(certified, stopped.Ledger.Head?.Height ?? 0, promised);
    }
}
