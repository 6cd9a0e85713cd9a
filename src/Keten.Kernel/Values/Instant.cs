namespace Keten.Kernel;

/// <summary>A moment of ledger time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted. The default value is that moment, and means "never set".</summary>
/// <param name="Seconds">Since 1970, from 0 to 2⁴⁰.</param>
public readonly record struct Instant(long Seconds) : IComparable<Instant>, IKey<Instant>
{
    /// <summary>Seconds of a day.</summary>
    public const long Day = 86_400;

    /// <summary>The last moment that can be written: the year 36,812.</summary>
    public static readonly Instant Last = new(1L << 40);

    /// <summary>Days since 1970-01-01 in UTC, by which daily limits are counted.</summary>
    public long DayNumber => Seconds / Day;

    /// <inheritdoc/>
    public static int KeySize => 8;

    /// <inheritdoc/>
    public void WriteKey(Span<byte> target) => System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(target, Seconds);

    /// <inheritdoc/>
    public static Instant ReadKey(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes));

    /// <summary>So many seconds later, or earlier.</summary>
    public Instant Plus(long seconds) => new(Seconds + seconds);

    /// <summary>So many days of 24 hours later.</summary>
    public Instant PlusDays(long days) => new(Seconds + days * Day);

    /// <summary>Orders by time.</summary>
    public int CompareTo(Instant other) => Seconds.CompareTo(other.Seconds);

    /// <summary>Seconds between.</summary>
    public static long operator -(Instant later, Instant earlier) => later.Seconds - earlier.Seconds;

    /// <summary>Earlier.</summary>
    public static bool operator <(Instant left, Instant right) => left.Seconds < right.Seconds;

    /// <summary>Later.</summary>
    public static bool operator >(Instant left, Instant right) => left.Seconds > right.Seconds;

    /// <summary>Earlier or at once.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Seconds <= right.Seconds;

    /// <summary>Later or at once.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Seconds >= right.Seconds;
}
