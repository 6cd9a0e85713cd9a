using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Network;

/// <summary>
/// What validators hand round to restart the order: the record with the signatures so far, and the last entries up to its base, for those who have read others or fewer. Those are
/// believed only as far as the base's header comes out of them.
/// </summary>
/// <param name="Certificate">The record, and who has signed it.</param>
/// <param name="From">The position of the first of the entries.</param>
/// <param name="Entries">As they stand in the proposer's copy of the order; the last is the base's.</param>
public sealed record EpochFile(EpochCertificate Certificate, ulong From, IReadOnlyList<ReadOnlyMemory<byte>> Entries)
{
    /// <summary>How many bytes of entries the proposer puts in at most; what nobody has certified goes in anyway.</summary>
    public const int EntryBytesAtMost = 16 << 20;

    /// <summary>No file is longer.</summary>
    public const int BytesAtMost = 256 << 20;

    private const int EntriesAtMost = 100_000;

    /// <summary>What restarts it.</summary>
    public EpochRecord Record => Certificate.Record;

    /// <summary>["keten epoch", bstr certificate, first position, [bstr entry …]].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(4096);
        writer.Array(4);
        writer.Text("keten epoch");
        writer.Bytes(Certificate.ToBytes());
        writer.Unsigned(From);
        Write(writer, Entries);
        return writer.ToArray();
    }

    /// <summary>Reads the form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static EpochFile FromBytes(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes.Span);
        reader.ArrayOf(4);
        if (reader.Text(16) != "keten epoch") throw reader.Fault("This is no file of an epoch.");
        var certificate = EpochCertificate.FromBytes(reader.Bytes());
        var from = reader.Unsigned();
        var entries = Read(ref reader);
        reader.End();
        if (entries.Count > 0 && from + (ulong)entries.Count - 1 != certificate.Record.Base.LogPosition) throw new MalformedException("The entries do not end with the base's.");
        return new EpochFile(certificate, from, entries);
    }

    /// <summary>The same with the signatures of another file over the same record; null where that is another record.</summary>
    public EpochFile? With(EpochFile other)
    {
        if (other.Record != Record) return null;
        var all = Certificate;
        foreach (var signature in other.Certificate.Signatures) all = all.With(signature);
        return this with { Certificate = all };
    }

    /// <summary>The same with as many of the last entries as so many bytes hold.</summary>
    internal EpochFile WithLast(int bytes)
    {
        var kept = Entries.Count;
        while (kept > 0 && (bytes -= Entries[kept - 1].Length) >= 0) kept--;
        return this with { From = From + (uint)kept, Entries = [.. Entries.Skip(kept)] };
    }

    internal static void Write(CborWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        writer.Array(entries.Count);
        foreach (var entry in entries) writer.Bytes(entry.Span);
    }

    internal static List<ReadOnlyMemory<byte>> Read(ref CborReader reader)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        for (var left = reader.Array(EntriesAtMost); left > 0; left--) entries.Add(reader.Bytes().ToArray());
        return entries;
    }
}
