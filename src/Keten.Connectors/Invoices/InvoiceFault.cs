using System.Text.Json.Serialization;

namespace Keten.Connectors.Invoices;

/// <summary>Why a file is not read as an invoice.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InvoiceFault>))]
public enum InvoiceFault
{
    /// <summary>It is not well-formed XML, or ends half-way.</summary>
    NotXml = 1,

    /// <summary>It declares a document type, which no invoice does.</summary>
    DocumentType,

    /// <summary>It is larger, deeper or holds more than is read.</summary>
    TooLarge,

    /// <summary>Its root is neither a UBL Invoice nor a UBL CreditNote.</summary>
    UnknownDocument,
}

/// <summary>A file cannot be read as an invoice.</summary>
/// <param name="fault">Why.</param>
/// <param name="what">Where in it, and what stands there.</param>
public sealed class InvoiceFileException(InvoiceFault fault, string what) : FormatException($"The invoice cannot be read: {fault}. {what}")
{
    /// <summary>Why.</summary>
    public InvoiceFault Fault { get; } = fault;
}
