using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>
/// One call of a transaction: on an agreement by its number, or the opening of a contract by its code, where code 0 stands for the ledger's own calls (transfer, keys).
/// A view into the transaction's bytes, whose arguments and caps are read in place.
/// </summary>
public readonly struct Call
{
    private readonly byte[] buffer;
    private readonly int arguments;
    private readonly int argumentsLength;
    private readonly int capsLength;

    private Call(byte[] buffer, long target, ushort clause, int arguments, int argumentsLength, int capsLength)
    {
        (this.buffer, Target, Clause) = (buffer, target, clause);
        (this.arguments, this.argumentsLength, this.capsLength) = (arguments, argumentsLength, capsLength);
    }

    /// <summary>As written: an agreement's number n as n, the opening of contract c as −1 − c.</summary>
    public long Target { get; }

    /// <summary>Whether it opens an agreement, or is one of the ledger's own.</summary>
    public bool Opens => Target < 0;

    /// <summary>The agreement's number; 0 where <see cref="Opens"/>.</summary>
    public ulong Agreement => Target < 0 ? 0 : (ulong)Target;

    /// <summary>The contract's code where <see cref="Opens"/>, 0 for the ledger's own calls; 0 on an agreement, too.</summary>
    public ushort Contract => Target < 0 ? (ushort)~Target : (ushort)0;

    /// <summary>Whether it is one of the ledger's own.</summary>
    public bool IsKernel => Target == -1;

    /// <summary>The clause's number in its contract.</summary>
    public ushort Clause { get; }

    /// <summary>The arguments: one canonical CBOR item, in place.</summary>
    public ReadOnlySpan<byte> Arguments => buffer.AsSpan(arguments, argumentsLength);

    /// <summary>What may leave whose accounts by this call.</summary>
    public Caps Caps => new(buffer.AsSpan(arguments + argumentsLength, capsLength));

    /// <summary>Reads one of a transaction of so many signers; the reader stands in a payload that begins at an offset of the buffer.</summary>
    internal static Call Read(ref CborReader reader, byte[] buffer, int payloadAt, int signers)
    {
        var parts = reader.Array(4);
        if (parts < 3) throw reader.Fault("A call has three parts or four.");
        var target = reader.Integer(-1 - (long)ushort.MaxValue, long.MaxValue);
        if (target == 0) throw reader.Fault("Agreement 0 is none.");
        var clause = (ushort)reader.Unsigned(ushort.MaxValue);
        var from = reader.Offset;
        var length = reader.Item().Length;
        if (length > Transaction.ArgumentsAtMost) throw reader.Fault("A call's arguments are too long.");
        if (parts == 4) Caps.Check(ref reader, signers);
        return new Call(buffer, target, clause, payloadAt + from, length, reader.Offset - from - length);
    }
}
