using System.Buffers.Binary;
using System.Globalization;

namespace Keten.Log;

/// <summary>The bytes of segment files, as docs/log-file.md gives them. All numbers are little-endian.</summary>
internal static class Layout
{
    public const int SegmentHeaderBytes = 32;
    public const int FrameHeaderBytes = 24;
    public const int EntryHeaderBytes = sizeof(uint);
    public const int Alignment = 8;
    public const int MaxSegmentBytes = 1 << 30;

    /// <summary>What one entry alone in a frame costs beside its bytes, at most.</summary>
    public const int MostOverheadBytes = FrameHeaderBytes + EntryHeaderBytes + Alignment;

    private const string Suffix = ".log";

    private static ReadOnlySpan<byte> Magic => "KETENLOG"u8;

    public static string NameOf(long first) => first.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>The first position of a segment by its name; false where the name is not one of a segment.</summary>
    public static bool TryName(string name, out long first)
    {
        first = 0;
        return name.Length == 20 + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out first) && first > 0;
    }

    public static byte[] SegmentHeader(long first, ulong salt)
    {
        var header = new byte[SegmentHeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), first);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), salt);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), 0);     // the version of this layout
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Of(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>The salt of a segment, once its header is found good; otherwise what is wrong with it.</summary>
    public static ulong ReadSegmentHeader(string name, ReadOnlySpan<byte> header)
    {
        if (header.Length < SegmentHeaderBytes || !header[..8].SequenceEqual(Magic)) throw new LogCorruptException(name, 0, "This is not a segment of a log.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) != Crc32C.Of(header[..28])) throw new LogCorruptException(name, 0, "The segment's header does not match its checksum.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[24..]) is var version and not 0)
            throw new LogCorruptException(name, 24, $"This segment is of version {version}, which this program does not know.");
        if (BinaryPrimitives.ReadInt64LittleEndian(header[8..]) is var first && NameOf(first) != name)
            throw new LogCorruptException(name, 8, $"This segment starts at {first}, not where its name says.");
        return BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
    }

    public static void WriteFrameHeader(Span<byte> frame, int count, long first, ulong salt, long offset)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], count);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], Crc32C.Of(frame[FrameHeaderBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], HeaderCrc(frame, salt, offset));
    }

    /// <summary>Reads a frame's header; false where there is none that was written at this place of this segment.</summary>
    public static bool TryFrameHeader(ReadOnlySpan<byte> bytes, ulong salt, long offset, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < FrameHeaderBytes) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < FrameHeaderBytes || length > MaxSegmentBytes || length % Alignment != 0) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) != HeaderCrc(bytes, salt, offset)) return false;
        header = new FrameHeader(length, BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]));
        return true;
    }

    /// <summary>Salted, and bound to the place: neither an entry that quotes a frame nor a frame that was moved passes for one that the log wrote here.</summary>
    private static uint HeaderCrc(ReadOnlySpan<byte> header, ulong salt, long offset) =>
        ~Crc32C.Continue(Crc32C.Continue(Crc32C.Continue(uint.MaxValue, salt), unchecked((ulong)offset)), header[..20]);
}

/// <summary>What stands before a batch's entries: the whole frame's length in bytes, how many entries, the first one's position, and the checksum of what follows.</summary>
internal readonly record struct FrameHeader(int Length, int Count, long First, uint PayloadCrc);

/// <summary>The entries of one batch, in memory. A frame without entries is a mark: all before it was flushed.</summary>
internal readonly record struct Frame(long First, int Count, ReadOnlyMemory<byte> Payload)
{
    public long Last => First + Count - 1;

    /// <summary>The entry at a place within the payload, and the place behind it. The payload's checksum has been found good before.</summary>
    public ReadOnlyMemory<byte> Read(ref int at)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Payload.Span[at..]);
        var entry = Payload.Slice(at + Layout.EntryHeaderBytes, length);
        at += Layout.EntryHeaderBytes + length;
        return entry;
    }

    /// <summary>Whether the payload holds exactly as many entries as the header says, and nothing else but padding.</summary>
    public bool IsWhole()
    {
        var bytes = Payload.Span;
        var at = 0;
        if (Count < 0) return false;
        for (var i = 0; i < Count; i++)
        {
            if (bytes.Length - at < Layout.EntryHeaderBytes) return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length < 0 || length > bytes.Length - at - Layout.EntryHeaderBytes) return false;
            at += Layout.EntryHeaderBytes + length;
        }
        return bytes.Length - at < Layout.Alignment && !bytes[at..].ContainsAnyExcept((byte)0);
    }
}
