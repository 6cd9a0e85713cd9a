using Keten.Kernel;

namespace Keten.Node.Joining;

/// <summary>What nodes ask each other.</summary>
internal enum PeerTopic
{
    /// <summary>How far it is, and which snapshot it gives.</summary>
    Tip,

    /// <summary>Certificates from a height on, as many as it gives at once.</summary>
    Certificates,

    /// <summary>Leaf hashes of the history from an index on.</summary>
    Leaves,

    /// <summary>A piece of the snapshot of a height, from a byte on.</summary>
    Snapshot,

    /// <summary>The log's entries after a position.</summary>
    Entries,

    /// <summary>What it has seen a validator attest last.</summary>
    Attested,

    /// <summary>The record of the epoch that it is in, with the last entries up to its base.</summary>
    Epoch,
}

/// <summary>One question to a peer. The answers are bytes, in the forms that docs/formats.md lists under «Between nodes».</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="From">A height, an index or a position, as the topic has it.</param>
/// <param name="Offset">Of a snapshot: from which byte on.</param>
/// <param name="Key">Whose attestation.</param>
internal readonly record struct PeerQuestion(PeerTopic Topic, ulong From = 0, ulong Offset = 0, KeyId Key = default)
{
    /// <summary>The longest answer that is read, in bytes: an entry of the log and a piece beside it.</summary>
    public const int AnswerAtMost = 4 << 20;
}
