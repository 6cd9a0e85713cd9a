using Keten.Kernel.Cbor;

namespace Keten.Kernel.Cose;

/// <summary>
/// A COSE header map (RFC 9052 §3): labels that are numbers or texts, each with one CBOR item that is kept as its bytes. The keys of others' maps may stand in any order;
/// heads are shortest and lengths definite all the same.
/// </summary>
public sealed class CoseHeaders
{
    /// <summary>A map has no more entries.</summary>
    public const int AtMost = 64;

    /// <summary>The algorithm, RFC 9052 §3.1.</summary>
    public const long AlgorithmLabel = 1;

    /// <summary>What must be understood, RFC 9052 §3.1.</summary>
    public const long CriticalLabel = 2;

    /// <summary>The key id, RFC 9052 §3.1.</summary>
    public const long KeyIdLabel = 4;

    /// <summary>ES256, RFC 9053 §2.1.</summary>
    public const long Es256Algorithm = -7;

    private const int LabelAtMost = 256;

    private readonly Entry[] entries;

    private CoseHeaders(Entry[] entries) => this.entries = entries;

    /// <summary>No headers.</summary>
    public static CoseHeaders None { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => entries.Length;

    /// <summary>The algorithm's number; null where there is none, or a text.</summary>
    public long? Algorithm => Number(AlgorithmLabel);

    /// <summary>The key id; null where there is none.</summary>
    public ReadOnlyMemory<byte>? KeyId => Bytes(KeyIdLabel);

    /// <summary>The item under a number, as CBOR; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Find(long label)
    {
        foreach (var entry in entries)
            if (entry.Text is null && entry.Number == label) return entry.Item;
        return null;
    }

    /// <summary>The item under a text, as CBOR; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Find(string label)
    {
        foreach (var entry in entries)
            if (entry.Text == label) return entry.Item;
        return null;
    }

    /// <summary>The whole number under a number; null where there is none, or something else.</summary>
    public long? Number(long label)
    {
        if (Find(label) is not { } item || (item.Span[0] >> 5) > (int)CborKind.Negative) return null;
        try
        {
            return new CborReader(item.Span).Integer();
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>The byte string under a number; null where there is none, or something else.</summary>
    public ReadOnlyMemory<byte>? Bytes(long label)
    {
        if (Find(label) is not { } item) return null;
        var reader = new CborReader(item.Span);
        return reader.Peek() == CborKind.Bytes ? item[^reader.Bytes().Length..] : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>Reads a map; no bytes are the empty map.</summary>
    /// <exception cref="MalformedException">It is not one map of such labels, or a label stands twice.</exception>
    public static CoseHeaders Parse(ReadOnlyMemory<byte> map)
    {
        if (map.IsEmpty) return None;
        var reader = new CborReader(map.Span, anyOrder: true);
        var count = reader.Map(AtMost);
        var read = new Entry[count];
        for (var i = 0; i < count; i++)
        {
            var text = reader.Peek() == CborKind.Text ? reader.Text(LabelAtMost) : null;
            var number = text is null ? reader.Integer() : 0;
            var from = reader.Offset;
            reader.Item();
            foreach (var earlier in read.AsSpan(0, i))
                if (earlier.Number == number && earlier.Text == text) throw reader.Fault("A header stands twice.");
            read[i] = new Entry(number, text, map[from..reader.Offset]);
        }
        reader.End();
        return new CoseHeaders(read);
    }

    /// <summary>Whether a label stands in both maps, which RFC 9052 §3 calls malformed.</summary>
    internal bool Overlaps(CoseHeaders other)
    {
        foreach (var entry in entries)
            if ((entry.Text is null ? other.Find(entry.Number) : other.Find(entry.Text)) is not null) return true;
        return false;
    }

    private readonly record struct Entry(long Number, string? Text, ReadOnlyMemory<byte> Item);
}
