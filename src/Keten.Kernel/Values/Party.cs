namespace Keten.Kernel;

/// <summary>Whoever or whatever can sign: a person, an organisation, a vehicle, a machine, a meter. Its id is that of its first key, and stays while its keys change.</summary>
public readonly record struct Party : IComparable<Party>, IKey<Party>
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = Id20.Size;

    private readonly Id20 id;

    internal Party(Id20 id) => this.id = id;

    /// <summary>Takes over exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 20 bytes long.</exception>
    public Party(ReadOnlySpan<byte> bytes) => id = new Id20(bytes);

    /// <summary>Whether it is the default value, which is nobody.</summary>
    public bool IsNone => id.IsNone;

    /// <summary>The party whose first key this is.</summary>
    public static Party Of(KeyId firstKey) => new(firstKey.Id);

    internal Id20 Id => id;

    /// <inheritdoc/>
    public static int KeySize => Size;

    /// <inheritdoc/>
    public void WriteKey(Span<byte> target) => id.CopyTo(target);

    /// <inheritdoc/>
    public static Party ReadKey(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Writes the 20 bytes to the start of <paramref name="target"/>.</summary>
    public void CopyTo(Span<byte> target) => id.CopyTo(target);

    /// <summary>Reads 40 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse(string? hex, out Party value)
    {
        var read = Id20.TryParse(hex, out var id);
        value = new Party(id);
        return read;
    }

    /// <summary>Orders as the bytes do.</summary>
    public int CompareTo(Party other) => id.CompareTo(other.id);

    /// <summary>Of the bytes; for look-up only.</summary>
    public override int GetHashCode() => id.GetHashCode();

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => id.ToString();

    /// <summary>Earlier in byte order.</summary>
    public static bool operator <(Party left, Party right) => left.CompareTo(right) < 0;

    /// <summary>Later in byte order.</summary>
    public static bool operator >(Party left, Party right) => left.CompareTo(right) > 0;

    /// <summary>Earlier in byte order, or the same.</summary>
    public static bool operator <=(Party left, Party right) => left.CompareTo(right) <= 0;

    /// <summary>Later in byte order, or the same.</summary>
    public static bool operator >=(Party left, Party right) => left.CompareTo(right) >= 0;
}
