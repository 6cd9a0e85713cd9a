using System.Text.Json.Serialization;

namespace Keten.Connectors.Ocmf;

/// <summary>Why a record is not admissible for billing. The order is the order in which reasons are listed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OcmfFault>))]
public enum OcmfFault
{
    /// <summary>The text is not a well-formed OCMF record or container.</summary>
    MalformedRecord = 1,

    /// <summary>Another format than OCMF, or a major version of it that is not known here.</summary>
    UnsupportedFormat,

    /// <summary>The signature algorithm, its encoding or its curve cannot be checked here.</summary>
    UnsupportedAlgorithm,

    /// <summary>Neither the file nor the caller names a key.</summary>
    KeyMissing,

    /// <summary>The key is no valid point of a named curve in SubjectPublicKeyInfo.</summary>
    KeyUnusable,

    /// <summary>The key's curve is not the one that the signature algorithm names.</summary>
    KeyMismatch,

    /// <summary>The record's meter has no trusted key.</summary>
    UnknownMeter,

    /// <summary>The signature does not match the payload under the key.</summary>
    BadSignature,

    /// <summary>The same record was judged before.</summary>
    RecordRepeated,

    /// <summary>The pagination does not follow the meter's last one by exactly one.</summary>
    PaginationGap,

    /// <summary>A register is lower than it was before.</summary>
    ReadingRunsBack,

    /// <summary>A reading is earlier than the one before it.</summary>
    TimeRunsBack,

    /// <summary>The clock's status is not good enough for billing.</summary>
    ClockNotSynchronised,

    /// <summary>The meter flags energy or time as unusable (EF).</summary>
    ErrorFlags,

    /// <summary>A reading reports an exception during charging (TX X), or a power failure where time is billed.</summary>
    ChargingException,

    /// <summary>The meter's state is other than good (ST).</summary>
    MeterStateNotGood,

    /// <summary>No reading, or not every reading of the billed register, has an energy in kWh or Wh.</summary>
    UnitUnknown,

    /// <summary>A transaction goes on or ends that never began.</summary>
    MissingBegin,

    /// <summary>A transaction began that never ends.</summary>
    MissingEnd,

    /// <summary>An earlier record of the same transaction was not admissible.</summary>
    TransactionNotAdmissible,
}

/// <summary>What <see cref="OcmfFault"/> says to people.</summary>
public static class OcmfFaults
{
    /// <summary>One sentence about the fault.</summary>
    public static string Text(this OcmfFault fault) => fault switch
    {
        OcmfFault.MalformedRecord => "The text is not a well-formed OCMF record.",
        OcmfFault.UnsupportedFormat => "The value is in another format than OCMF 0 or 1, which is not checked here.",
        OcmfFault.UnsupportedAlgorithm => "The signature's algorithm, encoding or curve cannot be checked on this machine.",
        OcmfFault.KeyMissing => "There is no public key to check the signature with.",
        OcmfFault.KeyUnusable => "The public key is not a valid point of a named curve in SubjectPublicKeyInfo.",
        OcmfFault.KeyMismatch => "The public key is of another curve than the signature algorithm names.",
        OcmfFault.UnknownMeter => "The meter is not among the trusted ones.",
        OcmfFault.BadSignature => "The signature does not match the record under the meter's key.",
        OcmfFault.RecordRepeated => "The same record was judged before.",
        OcmfFault.PaginationGap => "The record's pagination does not follow the meter's last one by exactly one.",
        OcmfFault.ReadingRunsBack => "A register of the meter is lower than it was before.",
        OcmfFault.TimeRunsBack => "A reading is earlier than the one before it.",
        OcmfFault.ClockNotSynchronised => "The meter's clock was not good enough for billing when a reading was taken.",
        OcmfFault.ErrorFlags => "The meter says that energy or time of a reading is not usable for billing.",
        OcmfFault.ChargingException => "A reading reports an exception during charging, from which on energy or time is not usable.",
        OcmfFault.MeterStateNotGood => "The meter was not in the state 'good' when a reading was taken.",
        OcmfFault.UnitUnknown => "The record has no energy in kWh or Wh, or not at each reading.",
        OcmfFault.MissingBegin => "The transaction has no begin reading.",
        OcmfFault.MissingEnd => "The transaction has no end reading.",
        OcmfFault.TransactionNotAdmissible => "An earlier record of the same transaction was not admissible.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
    };
}

/// <summary>Why something could not be read: the fault and, for people, where.</summary>
/// <param name="Fault">The reason.</param>
/// <param name="Detail">What was found, in one sentence without personal data.</param>
public sealed record OcmfProblem(OcmfFault Fault, string Detail);

/// <summary>Carries a problem out of nested readers; never leaves this folder.</summary>
internal sealed class OcmfException(OcmfFault fault, string detail) : Exception(detail)
{
    internal OcmfProblem Problem => new(fault, Message);

    internal static OcmfException Malformed(string detail) => new(OcmfFault.MalformedRecord, detail);
}
