using System.Buffers.Binary;
using System.Globalization;

namespace Keten.Log;

/// <summary>What a check of a log's folder found.</summary>
/// <param name="Segments">How many segments.</param>
/// <param name="Entries">How many whole entries, up to the first fault.</param>
/// <param name="First">The first position; 1 for an empty folder.</param>
/// <param name="Last">The last position, up to the first fault.</param>
/// <param name="Fault">The first thing that no crash explains; null where there is none.</param>
/// <param name="Tail">An unfinished end, which the next opening cuts off: the rest of a crash; or, where the log was not closed and not written to since, damage to its very last
/// batch, which nothing distinguishes from it. Null where the end is whole.</param>
public sealed record LogReport(int Segments, long Entries, long First, long Last, LogFault? Fault, LogFault? Tail);

/// <summary>Where something is wrong, and what.</summary>
public sealed record LogFault(string File, long Offset, string Reason);

/// <summary>
/// Checks the files of a <see cref="FileLog"/> from outside: every byte of every segment, against docs/log-file.md and not by the code that writes and recovers them. Never writes.
/// While a node has the log open, a batch that is being written may show as an unfinished end.
/// </summary>
public static class LogCheck
{
    /// <summary>Checks the folder. Damage is reported, not thrown.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static LogReport Run(IDisk disk)
    {
        var names = new List<string>();
        foreach (var name in disk.List())
        {
            if (name.EndsWith(".log", StringComparison.Ordinal)) names.Add(name);
        }

        var report = new LogReport(names.Count, 0, 1, 0, null, null);
        for (var i = 0; i < names.Count && report.Fault is null; i++) report = Segment(disk, names[i], i == 0, i == names.Count - 1, report);
        return report;
    }

    private static LogReport Segment(IDisk disk, string name, bool oldest, bool newest, LogReport report)
    {
        using var file = disk.Open(name, DiskAccess.Read);
        if (!long.TryParse(name.AsSpan(0, name.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var first) || name.Length != 24 || first < 1)
            return report with { Fault = new(name, 0, "The name is not a position of 20 digits.") };
        if (oldest) report = report with { First = first, Last = first - 1 };
        if (first != report.Last + 1) return report with { Fault = new(name, 0, $"Position {report.Last + 1} should be next: entries are missing, or are here twice.") };

        Span<byte> header = stackalloc byte[32];
        if (file.Read(0, header) < 32) return report with { Fault = new(name, 0, "The file is shorter than its header.") };
        if (!header[..8].SequenceEqual("KETENLOG"u8)) return report with { Fault = new(name, 0, "The file does not start with KETENLOG.") };
        if (Word(header, 28) != Crc32C.Of(header[..28])) return report with { Fault = new(name, 0, "The header's checksum is wrong.") };
        if (Long(header, 8) != first) return report with { Fault = new(name, 8, $"The header says that it starts at position {Long(header, 8)}.") };
        if (Word(header, 24) != 0) return report with { Fault = new(name, 24, $"Version {Word(header, 24)} is not known.") };

        var salt = header[16..24].ToArray();
        long at = 32;
        for (string? wrong = null; wrong is null && at < file.Length;)
        {
            (wrong, var length, var count) = Frame(file, at, salt, report.Last + 1);
            if (wrong is null) (at, report) = (at + length, report with { Entries = report.Entries + count, Last = report.Last + count });
            else if (newest && AllZero(file, at)) break;
            else if (newest && !AnyFrameBehind(file, at, salt)) return report with { Tail = new(name, at, wrong) };
            else return report with { Fault = new(name, at, wrong) };
        }
        return report;
    }

    /// <summary>One frame: what is wrong with it or null, its length, its entries.</summary>
    private static (string? Wrong, long Length, long Count) Frame(IDiskFile file, long at, byte[] salt, long position)
    {
        Span<byte> header = stackalloc byte[24];
        if (file.Read(at, header) < 24) return ("The file ends within a batch's header.", 0, 0);
        if (Word(header, 20) != HeaderSum(header, at, salt)) return ("There is no good header of a batch.", 0, 0);
        long length = Word(header, 0), count = Word(header, 4);
        if (length % 8 != 0 || length < 24 || length > file.Length - at) return ($"A batch of {length} bytes does not fit here.", 0, 0);
        if (Long(header, 8) != position) return ($"The batch starts at position {Long(header, 8)}, not at {position}.", 0, 0);

        var payload = new byte[length - 24];
        if (file.Read(at + 24, payload) < payload.Length) return ("The file ends within a batch.", 0, 0);
        if (Word(header, 16) != Crc32C.Of(payload)) return ("The batch does not match its checksum.", 0, 0);
        var next = 0L;
        for (var i = 0L; i < count; i++)
        {
            if (next + 4 > payload.Length) return ($"The batch holds fewer than {count} entries.", 0, 0);
            next += 4 + Word(payload, (int)next);
            if (next > payload.Length) return ($"Entry {i} of the batch is longer than the batch.", 0, 0);
        }
        return payload.Length - next >= 8 || payload.AsSpan((int)next).ContainsAnyExcept((byte)0) ? ("Behind the batch's entries is something else.", 0, 0) : (null, length, count);
    }

    private static bool AllZero(IDiskFile file, long at)
    {
        var piece = new byte[64 * 1024];
        for (int read; (read = file.Read(at, piece)) > 0; at += read)
        {
            if (piece.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        }
        return true;
    }

    private static bool AnyFrameBehind(IDiskFile file, long at, byte[] salt)
    {
        var rest = new byte[file.Length - at];
        var length = file.Read(at, rest);
        for (var i = 8; i + 24 <= length; i += 8)
        {
            var header = rest.AsSpan(i, 24);
            if (Word(header, 0) is >= 24 and var frame && frame % 8 == 0 && Word(header, 20) == HeaderSum(header, at + i, salt)) return true;
        }
        return false;
    }

    private static uint HeaderSum(ReadOnlySpan<byte> header, long at, byte[] salt)
    {
        Span<byte> summed = stackalloc byte[36];
        salt.CopyTo(summed);
        BinaryPrimitives.WriteInt64LittleEndian(summed[8..], at);
        header[..20].CopyTo(summed[16..]);
        return Crc32C.Of(summed);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
