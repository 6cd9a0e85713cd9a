using System.Text.Json.Serialization;

namespace Keten.Connectors.Ocmf;

/// <summary>What a signature is worth.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OcmfSignatureState>))]
public enum OcmfSignatureState
{
    /// <summary>It matches under the meter's trusted key or, where no trusted keys are given, under the key that came with the record.</summary>
    [JsonStringEnumMemberName("valid")]
    Valid,

    /// <summary>It does not match, or there is no key that it may be checked with.</summary>
    [JsonStringEnumMemberName("invalid")]
    Invalid,

    /// <summary>Format, algorithm or curve cannot be checked here.</summary>
    [JsonStringEnumMemberName("unsupported")]
    Unsupported,

    /// <summary>The text is no record.</summary>
    [JsonStringEnumMemberName("malformed")]
    Malformed,
}

/// <summary>What the clock must be worth for a record to be admissible.</summary>
public enum OcmfClockDemand
{
    /// <summary>
    /// Energy is billed: the duration and the time of day are told but not priced. S, R and I will do; U never does. The standard's own pattern, I at the begin
    /// and R at the end, is admissible.
    /// </summary>
    Energy = 0,

    /// <summary>Duration is billed: S and R will do, and I at the begin only. A power failure during the transaction is an error event.</summary>
    Duration,

    /// <summary>The time of day is priced: only S will do. A power failure during the transaction is an error event.</summary>
    TimeOfDay,
}

/// <summary>The judgement on one record.</summary>
public sealed record OcmfVerdict
{
    /// <summary>What the signature is worth.</summary>
    public required OcmfSignatureState Signature { get; init; }

    /// <summary>Why the record may not be billed, each reason once, in the order of <see cref="OcmfFault"/>; empty when it may.</summary>
    public required IReadOnlyList<OcmfFault> Reasons { get; init; }

    /// <summary>For people: what was wrong with the text.</summary>
    public string? Detail { get; init; }

    /// <summary>The record; null when it could not be read.</summary>
    public OcmfDocument? Document { get; init; }

    /// <summary>The billed register in watt-hours where the transaction began, in this record or an earlier one.</summary>
    public decimal? BeginWh { get; init; }

    /// <summary>The billed register in watt-hours where the transaction ended; null when it did not end in this record.</summary>
    public decimal? EndWh { get; init; }

    /// <summary>The energy of the transaction in watt-hours; null when it did not end in this record or began nowhere.</summary>
    public decimal? EnergyWh => EndWh - BeginWh;

    /// <summary>The earlier record, by its number among those judged, whose transaction never ended because this one began another.</summary>
    public int? Overtakes { get; init; }

    /// <summary>Whether the record may be billed: the signature is valid and no reason stands against it.</summary>
    public bool Admissible => Signature == OcmfSignatureState.Valid && Reasons.Count == 0;

    internal static OcmfVerdict Of(OcmfProblem problem) => new()
    {
        Signature = problem.Fault == OcmfFault.MalformedRecord ? OcmfSignatureState.Malformed : OcmfSignatureState.Unsupported,
        Reasons = [problem.Fault],
        Detail = problem.Detail,
    };

    internal OcmfVerdict With(OcmfFault fault) => this with { Reasons = [.. Reasons.Append(fault).Distinct().Order()] };
}
