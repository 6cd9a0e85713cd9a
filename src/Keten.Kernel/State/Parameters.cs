using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>The limits that decide validity: part of the ledger, so that every node decides alike. A node's configuration only tightens its own door.</summary>
/// <param name="ExpiryAheadSeconds">How far ahead a transaction may expire.</param>
/// <param name="StepsPerCall">How many records a call may read.</param>
/// <param name="WakeUpsPerBlock">How many wake-ups run at the start of a block.</param>
/// <param name="CheckpointRecords">After so many changed records a checkpoint is due.</param>
/// <param name="CheckpointSeconds">After so many seconds of ledger time a checkpoint is due.</param>
/// <param name="AdmittedBy">Who may admit a party; nobody listed: anybody may join.</param>
/// <param name="BytesPerSecond">How many bytes of entries a validator appends in a second of ledger time, on average.</param>
/// <param name="StepsPerSecond">How many steps they take: a call, and each record that it reads.</param>
/// <param name="RecordsPerSecond">How many records they add to the state.</param>
/// <param name="ClockAheadSeconds">How far from ledger time, in seconds, a validator states its clock without its being held against it.</param>
public sealed record Parameters(
    long ExpiryAheadSeconds, int StepsPerCall, int WakeUpsPerBlock, int CheckpointRecords, long CheckpointSeconds, Many<Party> AdmittedBy,
    long BytesPerSecond = 16 << 20, long StepsPerSecond = 8_000_000, long RecordsPerSecond = 2_000_000, long ClockAheadSeconds = 35 * Instant.Day)
{
    /// <summary>A day's expiry, 10,000 steps, 1,000 wake-ups a block, a checkpoint each 100,000 records or second; open to all.</summary>
    public static Parameters Default { get; } = new(86_400, 10_000, 1_000, 100_000, 1, default);

    private const long Most = 1L << 40;

    /// <summary>
    /// Whether a ledger can live with them, so that no vote can stop it: an expiry of a minute to a day, 1,000 to 10 million steps, 10 to 100,000 wake-ups, checkpoints each 1,000 to
    /// 10 million records and at least each hour, at most 64 who admit others; an entry of the longest every second for each validator, with its steps and records; a clock an hour off or more.
    /// </summary>
    public bool IsSane => ExpiryAheadSeconds is >= 60 and <= 86_400 && StepsPerCall is >= 1_000 and <= 10_000_000 && WakeUpsPerBlock is >= 10 and <= 100_000
        && CheckpointRecords is >= 1_000 and <= 10_000_000 && CheckpointSeconds is >= 1 and <= 3_600 && AdmittedBy.Count <= 64
        && BytesPerSecond is >= 1 << 20 and <= Most && StepsPerSecond is >= 10_000 and <= Most && RecordsPerSecond is >= 10_000 and <= Most && ClockAheadSeconds is >= 3_600 and <= Most;

    internal static void Write(CborWriter writer, in Parameters value)
    {
        writer.Array(10);
        writer.Integer(value.ExpiryAheadSeconds);
        writer.Integer(value.StepsPerCall);
        writer.Integer(value.WakeUpsPerBlock);
        writer.Integer(value.CheckpointRecords);
        writer.Integer(value.CheckpointSeconds);
        Forms.Write(writer, value.AdmittedBy);
        writer.Integer(value.BytesPerSecond);
        writer.Integer(value.StepsPerSecond);
        writer.Integer(value.RecordsPerSecond);
        writer.Integer(value.ClockAheadSeconds);
    }

    internal static Parameters Read(ref CborReader reader)
    {
        reader.ArrayOf(10);
        return new Parameters(
            reader.Integer(1, 86_400), (int)reader.Integer(1, 10_000_000), (int)reader.Integer(1, 100_000),
            (int)reader.Integer(1, 10_000_000), reader.Integer(1, 86_400), Forms.ReadParties(ref reader, 64),
            reader.Integer(1, Most), reader.Integer(1, Most), reader.Integer(1, Most), reader.Integer(1, Most));
    }
}
