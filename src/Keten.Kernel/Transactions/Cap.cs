using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>The most that may leave one signer's accounts by one call, in one unit. What no cap allows cannot leave.</summary>
/// <param name="Signer">The signer, by its place among the transaction's signers, from 0.</param>
/// <param name="Unit">In which unit.</param>
/// <param name="Most">In the unit's smallest part, from 1 to 2⁶².</param>
public readonly record struct Cap(int Signer, Unit Unit, long Most);

/// <summary>The caps of one call in their order, read from its bytes as they are asked for.</summary>
public readonly ref struct Caps
{
    /// <summary>A call has no more.</summary>
    public const int AtMost = 256;

    private readonly ReadOnlySpan<byte> bytes;

    // From the array's head on; empty where the call has none.
    internal Caps(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>How many there are.</summary>
    public int Count => bytes.IsEmpty ? 0 : new CborReader(bytes).Array(AtMost);

    /// <summary>The most that may leave a signer's accounts in a unit; 0 where no cap allows any.</summary>
    public long Most(int signer, Unit unit)
    {
        foreach (var cap in this)
            if (cap.Signer == signer && cap.Unit == unit) return cap.Most;
        return 0;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(bytes);

    /// <summary>Checks a call's caps: not none, by signer and unit strictly upwards, each of a signer that there is.</summary>
    internal static void Check(ref CborReader reader, int signers)
    {
        var count = reader.Array(AtMost);
        if (count == 0) throw reader.Fault("No caps are written as no array.");
        var last = default(Cap);
        for (var i = 0; i < count; i++)
        {
            var cap = Read(ref reader);
            if (cap.Signer >= signers) throw reader.Fault("A cap names a signer that there is not.");
            if (i > 0 && (cap.Signer, cap.Unit.Number).CompareTo((last.Signer, last.Unit.Number)) <= 0)
                throw reader.Fault("Caps are out of order, or one stands twice.");
            last = cap;
        }
    }

    internal static void Write(CborWriter writer, Cap cap)
    {
        writer.Array(3);
        writer.Unsigned((ulong)cap.Signer);
        Wire.Write(writer, cap.Unit);
        writer.Integer(cap.Most);
    }

    private static Cap Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        var signer = (int)reader.Unsigned(Transaction.SignersAtMost - 1);
        return new Cap(signer, Wire.ReadUnit(ref reader), reader.Integer(1, Amount.Limit));
    }

    /// <summary>Goes through the caps.</summary>
    public ref struct Enumerator
    {
        private CborReader reader;
        private int left;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            reader = new CborReader(bytes);
            left = bytes.IsEmpty ? 0 : reader.Array(AtMost);
        }

        /// <summary>The cap that was reached.</summary>
        public Cap Current { get; private set; }

        /// <summary>On to the next.</summary>
        public bool MoveNext()
        {
            if (left == 0) return false;
            left--;
            Current = Read(ref reader);
            return true;
        }
    }
}
