using Keten.Kernel;
using Keten.Kernel.Trees;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>
/// The history tree's leaf hashes, 32 bytes each, up to a snapshot: what survives when the bodies are pruned, and what a start from a snapshot needs. It needs no checksum of its own:
/// the leaves' root stands in the snapshot's certified header.
/// </summary>
internal static class HistoryFile
{
    public const string Name = "history.leaves";
    private const int AtOnce = 4096;

    /// <summary>Writes leaves so that the file holds so many, durably. <paramref name="leaves"/> fills a span from an index on.</summary>
    public static void Extend(IDisk disk, ulong size, Action<ulong, Span<Hash>> leaves)
    {
        var isNew = !disk.Exists(Name);
        using (var file = disk.Open(Name, isNew ? DiskAccess.Create : DiskAccess.Write))
        {
            var some = new Hash[AtOnce];
            for (var from = (ulong)file.Length / Hash.Size; from < size;)
            {
                var part = some.AsSpan(0, (int)Math.Min(AtOnce, size - from));
                leaves(from, part);
                file.Write((long)from * Hash.Size, System.Runtime.InteropServices.MemoryMarshal.AsBytes(part));
                from += (uint)part.Length;
            }
            file.Flush();
        }
        if (isNew) disk.Flush();
    }

    /// <summary>Takes away what lies behind the leaves that a snapshot stands on: a power cut may have torn it, and its length alone would be believed.</summary>
    public static void Cut(IDisk disk, ulong size)
    {
        if (!disk.Exists(Name)) return;
        using var file = disk.Open(Name, DiskAccess.Write);
        if ((ulong)file.Length <= size * Hash.Size) return;
        file.SetLength((long)size * Hash.Size);
        file.Flush();
    }

    /// <summary>The tree of the first leaves; null where there are not so many.</summary>
    public static HistoryTree? Load(IDisk disk, ulong size)
    {
        var tree = new HistoryTree();
        if (size == 0) return tree;
        if (!disk.Exists(Name)) return null;
        using var file = disk.Open(Name, DiskAccess.Read);
        var some = new Hash[AtOnce];
        while (tree.Count < size)
        {
            var part = some.AsSpan(0, (int)Math.Min(AtOnce, size - tree.Count));
            var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(part);
            if (file.Read((long)tree.Count * Hash.Size, bytes) < bytes.Length || part.Contains(default)) return null;
            tree.AppendMany(part);
        }
        return tree;
    }
}
