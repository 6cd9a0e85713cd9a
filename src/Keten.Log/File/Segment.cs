namespace Keten.Log;

/// <summary>The segment that is being written.</summary>
internal sealed class Segment(IDiskFile file, ulong salt, long end, bool marked) : IDisposable
{
    private bool endsMarked = marked;

    /// <summary>Where the next frame goes.</summary>
    public long End { get; private set; } = end;

    /// <summary>Starts a segment. It appears under its name only once its header is durable, so that a bad header is always damage and never an accident of timing.</summary>
    public static Segment Create(IDisk disk, long first, FileLogOptions options)
    {
        var (name, salt) = (Layout.NameOf(first), options.Salt());
        var file = disk.CreateUnfinished(name);
        try
        {
            // Room made beforehand: a flush then has no new length to record. It is a hole until it is written, and costs no space.
            file.SetLength(options.SegmentBytes);
            file.Write(0, Layout.SegmentHeader(first, salt));
            file.Flush();
            disk.Finish(name);
            return new Segment(file, salt, Layout.SegmentHeaderBytes, marked: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a batch durably: one write, one flush, however many entries it has.</summary>
    public void Write(Batch batch)
    {
        file.Write(End, batch.Seal(salt, End));
        file.Flush();
        End += batch.Length;
        endsMarked = false;
    }

    /// <summary>Writes a frame without entries behind the last batch, unless there is one: damage to that batch is then told from a batch that was never finished.</summary>
    public void Mark(long next)
    {
        if (endsMarked) return;
        var mark = new byte[Layout.FrameHeaderBytes];
        Layout.WriteFrameHeader(mark, count: 0, next, salt, End);
        file.Write(End, mark);
        file.Flush();
        End += mark.Length;
        endsMarked = true;
    }

    /// <summary>Gives back the unused room: a segment that has a successor ends with its last frame.</summary>
    public void Finish()
    {
        file.SetLength(End);
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}
