namespace Keten.Log;

/// <summary>Gives up the last entries of a log in files that is closed: the one thing that is ever taken out of a log at its end, when the order is begun anew behind an earlier entry.</summary>
public static class LogCut
{
    /// <summary>Cuts off all entries behind a position, durably. A crash leaves a log that ends there or later, and the cut can be repeated.</summary>
    /// <exception cref="DiskLockedException">The log is open.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The position is more than one before the first entry that the log holds.</exception>
    /// <exception cref="LogCorruptException">The log ends before the position, or is damaged there.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void After(IDisk disk, long position, FileLogOptions? options = null)
    {
        options = (options ?? new FileLogOptions()).Checked();
        using var taken = disk.Lock("lock");
        disk.DeleteUnfinished();
        var starts = Recovery.Starts(disk);
        if (starts.IsEmpty || position < starts[0] - 1) throw new ArgumentOutOfRangeException(nameof(position));
        // The newest first, and a flush for each: a hole would be taken for damage.
        var last = starts.Length - 1;
        for (; last > 0 && starts[last] > position; last--)
        {
            disk.Delete(Layout.NameOf(starts[last]));
            disk.Flush();
        }
        Shorten(disk, starts[last], position, options);
    }

    // Written anew under the same name: a frame that has entries on both sides cannot be cut where it stands.
    private static void Shorten(IDisk disk, long first, long position, FileLogOptions options)
    {
        var (name, salt, next) = (Layout.NameOf(first), options.Salt(), first);
        using var from = new SegmentReader(disk, name);
        using (var file = disk.CreateUnfinished(name))
        {
            file.Write(0, Layout.SegmentHeader(first, salt));
            long end = Layout.SegmentHeaderBytes;
            while (next <= position)
            {
                var at = from.Offset;
                if (from.Next(long.MaxValue, out var frame, out _) != FrameFault.None) throw new LogCorruptException(name, at, $"There is no entry {next}.");
                var (batch, read) = (new Batch(next, int.MaxValue), 0);
                for (var left = Math.Min(frame.Count, position - next + 1); left > 0; left--) next = batch.Add(frame.Read(ref read).Span) + 1;
                if (frame.Count == 0) continue;
                file.Write(end, batch.Seal(salt, end));
                end += batch.Length;
            }
            file.Flush();
        }
        disk.Finish(name);
    }
}
