using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Connectors.Sepa;

/// <summary>Whose account where. It stands on no ledger: there is a commitment to this document, and the document is in the vault, for its readers.</summary>
/// <param name="Name">The holder's, in the signs that every bank of SEPA takes; at most 70.</param>
/// <param name="Iban">The account.</param>
/// <param name="Bic">The bank, where it is known; within the European Economic Area none is needed.</param>
public sealed record BankAccount(string Name, Iban Iban, string? Bic)
{
    /// <summary>Of its document.</summary>
    public const string MediaType = "application/json";

    private const int BytesAtMost = 4_096;

    /// <summary>From what somebody wrote.</summary>
    /// <exception cref="FormatException">The name is empty, the IBAN is none, or the BIC has another form; the message says which.</exception>
    public static BankAccount Of(string name, string iban, string? bic)
    {
        var plain = SepaText.Plain(name, SepaText.NameAtMost);
        if (plain.Length == 0) throw new FormatException("An account has a holder's name.");
        if (bic is not null && !Sepa.Bic.IsWellFormed(bic)) throw new FormatException($"'{bic}' is not a BIC.");
        return new BankAccount(plain, Iban.Parse(iban), bic);
    }

    /// <summary>The document: {"name", "iban", "bic"}.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["name"] = Name, ["iban"] = Iban.Text, ["bic"] = Bic });

    /// <summary>Reads the document.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static BankAccount FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new FormatException("The document is too long to say an account.");
        try
        {
            return JsonNode.Parse(bytes) is JsonObject json && (string?)json["name"] is { } name && (string?)json["iban"] is { } iban ? Of(name, iban, (string?)json["bic"])
                : throw new FormatException("The document does not say whose account where.");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException("The document is not an account's.", fault);
        }
    }
}
