using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Connectors.Sepa;

namespace Keten.Connectors.Invoices;

/// <summary>Who sells or buys, as an invoice says it.</summary>
/// <param name="Name">As registered (BT-27, BT-44).</param>
/// <param name="VatId">For VAT, with the country before it (BT-31, BT-48); null for none.</param>
/// <param name="Registration">In the register of companies (BT-30, BT-47); null for none.</param>
/// <param name="Street">Street and number.</param>
/// <param name="City">Town.</param>
/// <param name="PostalZone">Postal code.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
public sealed record InvoiceParty(string Name, string? VatId, string? Registration, string Street, string City, string PostalZone, string Country);

/// <summary>How what an invoice sells is taxed.</summary>
/// <param name="Category">UNTDID 5305 (BT-151).</param>
/// <param name="Percent">The rate; null where it is not subject to VAT.</param>
/// <param name="Reason">Why it is exempt (BT-120); null where it is not.</param>
public sealed record InvoiceVat(string Category, decimal? Percent, string? Reason);

/// <summary>How an invoice is paid.</summary>
/// <param name="PayTo">The seller's account (BT-84, BT-85).</param>
/// <param name="Remittance">What the payment quotes (BT-83): the end-to-end id of the debit.</param>
/// <param name="Debit">The mandate under which it is drawn; null where the buyer sends it.</param>
public sealed record InvoicePayment(BankAccount PayTo, string Remittance, InvoiceDebit? Debit);

/// <summary>A SEPA direct debit.</summary>
/// <param name="Mandate">Its reference (BT-89).</param>
/// <param name="CreditorId">The creditor's identifier (BT-90).</param>
/// <param name="From">The debtor's account (BT-91).</param>
public sealed record InvoiceDebit(string Mandate, string CreditorId, Iban From);

/// <summary>
/// What an invoice says of people and companies, which no ledger holds: a small file beside it. {"seller": {"name", "vatId", "registration", "street", "city", "postalZone", "country"}, "buyer": the same,
/// "vat": {"category", "percent", "reason"}, "payment": {"name", "iban", "remittance", "mandate", "creditorId", "from"}}.
/// </summary>
/// <param name="Seller">Who sells.</param>
/// <param name="Buyer">Who buys.</param>
/// <param name="Vat">How it is taxed.</param>
/// <param name="Payment">How it is paid.</param>
public sealed record InvoiceProfile(InvoiceParty Seller, InvoiceParty Buyer, InvoiceVat Vat, InvoicePayment Payment)
{
    /// <summary>No file is longer, in bytes.</summary>
    public const int BytesAtMost = 65_536;

    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">It is not one; the message names what is missing.</exception>
    public static InvoiceProfile FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new FormatException("The file is too long to be a profile.");
        try
        {
            if (JsonNode.Parse(bytes) is not JsonObject json) throw new FormatException("A profile is a JSON object.");
            var (vat, payment) = (Part(json, "vat"), Part(json, "payment"));
            var debit = (string?)payment["mandate"] is null ? null : new InvoiceDebit(Text(payment, "mandate"), Text(payment, "creditorId"), Iban.Parse(Text(payment, "from")));
            return new InvoiceProfile(
                PartyOf(Part(json, "seller")), PartyOf(Part(json, "buyer")), new InvoiceVat(Text(vat, "category"), vat["percent"]?.GetValue<decimal>(), (string?)vat["reason"]),
                new InvoicePayment(BankAccount.Of(Text(payment, "name"), Text(payment, "iban"), bic: null), Text(payment, "remittance"), debit));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException("The file is not a profile.", fault);
        }
    }

    private static InvoiceParty PartyOf(JsonObject json) =>
        new(Text(json, "name"), (string?)json["vatId"], (string?)json["registration"], Text(json, "street"), Text(json, "city"), Text(json, "postalZone"), Text(json, "country"));

    private static JsonObject Part(JsonObject json, string name) => json[name] as JsonObject ?? throw new FormatException($"A profile says {name}.");

    private static string Text(JsonObject json, string name) => (string?)json[name] is { Length: > 0 } text ? text : throw new FormatException($"A profile says {name}.");
}
