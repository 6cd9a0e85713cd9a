using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>Child records in the order of their keys, at most so many; each one read counts as a step. Walk it with <c>foreach</c>.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The record.</typeparam>
public struct Rows<TKey, TValue> where TKey : struct where TValue : struct
{
    private readonly Facts facts;
    private readonly ChildTable<TKey, TValue> table;
    private RowCursor cursor;
    private int left;

    internal Rows(Facts facts, ChildTable<TKey, TValue> table, RowCursor cursor, int atMost) => (this.facts, this.table, this.cursor, left) = (facts, table, cursor, atMost);

    /// <summary>The record at hand.</summary>
    public Row<TKey, TValue> Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly Rows<TKey, TValue> GetEnumerator() => this;

    /// <summary>For <c>foreach</c>.</summary>
    public bool MoveNext()
    {
        if (left-- <= 0 || !cursor.MoveNext()) return false;
        facts.Step();
        Current = new Row<TKey, TValue>(table.Keys.Read(cursor.Key), table.Values.FromBytes(cursor.Value));
        return true;
    }
}
