using Keten.Kernel.Cbor;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>A block and where it stands.</summary>
internal sealed record StoredBlock(string File, long Offset, BlockRecord Record);

/// <summary>The blocks of a folder as a check reads them: nothing is cut, and nothing is written.</summary>
internal static class StoredBlocks
{
    /// <param name="disk">The folder.</param>
    /// <param name="durable">Up to which height blocks are known to have been flushed: a bad end behind that is cut off by the next opening, and is no damage.</param>
    /// <param name="findings">What is wrong is added to these.</param>
    public static List<StoredBlock> Read(IDisk disk, ulong durable, List<NodeFinding> findings)
    {
        var blocks = new List<StoredBlock>();
        var names = new List<string>();
        foreach (var name in disk.List())
            if (BlockSegment.IsName(name)) names.Add(name);
        for (var each = 0; each < names.Count; each++)
            if (!Read(disk, names[each], each == names.Count - 1, durable, blocks, findings)) break;
        if (findings.Count == 0 && (ulong)blocks.Count < durable) findings.Add(new NodeFinding("blocks", 0, $"The blocks end with {blocks.Count}; there was {durable}."));
        return blocks;
    }

    private static bool Read(IDisk disk, string name, bool last, ulong durable, List<StoredBlock> blocks, List<NodeFinding> findings)
    {
        var path = "blocks/" + name;
        using var file = disk.Open(name, DiskAccess.Read);
        if (!BlockSegment.TryFirst(name, out var first) || first != (ulong)blocks.Count + 1) return Wrong(0, $"Block {blocks.Count + 1} should be next.", false);
        if (BlockSegment.CheckHeader(file, first) is { } bad) return Wrong(0, bad, true);
        for (long at = BlockSegment.HeaderBytes; at < file.Length;)
        {
            if (BlockSegment.Read(file, at, (ulong)blocks.Count + 1, out var wrong) is not { } content) return Wrong(at, wrong!, true);
            try
            {
                blocks.Add(new StoredBlock(path, at, BlockRecord.Read(content)));
            }
            catch (MalformedException fault)
            {
                return Wrong(at + BlockSegment.FrameBytes + fault.Offset, fault.Message, false);
            }
            at += BlockSegment.FrameBytes + content.Length;
        }
        return true;

        bool Wrong(long at, string what, bool mayBeTorn)
        {
            var torn = mayBeTorn && last && (ulong)blocks.Count >= durable;
            findings.Add(new NodeFinding(path, at, torn ? "Unfinished end, to be cut on opening: " + what : what, IsDamage: !torn));
            return false;
        }
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
