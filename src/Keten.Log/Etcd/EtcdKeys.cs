using System.Buffers.Binary;

namespace Keten.Log;

/// <summary>Where things stand in etcd: docs/log-etcd.md.</summary>
internal sealed class EtcdKeys(string prefix)
{
    /// <summary>Names the log: 16 random bytes, written once at set-up; positions are counted from its revision.</summary>
    public string Origin => prefix + "origin";

    /// <summary>What is watched: the entries, and the marks.</summary>
    public string Log => prefix + "log/";

    public string Marks => prefix + "log/mark/";

    public string Newest => prefix + "newest/";

    public string Entries(string validator) => $"{prefix}log/{validator}/";

    public string Mark(string validator) => Marks + validator;

    public string NewestOf(string validator) => Newest + validator;

    public string AllStatements => prefix + "statement/";

    public string Statements(string validator) => $"{AllStatements}{validator}/";

    public string Statement(string validator, long height) => $"{Statements(validator)}{height % RegisterLimits.Heights:x3}";

    /// <summary>Whose statement a key is for; null where it is for none.</summary>
    public string? StatedBy(string key)
    {
        var start = AllStatements.Length;
        return key.Length == start + 44 && key[start + 40] == '/' && ValidatorId.Is(key[start..(start + 40)]) ? key[start..(start + 40)] : null;
    }

    /// <summary>Whether a revision is an entry. All that read decide this alike, from what the watch says alone: one put, of a key that was not there, under a validator's prefix, without a lease.</summary>
    public bool IsEntry(EtcdRevision revision) => revision.Events is [{ IsPut: true, Version: 1, Lease: 0 } put] && IsEntryKey(put.Key);

    private bool IsEntryKey(string key)
    {
        var start = prefix.Length + 4;
        return key.Length > start + 41 && key[start + 40] == '/' && ValidatorId.Is(key[start..(start + 40)]);
    }
}

/// <summary>What a validator says of the log: up to where it needs nothing any more, and the newest that it has counted. Each is a position and its revision.</summary>
internal readonly record struct EtcdMark(EtcdBase Archived, EtcdBase Newest)
{
    private const int Bytes = 32;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Archived.Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), Archived.Revision);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Newest.Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), Newest.Revision);
        return bytes;
    }

    /// <summary>Null for what is no mark.</summary>
    public static EtcdMark? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes) return null;
        var mark = new EtcdMark(ReadBase(bytes), ReadBase(bytes[16..]));
        return mark.Archived is { Position: >= 0, Revision: >= 0 } && mark.Newest is { Position: >= 0, Revision: >= 0 } ? mark : null;
    }

    private static EtcdBase ReadBase(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
}
