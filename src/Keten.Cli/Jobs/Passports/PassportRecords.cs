using System.Buffers.Binary;
using System.Text;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>The records of which a passport is made: their keys, and their values read.</summary>
internal static class PassportRecords
{
    public static byte[] Vehicle(ulong register, string vin) => RecordKeys.Row(register, Registration.Vehicles.Number, Encoding.ASCII.GetBytes(vin));

    public static byte[] Built(ulong recalls, string vin) => RecordKeys.Row(recalls, Recalls.Built.Number, Encoding.ASCII.GetBytes(vin));

    public static byte[] Open(ulong recalls, string vin) => RecordKeys.Row(recalls, Recalls.Open.Number, Encoding.ASCII.GetBytes(vin));

    public static byte[] Reading(ulong book, uint entry)
    {
        var key = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, entry);
        return RecordKeys.Row(book, VehicleLife.Readings.Number, key);
    }

    /// <summary>An agreement's state.</summary>
    /// <exception cref="MalformedException">It is of another contract.</exception>
    public static T State<T>(Contract<T> contract, byte[] value) where T : class =>
        (T?)AgreementRecord.FromBytes(value, contract)?.State ?? throw new MalformedException($"That is no {contract.Name}.");

    /// <summary>A child record.</summary>
    /// <exception cref="MalformedException">It is none of that table.</exception>
    public static T Row<T>(Contract contract, byte table, byte[] value) where T : struct => ((Codec<T>)contract.Tables.First(each => each.Number == table).ValueCodec).FromBytes(value);

    /// <summary>A party's own current keys: the first of its record.</summary>
    /// <exception cref="MalformedException">It is no party's record.</exception>
    public static KeyId[] KeysOf(byte[] value)
    {
        var reader = new CborReader(value);
        reader.Array(5);
        var keys = new KeyId[reader.Array(PartyRecord.KeysAtMost)];
        for (var each = 0; each < keys.Length; each++) keys[each] = reader.KeyId();
        return keys;
    }
}
