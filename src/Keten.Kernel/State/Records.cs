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

/// <summary>What each validator last said, and what it has put upon the others.</summary>
/// <param name="Sequence">The number of its latest entry; each exceeds the last.</param>
/// <param name="Clock">The time that it stated.</param>
internal readonly record struct ValidatorState(ulong Sequence, Instant Clock)
{
    /// <summary>How full its bucket is, as of <see cref="LoadedAt"/>; always empty where it is the only validator.</summary>
    public Load Load { get; init; }

    /// <summary>Ledger time at the last entry that filled it.</summary>
    public Instant LoadedAt { get; init; }

    /// <summary>What is left in the bucket: it runs out as ledger time goes by.</summary>
    public Load LoadAt(Instant now, Parameters parameters) => Load.After(now - LoadedAt, parameters);

    public static void Write(CborWriter writer, in ValidatorState state)
    {
        writer.Array(state.Load == default ? 2 : 6);
        writer.Unsigned(state.Sequence);
        Wire.Write(writer, state.Clock);
        if (state.Load == default) return;
        writer.Integer(state.Load.Bytes);
        writer.Integer(state.Load.Steps);
        writer.Integer(state.Load.Records);
        Wire.Write(writer, state.LoadedAt);
    }

    public static ValidatorState Read(ref CborReader reader)
    {
        var parts = reader.Array(6);
        var state = new ValidatorState(reader.Unsigned(), Wire.ReadInstant(ref reader));
        if (parts == 2) return state;
        var load = new Load(reader.Integer(0, long.MaxValue), reader.Integer(0, long.MaxValue), reader.Integer(0, long.MaxValue));
        if (parts != 6 || load == default) throw reader.Fault("A validator's record has another form.");
        return state with { Load = load, LoadedAt = Wire.ReadInstant(ref reader) };
    }
}

/// <summary>What entries put upon the nodes.</summary>
internal readonly record struct Load(long Bytes, long Steps, long Records)
{
    // An entry may be worth this many seconds before the next must wait.
    private const long Seconds = 4;

    public Load Plus(in Load more) => new(Bytes + more.Bytes, Steps + more.Steps, Records + more.Records);

    public Load After(long seconds, Parameters rate) => new(Left(Bytes, rate.BytesPerSecond, seconds), Left(Steps, rate.StepsPerSecond, seconds), Left(Records, rate.RecordsPerSecond, seconds));

    public bool IsOver(Parameters rate) => Bytes > Seconds * rate.BytesPerSecond || Steps > Seconds * rate.StepsPerSecond || Records > Seconds * rate.RecordsPerSecond;

    private static long Left(long load, long rate, long seconds) => seconds >= load / rate + 1 ? 0 : Math.Max(0, load - rate * Math.Max(0, seconds));
}
