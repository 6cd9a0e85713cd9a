using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What is to be done on the ledger with something that was taken.</summary>
internal enum Work
{
    /// <summary>A charging session is charged: the content is its OCMF records, a line each.</summary>
    Session = 1,

    /// <summary>A signed statement is handed in: the content is its COSE_Sign1.</summary>
    Statement = 2,

    /// <summary>A device's software is stated: the content is the version.</summary>
    Software = 3,
}

/// <summary>How far something of the outbox is.</summary>
internal enum Stage
{
    /// <summary>It waits for the ledger.</summary>
    Waiting = 0,

    /// <summary>It is done, and final.</summary>
    Done = 1,

    /// <summary>It will never be; it is kept apart.</summary>
    Apart = 2,
}

/// <summary>What was taken, and waits to be put on the ledger.</summary>
/// <param name="Sequence">Its place in the outbox.</param>
/// <param name="Lane">What stays in order among itself: a device.</param>
/// <param name="Work">What is to be done.</param>
/// <param name="Source">From where it came.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Agreement">Under which agreement, where that is known already.</param>
/// <param name="MeterKey">The meter's key that came with it, in hexadecimal, where one did.</param>
/// <param name="Content">What it is.</param>
/// <param name="Salt">Of the commitment to its document, drawn once.</param>
/// <param name="Transaction">The transaction that was made of it, before it was first submitted; null: none yet.</param>
/// <param name="TransactionId">That transaction's id.</param>
/// <param name="Expiry">Until when it can be decided, in seconds since 1970.</param>
/// <param name="Tries">How many transactions were made of it.</param>
internal sealed record Outgoing(
    long Sequence, string Lane, Work Work, string Source, string Id, ulong Agreement, string? MeterKey, byte[] Content, Hash Salt, byte[]? Transaction, Hash TransactionId, long Expiry, int Tries);
