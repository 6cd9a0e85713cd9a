using System.Collections.Immutable;

namespace Keten.Log;

/// <summary>What opening a log found.</summary>
/// <param name="Range">The positions held.</param>
/// <param name="CutFile">The segment whose unfinished last batch was cut off, or null where all was whole.</param>
/// <param name="CutAt">The byte at which it was cut.</param>
/// <param name="CutBytes">How many bytes of it there were.</param>
public sealed record LogRecovery(LogRange Range, string? CutFile, long CutAt, long CutBytes);

/// <summary>
/// Opens the newest segment and makes its end good.
/// <para>The rule: a batch is written only after the one before it was flushed. So a bad frame that is followed by any later frame's header was durable once and has been damaged
/// since: refused. A bad frame that nothing follows was never acknowledged, or nobody can tell that it was: cut. Sectors of one batch may survive in any combination.</para>
/// </summary>
internal static class Recovery
{
    public static (Segment Active, ImmutableArray<long> Starts, LogRecovery Report) Run(IDisk disk, FileLogOptions options)
    {
        disk.DeleteUnfinished();
        var starts = Starts(disk);
        if (starts.IsEmpty) return (Segment.Create(disk, 1, options), [1], new LogRecovery(new LogRange(1, 0), null, 0, 0));

        var name = Layout.NameOf(starts[^1]);
        var file = disk.Open(name, DiskAccess.Write);
        try
        {
            var (active, last, end, cut) = Open(disk, file, name, starts[^1], options);
            return (active, starts, new LogRecovery(new LogRange(starts[0], last), cut > 0 ? name : null, cut > 0 ? end : 0, cut));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The first position of each segment, ascending.</summary>
    public static ImmutableArray<long> Starts(IDisk disk)
    {
        var starts = ImmutableArray.CreateBuilder<long>();
        foreach (var name in disk.List())
        {
            if (Layout.TryName(name, out var first)) starts.Add(first);
        }
        return starts.ToImmutable();
    }

    private static (Segment Active, long Last, long End, long Cut) Open(IDisk disk, IDiskFile file, string name, long first, FileLogOptions options)
    {
        using var reader = new SegmentReader(file, name);
        var (length, next, lastFrame, marked) = (file.Length, first, (long)Layout.SegmentHeaderBytes, true);
        while (true)
        {
            var at = reader.Offset;
            var fault = reader.Next(length, out var frame, out _);
            if (fault == FrameFault.NotWhole) throw new LogCorruptException(name, at, "The batch has another structure than its header says.");
            if (fault != FrameFault.None) break;
            if (frame.First != next) throw new LogCorruptException(name, at, $"The batch starts at position {frame.First}, not at {next}.");
            (next, lastFrame, marked) = (frame.Last + 1, at, frame.Count == 0);
        }

        var (end, cut) = (reader.Offset, 0L);
        if (!reader.OnlyZerosUpTo(length))
        {
            if (reader.FindHeaderBehind(length) is var behind and >= 0)
                throw new LogCorruptException(name, end, $"The batch is damaged: a later one at byte {behind} shows that it was durable.");
            cut = length - end;
            file.SetLength(end);
        }
        if (end < options.SegmentBytes) file.SetLength(Math.Max(options.SegmentBytes, cut > 0 ? end : length));
        Secure(disk, file, reader, lastFrame);

        var active = new Segment(file, reader.Salt, end, marked);
        active.Mark(next);
        return (active, next - 1, end, cut);
    }

    /// <summary>Makes sure that what was just read is on the disk, and not only in the memory of an operating system whose flush has failed: such a flush leaves pages that read well,
    /// count as clean, and are never written. Only the last frame can be such, since the header and the frames before it were flushed in time; so it is written again, and the flush then speaks for it.</summary>
    private static void Secure(IDisk disk, IDiskFile file, SegmentReader reader, long lastFrame)
    {
        if (reader.Offset > lastFrame)
        {
            var frame = new byte[reader.Offset - lastFrame];
            if (file.Read(lastFrame, frame) != frame.Length) throw new LogCorruptException(reader.Name, lastFrame, "The segment became shorter while it was read.");
            file.Write(lastFrame, frame);
        }
        file.Flush();
        disk.Flush();
    }
}
