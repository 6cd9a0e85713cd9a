using Keten.Kernel.Cbor;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>A block and where it stands.</summary>
internal sealed record StoredBlock(string File, long Offset, BlockRecord Record);

/// <summary>The blocks of a folder as a check reads them: nothing is cut, and nothing is written.</summary>
internal static class StoredBlocks
{
    public static List<StoredBlock> Read(IDisk disk, List<NodeFinding> findings)
    {
        var blocks = new List<StoredBlock>();
        var names = new List<string>();
        foreach (var name in disk.List())
            if (BlockSegment.IsName(name)) names.Add(name);
        for (var each = 0; each < names.Count; each++)
            if (!Read(disk, names[each], each == names.Count - 1, blocks, findings)) break;
        return blocks;
    }

    private static bool Read(IDisk disk, string name, bool last, List<StoredBlock> blocks, List<NodeFinding> findings)
    {
        var path = "blocks/" + name;
        using var file = disk.Open(name, DiskAccess.Read);
        var wrong = BlockSegment.TryFirst(name, out var first) && first == (ulong)blocks.Count + 1 ? BlockSegment.CheckHeader(file, first) : $"Block {blocks.Count + 1} should be next.";
        if (wrong is not null)
        {
            findings.Add(new NodeFinding(path, 0, wrong));
            return false;
        }
        for (long at = BlockSegment.HeaderBytes; at < file.Length;)
        {
            if (BlockSegment.Read(file, at, (ulong)blocks.Count + 1, out wrong) is not { } content)
            {
                var torn = last && wrong!.StartsWith("The file ends", StringComparison.Ordinal);
                findings.Add(new NodeFinding(path, at, torn ? "Unfinished end: " + wrong : wrong!, IsDamage: !torn));
                return false;
            }
            try
            {
                blocks.Add(new StoredBlock(path, at, BlockRecord.Read(content)));
            }
            catch (MalformedException fault)
            {
                findings.Add(new NodeFinding(path, at + BlockSegment.FrameBytes + fault.Offset, fault.Message));
                return false;
            }
            at += BlockSegment.FrameBytes + content.Length;
        }
        return true;
    }
}

/// <summary>The entries of a log that a check has found whole, without opening it.</summary>
internal static class LogEntries
{
    public static IEnumerable<(long Position, ReadOnlyMemory<byte> Bytes)> Of(IDisk disk, LogReport report)
    {
        foreach (var name in disk.List())
        {
            if (!Layout.TryName(name, out var first) || first > report.Last) continue;
            using var reader = new SegmentReader(disk, name);
            while (reader.Next(long.MaxValue, out var frame, out _) == FrameFault.None)
            {
                var at = 0;
                for (var position = frame.First; position <= frame.Last; position++)
                {
                    var bytes = frame.Read(ref at);
                    if (position > report.Last) yield break;
                    yield return (position, bytes);
                }
            }
        }
    }
}
