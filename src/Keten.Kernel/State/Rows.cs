using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>Which child record: of which agreement, in which of its contract's tables, under which key.</summary>
internal readonly record struct RowKey(ulong Agreement, byte Table, byte[] Key) : IEquatable<RowKey>
{
    public bool Equals(RowKey other) => Agreement == other.Agreement && Table == other.Table && Key.AsSpan().SequenceEqual(other.Key);

    public override int GetHashCode()
    {
        // FNV-1a over the key: the same in every process, and for look-up only.
        var hash = unchecked((uint)Agreement * 31 + Table);
        foreach (var part in Key) hash = unchecked((hash ^ part) * 16777619);
        return unchecked((int)hash);
    }
}

/// <summary>The child records of all agreements, and beside them their order, which follows from them and is no record itself.</summary>
internal sealed class RowTable() : Table<RowKey, byte[]>(10, WriteKey, ReadKey, (writer, in value) => writer.Raw(value), (ref reader) => reader.Item().ToArray())
{
    private readonly Dictionary<(ulong Agreement, byte Table), OrderedKeys> orders = [];

    public byte[]? Find(ulong agreement, byte table, byte[] key) => Get(new RowKey(agreement, table, key));

    public long CountOf(ulong agreement, byte table) => orders.TryGetValue((agreement, table), out var order) ? order.Count : 0;

    public RowCursor Range(ulong agreement, byte table, byte[]? from, bool inclusive) =>
        new(this, agreement, table, orders.GetValueOrDefault((agreement, table)), from, inclusive);

    protected override void Added(RowKey key)
    {
        if (!orders.TryGetValue((key.Agreement, key.Table), out var order)) orders.Add((key.Agreement, key.Table), order = new OrderedKeys());
        order.Add(key.Key);
    }

    protected override void Removed(RowKey key) => orders[(key.Agreement, key.Table)].Remove(key.Key);

    private static void WriteKey(CborWriter writer, in RowKey key)
    {
        writer.Array(3);
        writer.Unsigned(key.Agreement);
        writer.Unsigned(key.Table);
        writer.Bytes(key.Key);
    }

    private static RowKey ReadKey(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new RowKey(reader.Unsigned(), (byte)reader.Unsigned(byte.MaxValue), reader.Bytes().ToArray());
    }
}

/// <summary>Walks child records in the order of their keys. Valid while no record is changed.</summary>
internal struct RowCursor(RowTable rows, ulong agreement, byte table, OrderedKeys? order, byte[]? from, bool inclusive)
{
    private OrderedKeys.Place place = order?.Seek(from, inclusive) ?? default;

    public byte[] Key { get; private set; } = [];

    public readonly byte[] Value => rows.Find(agreement, table, Key)!;

    public bool MoveNext()
    {
        if (order is null || !order.Read(ref place, out var key)) return false;
        Key = key;
        return true;
    }
}
