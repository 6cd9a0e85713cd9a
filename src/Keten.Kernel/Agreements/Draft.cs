using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>The executor's lent buffers, into which an accepted clause writes what it proposes. Used again for every call.</summary>
internal sealed class Draft
{
    /// <summary>No call has more effects of one kind.</summary>
    public const int AtMost = 4096;

    public readonly List<Movement> Movements = [];
    public readonly List<EventMade> Events = [];
    public readonly List<RowWrite> Rows = [];
    public readonly List<WakeUpChange> WakeUps = [];
    public readonly List<MandateChange> Mandates = [];
    public readonly List<LimitChange> Limits = [];
    public readonly CborWriter Bytes = new(1024);

    public object? State;
    public UnitMade? Unit;
    public bool Ends;

    public void Begin(object state)
    {
        Movements.Clear();
        Events.Clear();
        Rows.Clear();
        WakeUps.Clear();
        Mandates.Clear();
        Limits.Clear();
        Bytes.Reset();
        (State, Unit, Ends) = (state, null, false);
    }

    public static void Add<T>(List<T> effects, T effect)
    {
        if (effects.Count == AtMost) throw new LimitException(KernelRefusal.TooManyEffects);
        effects.Add(effect);
    }
}

/// <summary>How value moves.</summary>
internal enum MovementKind : byte
{
    /// <summary>Out of the account of somebody who is charged, or of what is held.</summary>
    Pay,

    /// <summary>Out of the issuing agreement's account, which goes below nothing by what it has issued.</summary>
    Issue,

    /// <summary>Back to the issuing agreement.</summary>
    Redeem,

    /// <summary>Back to the issuing agreement without the holder's signature, where the unit's rules say so.</summary>
    TakeBack,

    /// <summary>What has expired, back to the issuing agreement.</summary>
    Sweep,
}

internal readonly record struct Movement(MovementKind Kind, Owner From, Owner To, Amount Amount, Instant Until);

internal readonly record struct EventMade(ushort Number, int Start, int End);

internal readonly record struct RowWrite(byte Table, byte[] Key, byte[]? Value);

internal readonly record struct WakeUpChange(ushort Clause, byte[] Arguments, Instant? At);

internal readonly record struct MandateChange(Party Payer, Mandate? Mandate, Unit Unit);

internal readonly record struct LimitChange(Party Party, Amount Limit);

internal sealed record UnitMade(Unit Unit, string Symbol, byte Decimals, UnitRules Rules);

/// <summary>A call reached a limit of the kernel; it becomes the refusal that it carries.</summary>
internal sealed class LimitException(KernelRefusal refusal) : Exception
{
    public KernelRefusal Refusal { get; } = refusal;
}
