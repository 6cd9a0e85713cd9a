using System.Formats.Tar;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Storage;

namespace Keten.Node.Backups;

/// <summary>Puts a backup back into an empty folder, and checks all of it: every file against the manifest, and then what a check of a node's folder checks.</summary>
public static class Restore
{
    private static readonly HashSet<string> Folders = new(StringComparer.Ordinal) { "log", "blocks", "snapshots", "documents" };
    private static readonly HashSet<string> Alone = new(StringComparer.Ordinal) { DataFolder.GenesisName, "promises" };

    /// <summary>Reads it.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="target">An empty folder. Where this throws, what is in it is of no use.</param>
    /// <exception cref="BackupException">It is none, or not whole, or damaged.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static BackupManifest Read(Stream archive, IDisk target)
    {
        if (target.List().Count > 0) throw new BackupException("The folder is not empty.");
        // First: whatever becomes of this, a validator that finds it here asks the others before it attests.
        target.WriteAllAtomically(PromiseFile.RestoredName, []);
        var files = new Dictionary<string, (long, Hash)>(StringComparer.Ordinal);
        BackupManifest? manifest = null;
        try
        {
            using var tar = new TarReader(archive, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                if (manifest is not null) throw new BackupException("Something stands behind the manifest.");
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw new BackupException($"«{entry.Name}» is no file.");
                if (entry.Name == BackupManifest.Name) manifest = BackupManifest.Read(Whole(entry));
                else if (!files.TryAdd(entry.Name, Copy(entry, target))) throw new BackupException($"«{entry.Name}» stands in it twice.");
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BackupException("The backup is no archive, or ends early: " + fault.Message);
        }
        Compare(manifest ?? throw new BackupException("The backup has no manifest: it is not whole."), files, target);
        return manifest;
    }

    private static void Compare(BackupManifest manifest, Dictionary<string, (long, Hash)> files, IDisk target)
    {
        foreach (var (name, expected) in manifest.Files)
            if (!files.Remove(name, out var found) || found != expected) throw new BackupException($"«{name}» is missing, or is not what the manifest says.");
        foreach (var name in files.Keys) throw new BackupException($"«{name}» is not in the manifest.");
        if (DataFolder.ReadGenesis(target).LedgerId != manifest.LedgerId) throw new BackupException("The genesis is of another ledger than the manifest says.");
        foreach (var finding in NodeCheck.Run(target))
            if (finding.IsDamage) throw new BackupException($"{finding.File}, byte {finding.Offset}: {finding.Reason}");
    }

    private static byte[] Whole(TarEntry entry)
    {
        if (entry.Length > BackupManifest.BytesAtMost) throw new BackupException("The manifest is longer than any.");
        using var bytes = new MemoryStream();
        entry.DataStream?.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static (long, Hash) Copy(TarEntry entry, IDisk target)
    {
        var (folder, name) = PlaceOf(entry.Name, target);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = folder.Open(name, DiskAccess.Create);
        var (piece, at) = (new byte[1 << 20], 0L);
        if (entry.DataStream is { } content)
        {
            for (int read; (read = content.Read(piece)) > 0; at += read)
            {
                file.Write(at, piece.AsSpan(0, read));
                hash.AppendData(piece, 0, read);
            }
        }
        file.Flush();
        folder.Flush();
        return (at, new Hash(hash.GetHashAndReset()));
    }

    // Names that this program gave, and no others: none leads out of the folder.
    private static (IDisk Folder, string Name) PlaceOf(string path, IDisk target)
    {
        try
        {
            return path.Split('/') switch
            {
                [var name] when Alone.Contains(name) => (target, name),
                [var folder, var name] when Folders.Contains(folder) => (target.Folder(folder), DiskFiles.Checked(name)),
                ["documents", var folder, var name] => (target.Folder("documents").Folder(DiskFiles.Checked(folder)), DiskFiles.Checked(name)),
                _ => throw new BackupException($"«{path}» is no file of a node."),
            };
        }
        catch (ArgumentException)
        {
            throw new BackupException($"«{path}» is no file of a node.");
        }
    }
}
