using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>The epoch that the order is in, once it was restarted.</summary>
/// <param name="Number">Of the epoch.</param>
/// <param name="From">The position of its record.</param>
/// <param name="SetAside">Transactions that are void, by their ids.</param>
internal sealed record EpochState(ulong Number, ulong From, Many<Hash> SetAside)
{
    public bool Has(in Hash id)
    {
        foreach (var one in SetAside)
            if (one == id) return true;
        return false;
    }

    public static void Write(CborWriter writer, in EpochState state)
    {
        writer.Array(3);
        writer.Unsigned(state.Number);
        writer.Unsigned(state.From);
        EpochRecord.Write(writer, state.SetAside);
    }

    public static EpochState Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new EpochState(reader.Unsigned(), reader.Unsigned(), EpochRecord.ReadIds(ref reader));
    }
}
