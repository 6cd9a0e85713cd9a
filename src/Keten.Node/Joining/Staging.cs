using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Joining;

/// <summary>
/// The folder in which a ledger from peers is put together, and its way into the data folder: what is there is exchanged only when all has been checked. The file «ready» says so, and is there
/// until all has been copied, so that a crash repeats the copying or begins anew.
/// </summary>
internal sealed class Staging(IDisk disk, FileLogOptions log)
{
    private const string Folder = "join", Ready = "ready";
    private static readonly string[] Parts = ["blocks", "snapshots"];
    private readonly IDisk staging = disk.Folder(Folder);

    public IDisk Blocks => staging.Folder(Parts[0]);

    public IDisk Snapshots => staging.Folder(Parts[1]);

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        foreach (var part in Parts) Wipe(staging.Folder(part));
    }

    /// <summary>All is there, and has been checked.</summary>
    public void Seal(ulong height) => staging.WriteAllAtomically(Ready, System.Text.Encoding.ASCII.GetBytes(height.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Exchanges what the data folder has for what was put together here, where that has been sealed. What the node has promised, its views and its documents stay.</summary>
    public void Install()
    {
        if (!staging.Exists(Ready)) return;
        var records = disk.Folder("log");
        Wipe(records);
        foreach (var part in Parts)
        {
            Wipe(disk.Folder(part));
            Copy(staging.Folder(part), disk.Folder(part));
        }
        FileLog.Begin(records, (long)Head().LogPosition + 1, log);
        staging.Delete(Ready);
        staging.Flush();
        Clear();
    }

    private Header Head()
    {
        using var blocks = BlockStore.Open(Blocks, (_, _) => { });
        return BlockRecord.Read(blocks.Read(blocks.Height)).Header;
    }

    private static void Wipe(IDisk folder)
    {
        foreach (var name in folder.List())
            if (name != "lock") folder.Delete(name);
        folder.Flush();
    }

    private static void Copy(IDisk from, IDisk to)
    {
        var piece = new byte[1 << 20];
        foreach (var name in from.List())
        {
            using IDiskFile source = from.Open(name, DiskAccess.Read), target = to.Open(name, DiskAccess.Create);
            for (var at = 0L; at < source.Length;)
            {
                var read = source.Read(at, piece);
                if (read == 0) throw new IOException($"{name} became shorter while it was copied.");
                target.Write(at, piece.AsSpan(0, read));
                at += read;
            }
            target.Flush();
        }
        to.Flush();
    }
}
