using System.Buffers.Binary;
using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>The records of a crossing (docs/contracts/crossing.md): the keys by which evidence of them is asked for, and what stands there.</summary>
public static class CrossingRecords
{
    /// <summary>The key of what was sent, at the side that sent it.</summary>
    public static byte[] TransferKey(ulong agreement, ulong number) => Key(agreement, Crossing.Transfers.Number, number);

    /// <summary>The key of what was received, at the side that received it, by the number that the other side gave it.</summary>
    public static byte[] ReceiptKey(ulong agreement, ulong number) => Key(agreement, Crossing.Receipts.Number, number);

    /// <summary>What was sent.</summary>
    /// <exception cref="Kernel.Cbor.MalformedException">The bytes are no such record.</exception>
    public static Crossing.Transfer Transfer(ReadOnlySpan<byte> value) => Codec<Crossing.Transfer>(Crossing.Transfers.Number).FromBytes(value);

    /// <summary>What was received.</summary>
    /// <exception cref="Kernel.Cbor.MalformedException">The bytes are no such record.</exception>
    public static Crossing.Receipt Receipt(ReadOnlySpan<byte> value) => Codec<Crossing.Receipt>(Crossing.Receipts.Number).FromBytes(value);

    /// <summary>A side's state, out of the record of its agreement.</summary>
    /// <exception cref="Kernel.Cbor.MalformedException">The bytes are no agreement, or one of another contract or version.</exception>
    public static Crossing Side(ReadOnlySpan<byte> record) =>
        (Crossing?)AgreementRecord.FromBytes(record, Crossing.Contents)?.State ?? throw new Kernel.Cbor.MalformedException("The agreement is no crossing of this version.");

    private static byte[] Key(ulong agreement, byte table, ulong number)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, number);
        return RecordKeys.Row(agreement, table, key);
    }

    private static Codec<T> Codec<T>(byte table) where T : notnull
    {
        foreach (var one in Crossing.Contents.Tables)
            if (one.Number == table) return (Codec<T>)one.ValueCodec;
        throw new KeyNotFoundException("A crossing keeps no such records.");
    }
}
