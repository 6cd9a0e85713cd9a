using System.Text.Json.Serialization;
using Keten.Contracts.Banking;

namespace Keten.Connectors.Sepa;

/// <summary>What is wrong with a text that should be an IBAN.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IbanFault>))]
public enum IbanFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is empty, or longer than any, or holds other signs than letters, digits and spaces.</summary>
    NotAnIban = 1,

    /// <summary>No country is known to use IBANs under this code.</summary>
    UnknownCountry,

    /// <summary>The country's IBANs are longer or shorter.</summary>
    WrongLength,

    /// <summary>There is a letter where the country has a digit, or the other way round.</summary>
    WrongStructure,

    /// <summary>The check digits are others (ISO 7064, mod 97-10).</summary>
    WrongCheckDigits,
}

/// <summary>An international bank account number (ISO 13616), checked: country, length, structure and check digits. Whether there is such an account only its bank knows.</summary>
public sealed record Iban
{
    private const int ShownAtMost = 64;

    private Iban(string text) => Text = text;

    /// <summary>As machines write it: capitals and digits, no spaces.</summary>
    public string Text { get; }

    /// <summary>Its country, in ISO 3166.</summary>
    public string Country => Text[..2];

    /// <summary>As people write it: groups of four.</summary>
    public string Printed => string.Join(' ', Text.Chunk(4).Select(group => new string(group)));

    /// <summary>Reads one as people or machines write it; null with the fault where it is none.</summary>
    public static Iban? Read(string? text, out IbanFault fault)
    {
        var plain = text is null or { Length: > ShownAtMost } ? "" : text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        fault = FaultOf(plain);
        return fault == IbanFault.None ? new Iban(plain) : null;
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Iban Parse(string text) => Read(text, out var fault) ?? throw new FormatException($"'{text}' is not an IBAN: {fault}.");

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static IbanFault FaultOf(string text)
    {
        if (text.Length < 5 || text.AsSpan().ContainsAnyExcept(Signs)) return IbanFault.NotAnIban;
        if (IbanFormats.Find(text[..2]) is not { } forms) return IbanFault.UnknownCountry;
        if (!char.IsAsciiDigit(text[2]) || !char.IsAsciiDigit(text[3])) return IbanFault.WrongStructure;
        if (!forms.Any(form => IbanFormats.LengthOf(form) == text.Length - 4)) return IbanFault.WrongLength;
        if (!forms.Any(form => IbanFormats.Fits(form, text.AsSpan(4)))) return IbanFault.WrongStructure;
        // Check digits run from 02 to 98; 00, 01 and 99 would pass as the same number.
        return text.AsSpan(2, 2) is "00" or "01" or "99" || SepaIdentifiers.Mod97(text, 0, 4, SepaIdentifiers.Mod97(text, 4, text.Length, 0)) != 1 ? IbanFault.WrongCheckDigits : IbanFault.None;
    }

    private static readonly System.Buffers.SearchValues<char> Signs = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

/// <summary>A business identifier code (ISO 9362), by its form alone.</summary>
public static class Bic
{
    /// <summary>Whether a text has the form of one: a prefix of four, a country, a suffix of two, and perhaps a branch of three.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length is 8 or 11 && text.All(sign => char.IsAsciiLetterUpper(sign) || char.IsAsciiDigit(sign)) && text.AsSpan(4, 2).IndexOfAnyExceptInRange('A', 'Z') < 0;
}
