namespace Keten.Kernel;

/// <summary>What is counted: euro e-money, kWh, points of a programme. The ledger gives each a small number, from 1; 0 is no unit.</summary>
/// <param name="Number">The number that the ledger gave it.</param>
public readonly record struct Unit(uint Number) : IComparable<Unit>
{
    /// <summary>Whether it is the default value, which is no unit.</summary>
    public bool IsNone => Number == 0;

    /// <summary>Orders by number.</summary>
    public int CompareTo(Unit other) => Number.CompareTo(other.Number);

    /// <summary>The number, for messages.</summary>
    public override string ToString() => "unit " + Number.ToString(null, null);

    /// <summary>An amount of this unit.</summary>
    /// <param name="minor">In the unit's smallest part, a cent of a euro.</param>
    public Amount Of(long minor) => new(minor, this);

    /// <summary>Earlier by number.</summary>
    public static bool operator <(Unit left, Unit right) => left.Number < right.Number;

    /// <summary>Later by number.</summary>
    public static bool operator >(Unit left, Unit right) => left.Number > right.Number;

    /// <summary>Earlier by number, or the same.</summary>
    public static bool operator <=(Unit left, Unit right) => left.Number <= right.Number;

    /// <summary>Later by number, or the same.</summary>
    public static bool operator >=(Unit left, Unit right) => left.Number >= right.Number;
}
