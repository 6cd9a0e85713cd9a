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

internal sealed class OpeningClause<T, TOpening>(ushort number, Codec<TOpening> codec) : Clause(number, ClauseKind.Opening, codec) where T : class where TOpening : IOpening<T>
{
    internal override void Check(ReadOnlySpan<byte> arguments, IReferences references) => codec.Read(arguments, references);

    internal override Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references)
    {
        var opening = codec.Read(arguments, references);
        if (authority.Lacks(opening.MustSign(facts)) is { } lacking) return new Proposal(null, lacking);
        var outcome = opening.Decide(facts);
        return new Proposal(outcome.Draft, outcome.Refusal);
    }
}

internal sealed class OrdinaryClause<T, TClause>(ushort number, Codec<TClause> codec) : Clause(number, ClauseKind.Ordinary, codec) where T : class where TClause : IClause<T>
{
    internal override void Check(ReadOnlySpan<byte> arguments, IReferences references) => codec.Read(arguments, references);

    internal override Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references)
    {
        var clause = codec.Read(arguments, references);
        if (authority.Lacks(clause.MustSign((T)agreed!, facts)) is { } lacking) return new Proposal(null, lacking);
        var outcome = clause.Decide((T)agreed!, facts);
        return new Proposal(outcome.Draft, outcome.Refusal);
    }
}

internal sealed class CorrectionClause<T, TClause>(ushort number, Codec<TClause> codec) : Clause(number, ClauseKind.Correction, codec) where T : class where TClause : ICorrection<T>
{
    internal override void Check(ReadOnlySpan<byte> arguments, IReferences references) => codec.Read(arguments, references);

    internal override Proposal Decide(ReadOnlySpan<byte> arguments, object? agreed, Facts facts, Authority authority, IReferences references)
    {
        var clause = codec.Read(arguments, references);
        if (authority.Lacks(clause.MustSign((T)agreed!, facts)) is { } lacking) return new Proposal(null, lacking);
        var outcome = clause.Decide((T)agreed!, facts);
        return new Proposal(outcome.Draft, outcome.Refusal);
    }
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
