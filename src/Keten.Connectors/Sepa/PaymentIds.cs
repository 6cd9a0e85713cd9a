using System.Globalization;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>
/// The ids by which a bank's answer finds its way back: made from what is on the ledger, so that the same debit has the same id in every file that is made again. All fit 35 signs.
/// </summary>
public static class PaymentIds
{
    private const int LedgerDigits = 8;
    private const int FileDigits = 28;
    private const int RedemptionDigits = 24;

    /// <summary>The end-to-end id of a debit: «1f2e3d4c-17-3», ledger, agreement and number.</summary>
    public static string OfDebit(Hash ledger, Agreement<Collection> agreement, uint number) => string.Create(CultureInfo.InvariantCulture, $"{Short(ledger)}-{agreement.Number}-{number}");

    /// <summary>What a debtor who pays by credit transfer quotes: «1f2e3d4c-17», ledger and agreement.</summary>
    public static string OfAgreement(Hash ledger, Agreement<Collection> agreement) => string.Create(CultureInfo.InvariantCulture, $"{Short(ledger)}-{agreement.Number}");

    /// <summary>The end-to-end id of a payout: «1f2e3d4c-P-» and the beginning of its redemption's hash.</summary>
    public static string OfPayout(Hash ledger, Hash redemption) => $"{Short(ledger)}-P-{redemption.ToString()[..RedemptionDigits]}";

    /// <summary>A file's message id: the beginning of the hash of what it says.</summary>
    public static string OfFile(Hash file) => file.ToString()[..FileDigits];

    /// <summary>The redemption that an event of a transaction is: SHA-256 of the transaction's id and the event's place.</summary>
    /// <param name="transaction">The transaction that redeemed.</param>
    /// <param name="place">The event's, «height.index».</param>
    public static Hash RedemptionOf(Hash transaction, string place) => Hash.Of([.. transaction.ToArray(), .. System.Text.Encoding.ASCII.GetBytes(place)]);

    /// <summary>Whether an id of a message or a group in it is a file's.</summary>
    public static bool IsOfFile(string? id, Hash file) => id is not null && id.StartsWith(OfFile(file), StringComparison.Ordinal);

    /// <summary>The agreement and, where it names one, the debit that a text quotes for this ledger; null where it quotes none.</summary>
    /// <param name="ledger">Which.</param>
    /// <param name="text">An end-to-end id, or what somebody wrote as the purpose of a payment.</param>
    public static (ulong Agreement, uint? Number)? Quoted(Hash ledger, string? text)
    {
        var at = text?.IndexOf(Short(ledger) + "-", StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0) return null;
        var rest = text.AsSpan(at + LedgerDigits + 1);
        if (!Digits(ref rest, out var agreement) || agreement == 0) return null;
        if (rest.IsEmpty || rest[0] != '-') return (agreement, null);
        rest = rest[1..];
        return Digits(ref rest, out var number) && number is > 0 and <= uint.MaxValue ? (agreement, (uint)number) : (agreement, null);
    }

    /// <summary>The party whose 40 digits stand in a text: who pays money in quotes whom it is for. Null where there is none.</summary>
    public static Party? PartyIn(string? text)
    {
        for (var at = 0; text is not null && at + 2 * Party.Size <= text.Length; at++)
            if ((at == 0 || !char.IsAsciiHexDigit(text[at - 1])) && (at + 2 * Party.Size == text.Length || !char.IsAsciiHexDigit(text[at + 2 * Party.Size]))
                && Party.TryParse(text.Substring(at, 2 * Party.Size).ToLowerInvariant(), out var party)) return party;
        return null;
    }

    private static string Short(Hash ledger) => ledger.ToString()[..LedgerDigits];

    private static bool Digits(ref ReadOnlySpan<char> text, out ulong number)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var found ? found : text.Length;
        var read = ulong.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        text = text[end..];
        return read;
    }
}
