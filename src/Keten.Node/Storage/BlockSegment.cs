using System.Buffers.Binary;
using System.Globalization;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>
/// The form of a file of blocks. Header, 32 bytes: «KETENBLK», first height (8), version (4), CRC-32C of the 20 bytes before (4), zeros (8). Then for each block its length (4), the
/// CRC-32C over its height and content (4), its content. All little-endian.
/// </summary>
internal static class BlockSegment
{
    public const int HeaderBytes = 32, FrameBytes = 8, ContentAtMost = 64 << 20;

    private const string Suffix = ".blk";

    public static string NameOf(ulong first) => first.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    public static bool IsName(string name) => name.EndsWith(Suffix, StringComparison.Ordinal);

    public static bool TryFirst(string name, out ulong first)
    {
        first = 0;
        return name.Length == 24 && IsName(name) && ulong.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out first);
    }

    public static void WriteHeader(Span<byte> target, ulong first)
    {
        target[..HeaderBytes].Clear();
        "KETENBLK"u8.CopyTo(target);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], Crc32C.Of(target[..20]));
    }

    /// <summary>What is wrong with a file's header, or null.</summary>
    public static string? CheckHeader(IDiskFile file, ulong first)
    {
        Span<byte> header = stackalloc byte[HeaderBytes], expected = stackalloc byte[HeaderBytes];
        WriteHeader(expected, first);
        if (file.Read(0, header) < HeaderBytes) return "The file is shorter than its header.";
        return header.SequenceEqual(expected) ? null : "The file's header is not that of a file of blocks from the height in its name.";
    }

    public static byte[] Frame(ulong height, ReadOnlySpan<byte> content)
    {
        var frame = new byte[FrameBytes + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Sum(height, content));
        content.CopyTo(frame.AsSpan(FrameBytes));
        return frame;
    }

    /// <summary>The content of the frame at an offset, which must be of a height; null and a reason where it is not whole.</summary>
    public static byte[]? Read(IDiskFile file, long at, ulong height, out string? wrong)
    {
        Span<byte> head = stackalloc byte[FrameBytes];
        wrong = "The file ends within a block.";
        if (file.Read(at, head) < FrameBytes) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is <= 0 or > ContentAtMost || length > file.Length - at - FrameBytes)
        {
            wrong = $"A block of {length} bytes does not fit here.";
            return null;
        }
        var content = new byte[length];
        if (file.Read(at + FrameBytes, content) < length) return null;
        wrong = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) == Sum(height, content) ? null : "The block does not match its checksum.";
        return wrong is null ? content : null;
    }

    private static uint Sum(ulong height, ReadOnlySpan<byte> content) => ~Crc32C.Continue(Crc32C.Continue(uint.MaxValue, height), content);
}
