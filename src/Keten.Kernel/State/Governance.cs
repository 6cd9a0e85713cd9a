using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>What the validators decide about, as a whole.</summary>
/// <param name="LastChange">The height of the block that decided the newest set of validators; 0: the genesis's.</param>
/// <param name="Open">The proposals that wait for votes, in order.</param>
/// <param name="Next">The catalogue that has been voted in and is not yet in force, if one has.</param>
internal sealed record Governance(ulong LastChange, Many<ulong> Open, Activation? Next)
{
    public static void Write(CborWriter writer, in Governance value)
    {
        writer.Array(3);
        writer.Unsigned(value.LastChange);
        writer.Array(value.Open.Count);
        foreach (var number in value.Open) writer.Unsigned(number);
        if (value.Next is { } next)
        {
            writer.Array(2);
            writer.Hash(next.Catalogue);
            writer.Unsigned(next.Height);
        }
        else writer.Null();
    }

    public static Governance Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        var lastChange = reader.Unsigned();
        var open = new ulong[reader.Array(Many<ulong>.AtMost)];
        for (var each = 0; each < open.Length; each++) open[each] = reader.Unsigned();
        Activation? next = null;
        if (!reader.TryNull())
        {
            reader.ArrayOf(2);
            next = new Activation(reader.Hash(), reader.Unsigned());
        }
        return new Governance(lastChange, new Many<ulong>(open), next);
    }
}

/// <summary>A catalogue of contracts that comes into force.</summary>
/// <param name="Catalogue">Its hash.</param>
/// <param name="Height">Of the first block that is decided by it.</param>
public readonly record struct Activation(Hash Catalogue, ulong Height);

/// <summary>One version of a contract.</summary>
/// <param name="Contract">The contract's code.</param>
/// <param name="Version">Its version.</param>
public readonly record struct ContractVersion(ushort Contract, ushort Version)
{
    internal static void Write(CborWriter writer, in ContractVersion value)
    {
        writer.Array(2);
        writer.Unsigned(value.Contract);
        writer.Unsigned(value.Version);
    }

    internal static ContractVersion Read(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return new ContractVersion((ushort)reader.Unsigned(ushort.MaxValue), (ushort)reader.Unsigned(ushort.MaxValue));
    }
}

/// <summary>A change that validators vote on.</summary>
/// <param name="By">Who proposed it, and may withdraw it.</param>
/// <param name="Until">From then on it has lapsed.</param>
/// <param name="Change">What is proposed.</param>
/// <param name="Yes">Who said yes. Only those count who are validators when it is counted.</param>
/// <param name="No">Who said no.</param>
public sealed record OpenProposal(Party By, Instant Until, KernelCalls.Change Change, Many<Party> Yes, Many<Party> No)
{
    internal static void Write(CborWriter writer, in OpenProposal value)
    {
        writer.Array(5);
        writer.Party(value.By);
        Wire.Write(writer, value.Until);
        Kernel.Codecs.KernelCalls.Change.Write(writer, value.Change);
        Forms.Write(writer, value.Yes);
        Forms.Write(writer, value.No);
    }

    internal static OpenProposal Read(ref CborReader reader)
    {
        reader.ArrayOf(5);
        return new OpenProposal(
            reader.Party(), Wire.ReadInstant(ref reader), Kernel.Codecs.KernelCalls.Change.Read(ref reader), Forms.ReadParties(ref reader, Many<Party>.AtMost), Forms.ReadParties(ref reader, Many<Party>.AtMost));
    }
}
