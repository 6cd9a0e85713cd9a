using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Storage;

/// <summary>The data folder: genesis.cbor, lock, and the folders log, blocks and snapshots.</summary>
internal static class DataFolder
{
    public const string GenesisName = "genesis.cbor";
    private const int GenesisAtMost = 1 << 20;

    /// <summary>The genesis of the folder, which is written where it is new.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is another ledger's.</exception>
    public static Genesis GenesisOf(IDisk disk, Genesis? wanted)
    {
        disk.DeleteUnfinished();
        if (disk.Exists(GenesisName))
        {
            var stored = ReadGenesis(disk);
            disk.Flush();       // a crash may have left its name in memory only
            if (wanted is not null && wanted.LedgerId != stored.LedgerId)
                throw new InvalidOperationException($"The data folder is of ledger {stored.LedgerId}, not of {wanted.LedgerId}.");
            return stored;
        }
        if (wanted is null) throw new InvalidOperationException("The data folder holds no ledger, and no genesis was given to begin one.");
        disk.WriteAllAtomically(GenesisName, wanted.ToBytes());
        return wanted;
    }

    /// <summary>The genesis with which a node is to be opened, or that its folder has already; null where there is none yet.</summary>
    /// <exception cref="DamagedException">It cannot be read.</exception>
    public static Genesis? Known(NodeSetup setup)
    {
        if (setup.Genesis is not null || !File.Exists(Path.Combine(setup.DataFolder, GenesisName))) return setup.Genesis;
        return ReadGenesis(new RealDisk(setup.DataFolder));
    }

    /// <summary>The stored genesis.</summary>
    /// <exception cref="DamagedException">It cannot be read.</exception>
    public static Genesis ReadGenesis(IDisk disk)
    {
        try
        {
            return Genesis.FromBytes(disk.ReadAll(GenesisName, GenesisAtMost));
        }
        catch (MalformedException fault)
        {
            throw new DamagedException(GenesisName, fault.Offset, fault.Message);
        }
    }
}
