using System.Globalization;

namespace Keten.Node.Views;

/// <summary>The place of a line among all lines of the ledger: the height of its block, and its own number in it. As a cursor it is written «height.line».</summary>
/// <param name="Value">Height ≪ 24 | line, which orders as the two do.</param>
public readonly record struct Position(long Value) : IComparable<Position>
{
    /// <summary>How many lines a block may have: far more than an entry of the log has room for.</summary>
    public const int LinesAtMost = 1 << Bits;

    private const int Bits = 24;

    /// <summary>Before the first.</summary>
    public static Position Start => default;

    /// <summary>After the last.</summary>
    public static Position End => new(long.MaxValue);

    /// <summary>Of its block.</summary>
    public ulong Height => (ulong)(Value >> Bits);

    /// <summary>In its block, from 0.</summary>
    public int Line => (int)(Value & (LinesAtMost - 1));

    /// <summary>The place of a line.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such height or line.</exception>
    public static Position Of(ulong height, int line) =>
        height <= long.MaxValue >> Bits && line is >= 0 and < LinesAtMost ? new((long)height << Bits | (long)line) : throw new ArgumentOutOfRangeException(nameof(height));

    /// <summary>Reads «height.line»; false for anything else.</summary>
    public static bool TryParse(string? text, out Position position)
    {
        position = default;
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot < 0 || !ulong.TryParse(text.AsSpan(0, dot), NumberStyles.None, null, out var height) || height > long.MaxValue >> Bits) return false;
        if (!int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, null, out var line) || line >= LinesAtMost) return false;
        position = Of(height, line);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Position other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => string.Create(null, $"{Height}.{Line}");

    public static bool operator <(Position left, Position right) => left.Value < right.Value;

    public static bool operator >(Position left, Position right) => left.Value > right.Value;

    public static bool operator <=(Position left, Position right) => left.Value <= right.Value;

    public static bool operator >=(Position left, Position right) => left.Value >= right.Value;
}
