namespace Keten.Connectors.Json;

/// <summary>What a document was read to be, and what is wrong with it. There is a value exactly when there is no fault.</summary>
/// <typeparam name="T">What was to be read.</typeparam>
/// <param name="Value">What was read.</param>
/// <param name="Faults">What cannot be carried and why, by the field's path; at most <see cref="MaxFaults"/>.</param>
/// <param name="Ignored">Fields that are unknown where an unknown field could matter: in prices and restrictions. Elsewhere they are skipped in silence, as
/// OCPI asks.</param>
public sealed record JsonRead<T>(T? Value, IReadOnlyList<JsonFault> Faults, IReadOnlyList<string> Ignored) where T : class
{
    /// <summary>No more are listed.</summary>
    public const int MaxFaults = 100;
}

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="Path">Where: <c>elements[0].restrictions.start_time</c>; empty for the whole document.</param>
/// <param name="Reason">What.</param>
public readonly record struct JsonFault(string Path, JsonFaultReason Reason);

/// <summary>Why a field, or a document, cannot be carried.</summary>
public enum JsonFaultReason
{
    /// <summary>It is not JSON, has a name twice in one object, or nests too deep.</summary>
    NotJson = 1,

    /// <summary>The document is larger than the reader's limit.</summary>
    TooLarge = 2,

    /// <summary>A required field is missing.</summary>
    Missing = 3,

    /// <summary>It is of another JSON type.</summary>
    WrongType = 4,

    /// <summary>The text is longer than the standard allows.</summary>
    TooLong = 5,

    /// <summary>It is none of the values that the standard lists.</summary>
    UnknownValue = 6,

    /// <summary>The number has more decimals than are carried.</summary>
    TooFine = 7,

    /// <summary>The number is too small, too large or too long.</summary>
    OutOfRange = 8,

    /// <summary>It is in another currency than the one that was asked for.</summary>
    OtherCurrency = 9,

    /// <summary>The list has more entries than are carried.</summary>
    TooMany = 10,

    /// <summary>It is no date or time as the standard writes one.</summary>
    NotATime = 11,

    /// <summary>
    /// Each field can be carried, but not together: bounds that exclude each other, a price twice in one element, a credit without its reference.
    /// </summary>
    Inconsistent = 12,
}
