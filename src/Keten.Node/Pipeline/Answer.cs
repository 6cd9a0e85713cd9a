using Keten.Kernel;

namespace Keten.Node.Pipeline;

/// <summary>How long to wait for an answer.</summary>
public enum WaitFor
{
    /// <summary>Until the validator's entry with it is durable in the log: it will be decided, unless it expires first, even if this node stops at once.</summary>
    Accepted = 0,

    /// <summary>Until its block is certified and stored.</summary>
    Final = 1,
}

/// <summary>What became of a submitted transaction. One that was decided before is answered as it was then.</summary>
/// <param name="Id">Its id; none where the bytes could not be read.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Code">The refusal's number on the wire; 0 where it was done.</param>
/// <param name="Call">Which call was refused.</param>
/// <param name="Height">Of its block, once final.</param>
public readonly record struct Answer(Hash Id, AnswerStatus Status, IRefusal? Refusal, uint Code, int Call, ulong Height);

/// <summary>How far a transaction is.</summary>
public enum AnswerStatus
{
    /// <summary>Void: nothing was decided, and it may be tried again.</summary>
    Rejected = 0,

    /// <summary>Durable in the log: it will be decided unless it has expired by then.</summary>
    Accepted = 1,

    /// <summary>Decided and certified: done.</summary>
    Done = 2,

    /// <summary>Decided and certified: refused.</summary>
    Refused = 3,
}

/// <summary>Where a decided transaction is.</summary>
/// <param name="Height">Its block.</param>
/// <param name="HistoryIndex">Its place among all decided transactions.</param>
/// <param name="Code">0 where it was done, otherwise the refusal's number on the wire.</param>
public readonly record struct TransactionPlace(ulong Height, ulong HistoryIndex, uint Code);
