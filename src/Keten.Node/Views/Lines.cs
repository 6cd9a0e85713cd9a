using Keten.Kernel;

namespace Keten.Node.Views;

/// <summary>What moved in one account by one call.</summary>
/// <param name="At">Its place.</param>
/// <param name="Time">Ledger time of its block.</param>
/// <param name="Origin">The transaction's id, or that of the wake-up.</param>
/// <param name="IsWakeUp">Whether it came due by itself.</param>
/// <param name="Call">The call's place in its transaction.</param>
/// <param name="Agreement">Under which agreement; 0: a transfer between parties.</param>
/// <param name="Clause">The clause's number.</param>
/// <param name="Unit">What moved.</param>
/// <param name="Change">What came in, less what went out, in smallest parts.</param>
/// <param name="Balance">What the owner has of the unit after it, all lots together.</param>
/// <param name="Until">The lot's end; the default for what does not expire.</param>
/// <param name="Others">Whom it came from, or went to: the first 16 of them. Whoever else was paid by the same call is not shown to a payee.</param>
/// <param name="OthersCount">How many there are.</param>
/// <param name="Reference">The payer's own.</param>
public sealed record Movement(
    Position At, Instant Time, Hash Origin, bool IsWakeUp, int Call, ulong Agreement, ushort Clause, Unit Unit, long Change, long Balance, Instant Until,
    IReadOnlyList<Owner> Others, int OthersCount, Reference? Reference);

/// <summary>Something that was told under an agreement.</summary>
/// <param name="At">Its place.</param>
/// <param name="Index">Its number among the events of its block: «height.index» names it.</param>
/// <param name="Time">Ledger time of its block.</param>
/// <param name="Origin">The transaction's id, or that of the wake-up.</param>
/// <param name="Agreement">Under which agreement.</param>
/// <param name="Contract">Of which contract.</param>
/// <param name="Version">The contract's.</param>
/// <param name="Number">Which of the contract's events.</param>
/// <param name="Content">Its canonical bytes.</param>
public sealed record EventLine(Position At, int Index, Instant Time, Hash Origin, ulong Agreement, ushort Contract, ushort Version, ushort Number, byte[] Content);

/// <summary>An agreement in a list.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Contract">Of which contract.</param>
/// <param name="Version">The one that it keeps.</param>
/// <param name="Opened">When.</param>
/// <param name="Ended">When, or the default while it runs.</param>
public sealed record AgreementLine(ulong Number, ushort Contract, ushort Version, Instant Opened, Instant Ended);

/// <summary>A transaction of a party's own that was refused.</summary>
/// <param name="At">Its place.</param>
/// <param name="Time">Ledger time of its block.</param>
/// <param name="Transaction">Its id.</param>
/// <param name="Code">Why: contract code ≪ 16 | number.</param>
public sealed record RefusedLine(Position At, Instant Time, Hash Transaction, uint Code);

/// <summary>One line of a party's time line: one of the three.</summary>
public sealed record TimelineLine(Position At, Movement? Movement, EventLine? Event, RefusedLine? Refused);

/// <summary>Which page: the lines after a place upwards, or before a place downwards, at most so many.</summary>
/// <param name="After">Lines after it only.</param>
/// <param name="Before">Lines before it only.</param>
/// <param name="NewestFirst">Downwards.</param>
/// <param name="Limit">From 1 to <see cref="LimitAtMost"/>.</param>
public readonly record struct Paging(Position After, Position Before, bool NewestFirst, int Limit)
{
    /// <summary>The longest page.</summary>
    public const int LimitAtMost = 500;

    /// <summary>The first lines after a place.</summary>
    public static Paging From(Position after, int limit) => new(after, Position.End, false, limit);

    /// <summary>The last lines before a place.</summary>
    public static Paging Newest(Position before, int limit) => new(Position.Start, before, true, limit);

    internal int Rows => Math.Clamp(Limit, 1, LimitAtMost);
}
