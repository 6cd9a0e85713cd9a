namespace Keten.Kernel;

/// <summary>A whole number of a unit's smallest parts, with its unit. Mixing units faults; the default value has no unit and every use of it faults.</summary>
/// <param name="Minor">In the unit's smallest part: cents where the unit has two decimals.</param>
/// <param name="Unit">What is counted.</param>
public readonly record struct Amount(long Minor, Unit Unit)
{
    /// <summary>No total supply of a unit, and so no amount, reaches this: 2⁶².</summary>
    public const long Limit = 1L << 62;

    /// <summary>Whether it is nothing of its unit.</summary>
    public bool IsZero => Minor == 0;

    /// <summary>The sum.</summary>
    /// <exception cref="InvalidOperationException">The units differ, or are none.</exception>
    public static Amount operator +(Amount left, Amount right) => new(left.Minor + Same(left, right).Minor, left.Unit);

    /// <summary>The difference; may be negative.</summary>
    /// <exception cref="InvalidOperationException">The units differ, or are none.</exception>
    public static Amount operator -(Amount left, Amount right) => new(left.Minor - Same(left, right).Minor, left.Unit);

    /// <summary>So many times.</summary>
    public static Amount operator *(Amount amount, long times) => new(amount.Minor * times, Same(amount, amount).Unit);

    /// <summary>Less of the same unit.</summary>
    public static bool operator <(Amount left, Amount right) => left.Minor < Same(left, right).Minor;

    /// <summary>More of the same unit.</summary>
    public static bool operator >(Amount left, Amount right) => left.Minor > Same(left, right).Minor;

    /// <summary>At most as much of the same unit.</summary>
    public static bool operator <=(Amount left, Amount right) => left.Minor <= Same(left, right).Minor;

    /// <summary>At least as much of the same unit.</summary>
    public static bool operator >=(Amount left, Amount right) => left.Minor >= Same(left, right).Minor;

    /// <summary>This times a fraction, rounded once as named.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Amount Times(long numerator, long denominator, Rounding rounding) =>
        new(Exact.MultiplyDivide(Minor, numerator, denominator, rounding), Same(this, this).Unit);

    /// <summary>What is left after taking away; nothing, where more is taken than there is.</summary>
    public Amount Less(Amount other) => this <= other ? new Amount(0, Unit) : this - other;

    /// <summary>This, or the limit where this is more.</summary>
    public Amount OrAtMost(Amount limit) => this <= limit ? this : limit;

    /// <summary>This, or the floor where this is less.</summary>
    public Amount OrAtLeast(Amount floor) => this >= floor ? this : floor;

    /// <summary>The part of this for the stretch of a length; adjoining stretches sum to this exactly. See <see cref="Exact.Share"/>.</summary>
    public Amount Share(long from, long to, long length) => new(Exact.Share(Minor, from, to, length), Same(this, this).Unit);

    /// <summary>For messages: the smallest parts and the unit's number.</summary>
    public override string ToString() => Minor.ToString(null, null) + " of " + Unit;

    private static Amount Same(Amount left, Amount right) =>
        left.Unit == right.Unit && !right.Unit.IsNone ? right : throw new InvalidOperationException("Amounts of different units, or of none, do not mix.");
}
