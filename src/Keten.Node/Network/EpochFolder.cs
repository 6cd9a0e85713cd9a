using System.Buffers.Binary;
using System.Globalization;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Joining;

namespace Keten.Node.Network;

/// <summary>Which epoch the order is in, as this node has restarted it: its number, and how many of its own copy's entries stand before the epoch's first.</summary>
internal readonly record struct EpochPoint(ulong Number, long Offset);

/// <summary>
/// The folder <c>epochs</c> of the data folder, a file by its epoch's number: <c>.signed</c>, the hash of the record that this validator has signed; <c>.pending</c>, the complete record that
/// the next start follows, and then <c>.record</c>; <c>.entered</c>, where the epoch begins, of one that this node came into by the others' entries or by a snapshot; <c>.again</c>, this validator's own entries that were given up with the old order, whose transactions it appends again.
/// </summary>
internal sealed class EpochFolder(IDisk disk)
{
    private const string Signed = ".signed", Pending = ".pending", Followed = ".record", Again = ".again", Entered = ".entered";

    /// <summary>The folder in a data folder, made where it is not there.</summary>
    public static EpochFolder Of(IDisk data) => new(data.Folder("epochs"));

    /// <summary>The highest epoch whose record this validator has signed; 0 where none.</summary>
    public ulong HighestSigned => Highest(Signed);

    /// <summary>The highest epoch of which there is a complete record, followed or not; 0 where none.</summary>
    public ulong HighestComplete => Math.Max(Highest(Entered), Math.Max(Highest(Pending), Highest(Followed)));

    /// <summary>Says durably that a record is signed.</summary>
    /// <returns>False where another record of the epoch was signed, or one of a later epoch.</returns>
    public bool Sign(ulong epoch, Hash record)
    {
        var name = NameOf(epoch, Signed);
        if (disk.Exists(name)) return disk.ReadAll(name, Hash.Size).AsSpan().SequenceEqual(Hash.Bytes(in record));
        if (epoch <= HighestSigned) return false;
        disk.WriteAllAtomically(name, Hash.Bytes(in record));
        return true;
    }

    public void Keep(EpochFile file) => disk.WriteAllAtomically(NameOf(file.Record.Epoch, Pending), file.ToBytes());

    /// <summary>The record that is to be followed, if one waits.</summary>
    public EpochFile? ToFollow() => Highest(Pending) is > 0 and var epoch && epoch > Highest(Followed) ? Read(NameOf(epoch, Pending)) : null;

    /// <summary>The record that was followed last, if one was.</summary>
    public EpochFile? Newest() => Highest(Followed) is > 0 and var epoch ? Read(NameOf(epoch, Followed)) : null;

    /// <summary>The record of an epoch as another node is given it, with no more entries than one answer holds; null where this node has none.</summary>
    public byte[]? ToServe(ulong epoch) => disk.Exists(NameOf(epoch, Followed)) && epoch > 0 ? Read(NameOf(epoch, Followed)).WithLast(PeerQuestion.AnswerAtMost / 2).ToBytes() : null;

    /// <summary>The epoch that this node is in, as far as this folder knows.</summary>
    public EpochPoint Point()
    {
        var point = Newest()?.Record is { } record ? new EpochPoint(record.Epoch, (long)record.Base.LogPosition + 1) : default;
        return Highest(Entered) is var epoch && epoch > point.Number ? new EpochPoint(epoch, BinaryPrimitives.ReadInt64LittleEndian(disk.ReadAll(NameOf(epoch, Entered), sizeof(long)))) : point;
    }

    /// <summary>Says durably that the node has come into an epoch without its record's file.</summary>
    public void Enter(EpochPoint point)
    {
        var offset = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(offset, point.Offset);
        disk.WriteAllAtomically(NameOf(point.Number, Entered), offset);
    }

    public void Follow(ulong epoch)
    {
        disk.Rename(NameOf(epoch, Pending), NameOf(epoch, Followed));
        disk.Flush();
    }

    /// <summary>Keeps entries whose transactions are to be appended again.</summary>
    public void KeepAgain(ulong epoch, IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        // What was kept by an attempt that the power ended is more than is left now.
        if (disk.Exists(NameOf(epoch, Again))) return;
        var writer = new CborWriter(4096);
        EpochFile.Write(writer, entries);
        disk.WriteAllAtomically(NameOf(epoch, Again), writer.Written);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> ReadAgain(ulong epoch)
    {
        if (!disk.Exists(NameOf(epoch, Again))) return [];
        var reader = new CborReader(disk.ReadAll(NameOf(epoch, Again), EpochFile.BytesAtMost));
        return EpochFile.Read(ref reader);
    }

    private EpochFile Read(string name) => EpochFile.FromBytes(disk.ReadAll(name, EpochFile.BytesAtMost));

    private ulong Highest(string suffix)
    {
        var highest = 0ul;
        foreach (var name in disk.List())
            if (name.EndsWith(suffix, StringComparison.Ordinal) && ulong.TryParse(name.AsSpan(0, name.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
                highest = Math.Max(highest, epoch);
        return highest;
    }

    private static string NameOf(ulong epoch, string suffix) => epoch.ToString("D20", CultureInfo.InvariantCulture) + suffix;
}
