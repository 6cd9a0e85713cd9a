using System.Text.Json.Serialization;

namespace Keten.Connectors.Sepa;

/// <summary>Why a bank's file is not read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SepaFault>))]
public enum SepaFault
{
    /// <summary>It is not well-formed XML, or ends half-way.</summary>
    NotXml = 1,

    /// <summary>It declares a document type, which no bank's file does.</summary>
    DocumentType,

    /// <summary>It is larger, deeper or holds more than is read at once.</summary>
    TooLarge,

    /// <summary>It is no message that is read here: pain.002, camt.052, camt.053 or camt.054.</summary>
    UnknownMessage,

    /// <summary>It has no group header, or that has no message id.</summary>
    NoHeader,

    /// <summary>It is a bank's report without any account's statement or notification.</summary>
    NoStatement,

    /// <summary>It is a status report that does not say of which message.</summary>
    NoOriginal,

    /// <summary>A statement or an entry does not say of which account.</summary>
    NoAccount,

    /// <summary>An entry has no amount, or it is no number of at most 18 digits, or says no currency.</summary>
    NotAnAmount,

    /// <summary>An entry does not say whether it was credited or debited.</summary>
    NoDirection,

    /// <summary>A date is none.</summary>
    NotADate,

    /// <summary>A status is missing.</summary>
    NoStatus,
}

/// <summary>A bank's file cannot be read.</summary>
/// <param name="fault">Why.</param>
/// <param name="what">Where in it, and what stands there.</param>
public sealed class SepaFileException(SepaFault fault, string what) : FormatException($"The bank's file cannot be read: {fault}. {what}")
{
    /// <summary>Why.</summary>
    public SepaFault Fault { get; } = fault;
}
