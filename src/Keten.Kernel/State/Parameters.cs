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
    /// <summary>How many bytes of entries a validator appends in a second of ledger time, on average.</summary>
    public long BytesPerSecond { get; init; } = 16 << 20;

    /// <summary>How many steps they take: a call, and each record that it reads.</summary>
    public long StepsPerSecond { get; init; } = 8_000_000;

    /// <summary>How many records they add to the state.</summary>
    public long RecordsPerSecond { get; init; } = 2_000_000;

    /// <summary>How far from ledger time, in seconds, a validator states its clock without its being held against it.</summary>
    public long ClockAheadSeconds { get; init; } = 35 * Instant.Day;

    /// <summary>A day's expiry, 10,000 steps, 1,000 wake-ups a block, a checkpoint each 100,000 records or second; open to all.</summary>
    public static Parameters Default { get; } = new(86_400, 10_000, 1_000, 100_000, 1, default);

    private const long Most = 1L << 40;

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
            (int)reader.Integer(1, 10_000_000), reader.Integer(1, 86_400), Forms.ReadParties(ref reader, 64))
        {
            BytesPerSecond = reader.Integer(1, Most), StepsPerSecond = reader.Integer(1, Most), RecordsPerSecond = reader.Integer(1, Most), ClockAheadSeconds = reader.Integer(1, Most),
        };
    }
}
