using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>A unit: what it is called, and which agreement issues it.</summary>
/// <param name="Symbol">Its standard code: EUR, kWh.</param>
/// <param name="Decimals">Of its smallest part.</param>
/// <param name="Issuer">The agreement that made it.</param>
/// <param name="Rules">What it allows.</param>
public sealed record UnitRecord(string Symbol, byte Decimals, ulong Issuer, UnitRules Rules)
{
    internal const UnitRules AllRules = UnitRules.Expires | UnitRules.TakenBack | UnitRules.Personal;

    internal static void Write(CborWriter writer, in UnitRecord record)
    {
        writer.Array(4);
        Wire.Write(writer, record.Symbol);
        writer.Unsigned(record.Decimals);
        writer.Unsigned(record.Issuer);
        writer.Unsigned((ulong)record.Rules);
    }

    internal static UnitRecord Read(ref CborReader reader)
    {
        reader.ArrayOf(4);
        return new UnitRecord(reader.Text(Wire.TextAtMost), (byte)reader.Unsigned(9), reader.Unsigned(), (UnitRules)reader.Unsigned((ulong)AllRules));
    }
}

/// <summary>Which mandate: whose, to which agreement, in what.</summary>
/// <param name="Payer">Whose.</param>
/// <param name="Agreement">To which agreement.</param>
/// <param name="Unit">In what.</param>
public readonly record struct MandateKey(Party Payer, ulong Agreement, Unit Unit)
{
    internal static void Write(CborWriter writer, in MandateKey key)
    {
        writer.Array(3);
        writer.Party(key.Payer);
        writer.Unsigned(key.Agreement);
        Wire.Write(writer, key.Unit);
    }

    internal static MandateKey Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new MandateKey(reader.Party(), reader.Unsigned(), Wire.ReadUnit(ref reader));
    }
}

/// <summary>What is left of a mandate.</summary>
/// <param name="Each">The most that one call may collect, in smallest parts.</param>
/// <param name="Left">What may still be collected.</param>
/// <param name="Until">From then on, nothing.</param>
public readonly record struct MandateRecord(long Each, long Left, Instant Until)
{
    internal static void Write(CborWriter writer, in MandateRecord record)
    {
        writer.Array(3);
        writer.Integer(record.Each);
        writer.Integer(record.Left);
        Wire.Write(writer, record.Until);
    }

    internal static MandateRecord Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new MandateRecord(reader.Integer(0, Amount.Limit), reader.Integer(0, Amount.Limit), Wire.ReadInstant(ref reader));
    }
}

/// <summary>Whose daily spending is counted: a delegate's key, or a party while a recovery is pending.</summary>
/// <param name="Who">The 20 bytes of a key id or of a party.</param>
/// <param name="Unit">Of what.</param>
internal readonly record struct SpentKey(Id20 Who, Unit Unit)
{
    public static void Write(CborWriter writer, in SpentKey key)
    {
        writer.Array(2);
        writer.Party(new Party(key.Who));
        Wire.Write(writer, key.Unit);
    }

    public static SpentKey Read(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return new SpentKey(reader.Party().Id, Wire.ReadUnit(ref reader));
    }
}

/// <summary>What was spent on one day.</summary>
internal readonly record struct Spent(long Day, long Amount)
{
    public static void Write(CborWriter writer, in Spent spent)
    {
        writer.Array(2);
        writer.Integer(spent.Day);
        writer.Integer(spent.Amount);
    }

    public static Spent Read(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return new Spent(reader.Integer(), reader.Integer());
    }
}

/// <summary>The next numbers that the ledger gives.</summary>
internal readonly record struct Counters(uint NextUnit, ulong NextAgreement, ulong NextProposal)
{
    public static void Write(CborWriter writer, in Counters counters)
    {
        writer.Array(3);
        writer.Unsigned(counters.NextUnit);
        writer.Unsigned(counters.NextAgreement);
        writer.Unsigned(counters.NextProposal);
    }

    public static Counters Read(ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new Counters((uint)reader.Unsigned(uint.MaxValue), reader.Unsigned(), reader.Unsigned());
    }
}

/// <summary>What each validator last said.</summary>
/// <param name="Sequence">The number of its latest entry; each exceeds the last.</param>
/// <param name="Clock">The time that it stated.</param>
internal readonly record struct ValidatorState(ulong Sequence, Instant Clock)
{
    public static void Write(CborWriter writer, in ValidatorState state)
    {
        writer.Array(2);
        writer.Unsigned(state.Sequence);
        Wire.Write(writer, state.Clock);
    }

    public static ValidatorState Read(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return new ValidatorState(reader.Unsigned(), Wire.ReadInstant(ref reader));
    }
}
