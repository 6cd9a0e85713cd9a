using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>One agreement: the contract version that it was opened under, and its state.</summary>
/// <param name="Contract">The version that it keeps.</param>
/// <param name="State">The state, as the contract's record.</param>
/// <param name="StateBytes">The state's canonical form.</param>
/// <param name="Opened">When.</param>
/// <param name="Ended">Whether only corrections still run.</param>
public sealed record AgreementRecord(Contract Contract, object State, byte[] StateBytes, Instant Opened, bool Ended)
{
    /// <summary>Reads a record as it was shown, of a contract that is known.</summary>
    /// <returns>Null where it is of another contract or version.</returns>
    /// <exception cref="MalformedException">It is no agreement's record, or its state is not one of the contract.</exception>
    public static AgreementRecord? FromBytes(ReadOnlySpan<byte> bytes, Contract contract)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(5);
        if ((reader.Unsigned(), reader.Unsigned()) != (contract.Code, contract.Version)) return null;
        var record = ReadRest(ref reader, contract);
        reader.End();
        return record;
    }

    internal static void Write(CborWriter writer, in AgreementRecord record)
    {
        writer.Array(5);
        writer.Unsigned(record.Contract.Code);
        writer.Unsigned(record.Contract.Version);
        writer.Integer(record.Opened.Seconds);
        writer.Boolean(record.Ended);
        writer.Raw(record.StateBytes);
    }

    internal static AgreementRecord Read(ref CborReader reader, Catalogue catalogue)
    {
        reader.ArrayOf(5);
        var (code, version) = ((ushort)reader.Unsigned(ushort.MaxValue), (ushort)reader.Unsigned(ushort.MaxValue));
        var contract = (code == 0 ? null : catalogue.Find(code, version)) ?? throw reader.Fault("An agreement is of a contract that the catalogue does not have.");
        return ReadRest(ref reader, contract);
    }

    private static AgreementRecord ReadRest(ref CborReader reader, Contract contract)
    {
        var (opened, ended) = (Wire.ReadInstant(ref reader), reader.Boolean());
        var state = reader.Item().ToArray();
        return new AgreementRecord(contract, contract.ReadState(state), state, opened, ended);
    }
}
