using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>The last two snapshots, a file each: the snapshot's form and its CRC-32C behind it.</summary>
internal sealed class SnapshotStore(IDisk disk)
{
    private const string Suffix = ".snap";
    private const int Kept = 2;

    public static bool TryHeight(string name, out ulong height)
    {
        height = 0;
        return name.Length == 20 + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out height);
    }

    public static string NameOf(ulong height) => height.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>The heights that there are snapshots of, newest first.</summary>
    public List<ulong> Heights()
    {
        var heights = new List<ulong>();
        foreach (var name in disk.List())
            if (TryHeight(name, out var height)) heights.Insert(0, height);
        return heights;
    }

    /// <summary>Writes one, durably, as its pieces come, and forgets what is older than the last two.</summary>
    /// <param name="snapshot">What it begins with.</param>
    /// <param name="next">Puts the next piece into an emptied capture; false when it was the last.</param>
    public void Write(SnapshotWalk snapshot, Func<StateCapture, bool> next)
    {
        disk.WriteAtomically(NameOf(snapshot.Head.Height), file =>
        {
            var (piece, at, crc) = (new StateCapture(), 0L, uint.MaxValue);
            Append(snapshot.Start());
            for (var more = true; more;)
            {
                piece.Clear();
                more = next(piece);
                Append(piece.Written);
            }
            Span<byte> sum = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(sum, ~crc);
            file.Write(at, sum);

            void Append(ReadOnlySpan<byte> bytes)
            {
                file.Write(at, bytes);
                at += bytes.Length;
                crc = Crc32C.Continue(crc, bytes);
            }
        });
        var heights = Heights();
        for (var old = Kept; old < heights.Count; old++) disk.Delete(NameOf(heights[old]));
        disk.Flush();
    }

    /// <summary>Reads one; null and a reason where it is damaged.</summary>
    public Snapshot? Read(ulong height, out string? wrong)
    {
        return Parse(disk.ReadAll(NameOf(height), Array.MaxLength), out wrong);
    }

    /// <summary>Reads a file's bytes; null and a reason where they are none.</summary>
    public static Snapshot? Parse(byte[] file, out string? wrong)
    {
        wrong = null;
        try
        {
            if (file.Length < 4) wrong = "The snapshot is too short.";
            else if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(file.Length - 4)) != Crc32C.Of(file.AsSpan(0, file.Length - 4))) wrong = "The snapshot does not match its checksum.";
            else return Snapshot.FromBytes(file.AsMemory(0, file.Length - 4));
        }
        catch (MalformedException fault)
        {
            wrong = fault.Message;
        }
        return null;
    }

    /// <summary>A piece of one's file, from a byte on; empty behind its end.</summary>
    public byte[] Piece(ulong height, ulong offset, int atMost)
    {
        using var file = disk.Open(NameOf(height), DiskAccess.Read);
        if (offset >= (ulong)file.Length) return [];
        var piece = new byte[(int)Math.Min(atMost, file.Length - (long)offset)];
        return file.Read((long)offset, piece) == piece.Length ? piece : throw new IOException("A snapshot became shorter while it was read.");
    }

    /// <summary>The length and the SHA-256 of one's file; null where it is not there any more.</summary>
    public (ulong Length, Hash Digest)? DigestOf(ulong height)
    {
        if (!disk.Exists(NameOf(height))) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var at = 0UL;
        for (byte[] piece; (piece = Piece(height, at, 1 << 20)).Length > 0; at += (ulong)piece.Length) hash.AppendData(piece);
        return (at, new Hash(hash.GetHashAndReset()));
    }

    /// <summary>What is wrong with one's bytes as they lie on the disk, piece by piece; null where its checksum holds.</summary>
    public string? Check(ulong height)
    {
        using var file = disk.Open(NameOf(height), DiskAccess.Read);
        if (file.Length < 4) return "The snapshot is too short.";
        var (piece, crc) = (new byte[1 << 20], uint.MaxValue);
        for (long at = 0, end = file.Length - 4; at < end;)
        {
            var some = piece.AsSpan(0, (int)Math.Min(piece.Length, end - at));
            if (file.Read(at, some) < some.Length) return "The snapshot ends early.";
            crc = Crc32C.Continue(crc, some);
            at += some.Length;
        }
        Span<byte> sum = stackalloc byte[4];
        file.Read(file.Length - 4, sum);
        return BinaryPrimitives.ReadUInt32LittleEndian(sum) == ~crc ? null : "The snapshot does not match its checksum.";
    }

    /// <summary>Deletes what a crash left unfinished, and makes the names durable that it left: the log may be pruned up to a snapshot, and must not outlive it.</summary>
    public void Clean()
    {
        disk.DeleteUnfinished();
        disk.Flush();
    }
}
