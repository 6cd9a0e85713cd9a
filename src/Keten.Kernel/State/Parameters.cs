using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>The limits that decide validity: part of the ledger, so that every node decides alike. A node's configuration only tightens its own door.</summary>
/// <param name="ExpiryAheadSeconds">How far ahead a transaction may expire.</param>
/// <param name="StepsPerCall">How many records a call may read.</param>
/// <param name="WakeUpsPerBlock">How many wake-ups run at the start of a block.</param>
/// <param name="CheckpointRecords">After so many changed records a checkpoint is due.</param>
/// <param name="CheckpointSeconds">After so many seconds of ledger time a checkpoint is due.</param>
/// <param name="AdmittedBy">Who may admit a party; nobody listed: anybody may join.</param>
public sealed record Parameters(long ExpiryAheadSeconds, int StepsPerCall, int WakeUpsPerBlock, int CheckpointRecords, long CheckpointSeconds, Many<Party> AdmittedBy)
{
    /// <summary>A day's expiry, 10,000 steps, 1,000 wake-ups a block, a checkpoint each 100,000 records or second; open to all.</summary>
    public static Parameters Default { get; } = new(86_400, 10_000, 1_000, 100_000, 1, default);

    /// <summary>
    /// Whether a ledger can live with them, so that no vote can stop it: an expiry of a minute to a day, 1,000 to 10 million steps, 10 to 100,000 wake-ups, checkpoints each 1,000 to
    /// 10 million records and at least each hour, at most 64 who admit others.
    /// </summary>
    public bool IsSane => ExpiryAheadSeconds is >= 60 and <= 86_400 && StepsPerCall is >= 1_000 and <= 10_000_000 && WakeUpsPerBlock is >= 10 and <= 100_000
        && CheckpointRecords is >= 1_000 and <= 10_000_000 && CheckpointSeconds is >= 1 and <= 3_600 && AdmittedBy.Count <= 64;

    internal static void Write(CborWriter writer, in Parameters value)
    {
        writer.Array(6);
        writer.Integer(value.ExpiryAheadSeconds);
        writer.Integer(value.StepsPerCall);
        writer.Integer(value.WakeUpsPerBlock);
        writer.Integer(value.CheckpointRecords);
        writer.Integer(value.CheckpointSeconds);
        Forms.Write(writer, value.AdmittedBy);
    }

    internal static Parameters Read(ref CborReader reader)
    {
        reader.ArrayOf(6);
        return new Parameters(
            reader.Integer(1, 86_400), (int)reader.Integer(1, 10_000_000), (int)reader.Integer(1, 100_000),
            (int)reader.Integer(1, 10_000_000), reader.Integer(1, 86_400), Forms.ReadParties(ref reader, 64));
    }
}
