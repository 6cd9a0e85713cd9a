using Keten.Log;

namespace Keten.Testing;

/// <summary>An open file of the simulated disk.</summary>
internal sealed class SimulatedFile(Machine machine, Content content, bool writable) : IDiskFile
{
    private readonly int boot = machine.Boot;
    private bool closed;

    public long Length
    {
        get { lock (machine.Gate) return content.Length; }
    }

    public int Read(long offset, Span<byte> target)
    {
        lock (machine.Gate)
        {
            Refuse(writing: false);
            Machine.End(machine.Begin(boot));
            return content.Read(offset, target);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (machine.Gate)
        {
            Refuse(writing: true);
            var fate = machine.Begin(boot);
            content.Write(offset, fate == Fate.Happens ? bytes : bytes[..machine.Draw(bytes.Length + 1)], machine.NextMoment());
            Machine.End(fate);
        }
    }

    public void SetLength(long length)
    {
        lock (machine.Gate)
        {
            Refuse(writing: true);
            machine.Whole(boot, () => content.SetLength(length, machine.NextMoment()));
        }
    }

    public void Flush()
    {
        lock (machine.Gate)
        {
            Refuse(writing: true);
            var fate = machine.Begin(boot);
            if (fate == Fate.Fails) content.FailFlush(Survival.Draw(new Random(machine.Draw(int.MaxValue)), machine.NextMoment()));
            else if (fate == Fate.Happens && !machine.Lies.HasFlag(DiskLies.FileFlush)) content.Flush();
            Machine.End(fate);
        }
    }

    public void Dispose() => closed = true;

    private void Refuse(bool writing)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        if (writing && !writable) throw new UnauthorizedAccessException("The file was opened to be read.");
    }
}

/// <summary>
/// What a file holds: as the process sees it, and as the platter has it. Sparse, in sectors of 512 bytes; a sector that is not there is zero. Between flushes each sector has a list of
/// its versions; a power cut picks one for each.
/// </summary>
internal sealed class Content
{
    private const int Sector = 512;
    private readonly Dictionary<long, byte[]> seen = [];
    private readonly Dictionary<long, byte[]> durable = [];
    private readonly SortedDictionary<long, List<(long Moment, byte[]? Bytes, bool Cut)>> versions = [];
    private readonly List<(long Moment, long Length)> lengths = [];
    private long durableLength;

    /// <summary>Tells files apart, in the order of creation: a set of objects has no order that repeats itself.</summary>
    public long Number { get; set; }

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> target)
    {
        var count = (int)Math.Clamp(Length - offset, 0, target.Length);
        for (var done = 0; done < count;)
        {
            var (sector, within) = Math.DivRem(offset + done, Sector);
            var piece = target.Slice(done, (int)Math.Min(count - done, Sector - within));
            if (seen.TryGetValue(sector, out var bytes)) bytes.AsSpan((int)within, piece.Length).CopyTo(piece);
            else piece.Clear();
            done += piece.Length;
        }
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes, long moment)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var (sector, within) = Math.DivRem(offset + done, Sector);
            var count = (int)Math.Min(bytes.Length - done, Sector - within);
            var whole = seen.TryGetValue(sector, out var old) ? (byte[])old.Clone() : new byte[Sector];
            bytes.Slice(done, count).CopyTo(whole.AsSpan((int)within));
            Put(sector, whole, moment, cut: false);
            done += count;
        }
        if (bytes.Length > 0 && offset + bytes.Length > Length) lengths.Add((moment, Length = offset + bytes.Length));
    }

    public void SetLength(long length, long moment)
    {
        if (length < Length)
        {
            var (border, within) = Math.DivRem(length, Sector);
            foreach (var sector in new List<long>(seen.Keys))
            {
                if (sector < border) continue;
                if (sector == border && within > 0)
                {
                    var kept = new byte[Sector];
                    seen[sector].AsSpan(0, (int)within).CopyTo(kept);
                    Put(sector, kept, moment, cut: false);
                }
                else
                {
                    Put(sector, null, moment, cut: true);
                }
            }
        }
        lengths.Add((moment, Length = length));
    }

    public void Flush()
    {
        foreach (var (sector, list) in versions) Settle(sector, list[^1].Bytes);
        durableLength = Length;
        Clean();
    }

    /// <summary>As Linux does it: some sectors arrive, none is tried again, and all read back as if they had.</summary>
    public void FailFlush(Survival survival)
    {
        Persist(survival);
        Clean();
    }

    public void LosePower(Survival survival)
    {
        Persist(survival);
        Clean();
        seen.Clear();
        foreach (var (sector, bytes) in durable) seen.Add(sector, bytes);
        Length = durableLength;
    }

    public void FlipBit(long offset, int bit)
    {
        var (sector, within) = Math.DivRem(offset, Sector);
        var whole = seen.TryGetValue(sector, out var old) ? (byte[])old.Clone() : new byte[Sector];
        whole[within] ^= (byte)(1 << bit);
        seen[sector] = whole;
        durable[sector] = whole;
    }

    private void Put(long sector, byte[]? bytes, long moment, bool cut)
    {
        if (!versions.TryGetValue(sector, out var list)) versions.Add(sector, list = []);
        list.Add((moment, bytes, cut));
        if (bytes is null) seen.Remove(sector);
        else seen[sector] = bytes;
    }

    private void Persist(Survival survival)
    {
        var lengthAt = 0L;
        foreach (var (moment, length) in lengths)
        {
            if (survival.Keeps(moment)) (lengthAt, durableLength) = (moment, length);
        }
        foreach (var (sector, list) in versions)
        {
            // File systems record lengths in order: where a later length was kept, what a cut before it has freed cannot come back.
            foreach (var (moment, bytes, cut) in list)
            {
                if (cut ? moment <= lengthAt : survival.Keeps(moment)) Settle(sector, bytes);
            }
        }
        foreach (var sector in new List<long>(durable.Keys))
        {
            if (sector * Sector >= durableLength) durable.Remove(sector);
            else if ((sector + 1) * Sector > durableLength)
            {
                var kept = (byte[])durable[sector].Clone();
                kept.AsSpan((int)(durableLength - sector * Sector)).Clear();
                durable[sector] = kept;
            }
        }
    }

    private void Settle(long sector, byte[]? bytes)
    {
        if (bytes is null) durable.Remove(sector);
        else durable[sector] = bytes;
    }

    private void Clean()
    {
        versions.Clear();
        lengths.Clear();
    }
}
