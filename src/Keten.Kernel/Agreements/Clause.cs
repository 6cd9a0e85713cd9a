using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;

namespace Keten.Kernel;

/// <summary>How a clause may be called.</summary>
public enum ClauseKind
{
    /// <summary>It begins an agreement.</summary>
    Opening = 0,

    /// <summary>It is called on a live agreement.</summary>
    Ordinary = 1,

    /// <summary>It is called on a live or an ended agreement.</summary>
    Correction = 2,

    /// <summary>It becomes due, and nobody calls it.</summary>
    Due = 3,
}

/// <summary>A clause, as a contract's contents page lists it.</summary>
public abstract class Clause
{
    private protected Clause(ushort number, ClauseKind kind, Codec arguments) => (Number, Kind, ArgumentsCodec, CarriesStatements) = (number, kind, arguments, Carries(arguments));

    /// <summary>Within the contract.</summary>
    public ushort Number { get; }

    /// <summary>How it may be called.</summary>
    public ClauseKind Kind { get; }

    /// <summary>What it is made of.</summary>
    public Codec ArgumentsCodec { get; }

    /// <summary>Whether it runs while the contract's version is suspended.</summary>
    public bool IsExit { get; internal init; }

    /// <summary>Whether a statement signed elsewhere can stand in the arguments.</summary>
    internal bool CarriesStatements { get; }

    /// <summary>Reads the arguments for their references alone, ahead of the order.</summary>
    internal abstract void Check(ReadOnlySpan<byte> arguments, IReferences references);

    /// <summary>Reads the arguments, asks who must sign, and has it decided.</summary>
    internal abstract Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references);

    private static bool Carries(Codec codec)
    {
        foreach (var field in codec.Fields)
            if (field.Kind == FieldKind.Signed || (field.Of is { } nested && Carries(nested))) return true;
        return false;
    }
}

/// <summary>What a clause proposes, whatever its contract.</summary>
internal readonly record struct Proposal(Draft? Draft, IRefusal? Refusal);

/// <summary>A clause that somebody calls: its arguments are read, who must sign is held, and then it is decided.</summary>
internal abstract class CalledClause<T, TCall>(ushort number, ClauseKind kind, Codec<TCall> codec) : Clause(number, kind, codec) where T : class where TCall : notnull
{
    internal sealed override void Check(ReadOnlySpan<byte> arguments, IReferences references) => codec.Read(arguments, references);

    internal sealed override Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references)
    {
        var call = codec.Read(arguments, references);
        if (authority.Lacks(MustSign(call, (T)agreed!, facts)) is { } lacking) return new Proposal(null, lacking);
        var outcome = Decide(call, (T)agreed!, facts);
        return new Proposal(outcome.Draft, outcome.Refusal);
    }

    private protected abstract Signers MustSign(TCall call, T agreed, Facts facts);

    private protected abstract Outcome<T> Decide(TCall call, T agreed, Facts facts);
}

internal sealed class OpeningClause<T, TOpening>(ushort number, Codec<TOpening> codec) : CalledClause<T, TOpening>(number, ClauseKind.Opening, codec)
    where T : class where TOpening : IOpening<T>
{
    private protected override Signers MustSign(TOpening call, T agreed, Facts facts) => call.MustSign(facts);

    private protected override Outcome<T> Decide(TOpening call, T agreed, Facts facts) => call.Decide(facts);
}

internal sealed class OrdinaryClause<T, TClause>(ushort number, Codec<TClause> codec) : CalledClause<T, TClause>(number, ClauseKind.Ordinary, codec)
    where T : class where TClause : IClause<T>
{
    private protected override Signers MustSign(TClause call, T agreed, Facts facts) => call.MustSign(agreed, facts);

    private protected override Outcome<T> Decide(TClause call, T agreed, Facts facts) => call.Decide(agreed, facts);
}

internal sealed class CorrectionClause<T, TClause>(ushort number, Codec<TClause> codec) : CalledClause<T, TClause>(number, ClauseKind.Correction, codec)
    where T : class where TClause : ICorrection<T>
{
    private protected override Signers MustSign(TClause call, T agreed, Facts facts) => call.MustSign(agreed, facts);

    private protected override Outcome<T> Decide(TClause call, T agreed, Facts facts) => call.Decide(agreed, facts);
}

/// <summary>A due clause, whatever its contract: its arguments are its key among the wake-ups.</summary>
internal abstract class DueClause<TDue>(ushort number, Codec<TDue> codec) : Clause(number, ClauseKind.Due, codec) where TDue : struct
{
    public byte[] Bytes(in TDue clause) => codec.ToBytes(clause);
}

internal sealed class DueClause<T, TDue>(ushort number, Codec<TDue> codec) : DueClause<TDue>(number, codec) where T : class where TDue : struct, IDue<T>
{
    private readonly Codec<TDue> codec = codec;

    internal override void Check(ReadOnlySpan<byte> arguments, IReferences references) => codec.Read(arguments, references);

    internal override Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references)
    {
        authority.Lacks(Signers.Anyone);
        return new Proposal(codec.Read(arguments, references).Decide((T)agreed!, facts).Draft, null);
    }
}
