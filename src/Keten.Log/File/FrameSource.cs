using System.Collections.Immutable;

namespace Keten.Log;

/// <summary>What is durable, at one moment: the first position of each segment, the last position, and where the newest segment's frames end.</summary>
internal sealed record State(ImmutableArray<long> Starts, long Last, long End)
{
    public long First => Starts[0];

    /// <summary>Which segment a position stands in, or will.</summary>
    public int SegmentOf(long position)
    {
        var found = Starts.BinarySearch(position);
        return found >= 0 ? found : ~found - 1;
    }
}

/// <summary>Finds frames for one follower: in the tail, or in the segments.</summary>
internal sealed class FrameSource(IDisk disk, Tail tail) : IDisposable
{
    private SegmentReader? reader;
    private long expected;

    public Frame Find(State state, long position)
    {
        if (tail.TryFind(position, out var frame)) return frame;
        var segment = state.SegmentOf(position);
        var (name, limit) = (Layout.NameOf(state.Starts[segment]), segment == state.Starts.Length - 1 ? state.End : long.MaxValue);
        if (reader?.Name != name)
        {
            reader?.Dispose();
            reader = null;
            reader = new SegmentReader(disk, name);
            expected = state.Starts[segment];
        }
        while (true)
        {
            var at = reader.Offset;
            if (reader.Next(limit, out frame, out _) != FrameFault.None) throw new LogCorruptException(name, at, "There is no good batch here.");
            if (frame.First != expected) throw new LogCorruptException(name, at, $"The batch starts at position {frame.First}, not at {expected}.");
            expected = frame.Last + 1;
            if (position <= frame.Last) return frame;
        }
    }

    public void Dispose() => reader?.Dispose();
}
