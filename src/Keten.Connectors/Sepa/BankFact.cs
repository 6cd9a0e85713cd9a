using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>One thing that a bank's file says.</summary>
/// <param name="Message">Which message it is of: «camt.054.001.08»; where the file names no version, its kind alone.</param>
/// <param name="MessageId">The message's own id.</param>
public abstract record BankFact(string Message, string MessageId);

/// <summary>How far a message is that was handed to the bank, or a part of it (pain.002).</summary>
/// <param name="Message">Which message says it.</param>
/// <param name="MessageId">The message's own id.</param>
/// <param name="OriginalMessageId">Of the message that it is about.</param>
/// <param name="PaymentInformationId">Of the group in it; null where it is about the whole.</param>
/// <param name="EndToEndId">Of the payment in it; null where it is about all.</param>
/// <param name="Status">Its code of ISO 20022: ACCP, RJCT and so on; a bank's own where there is no other.</param>
/// <param name="Reason">Why, by its code; null where none is given.</param>
/// <param name="Information">What the bank says of it in words.</param>
public sealed record PaymentStatus(
    string Message, string MessageId, string OriginalMessageId, string? PaymentInformationId, string? EndToEndId, string Status, string? Reason, string? Information) : BankFact(Message, MessageId)
{
    /// <summary>Whether it was not carried out, and will not be.</summary>
    public bool IsRejected => Status is "RJCT" or "CANC";

    /// <summary>Whether it was taken in, so far.</summary>
    public bool IsTakenIn => Status is "ACCP" or "ACTC" or "ACSP" or "ACSC" or "ACWC" or "ACCC" or "RCVD" or "PDNG";
}

/// <summary>An entry in an account at a bank (camt.052, camt.053, camt.054).</summary>
/// <param name="Message">Which message says it.</param>
/// <param name="MessageId">The message's own id.</param>
/// <param name="Account">The account's IBAN, or its number where it has none.</param>
/// <param name="Amount">More than nothing.</param>
/// <param name="Currency">In ISO 4217.</param>
/// <param name="IsCredit">Whether it was credited.</param>
/// <param name="IsReversal">Whether it undoes another.</param>
/// <param name="Status">BOOK where it is booked.</param>
/// <param name="BookedOn">The day of booking, as its first moment; of value, where no other is given.</param>
/// <param name="Code">What it is, by its code of ISO 20022: «PMNT/RDDT/ESDD»; a bank's own where there is no other.</param>
/// <param name="Information">What the bank says of it in words.</param>
/// <param name="PaymentInformationId">Of the group of payments that it books as one; null where it says none.</param>
/// <param name="Id">What tells it from every other entry of the account, for ever: the same in a notification and in the statement.</param>
/// <param name="Details">The payments in it; none where the bank does not tell.</param>
public sealed record BankEntry(
    string Message, string MessageId, string Account, decimal Amount, string Currency, bool IsCredit, bool IsReversal, string Status, Instant? BookedOn, string Code, string? Information,
    string? PaymentInformationId, Hash Id, IReadOnlyList<EntryDetail> Details) : BankFact(Message, MessageId)
{
    /// <summary>Whether it is final at the bank.</summary>
    public bool IsBooked => Status == "BOOK";
}

/// <summary>One payment within an entry.</summary>
/// <param name="EndToEndId">The payer's own reference, that of the debit where it is one; null where it is not given.</param>
/// <param name="PaymentInformationId">Of its group; null where it is not given.</param>
/// <param name="MandateId">Of a direct debit.</param>
/// <param name="Amount">How much of the entry; null where it is not given in the entry's currency.</param>
/// <param name="Reason">Why it came back, by its code; null where it did not.</param>
/// <param name="Debtor">Who paid.</param>
/// <param name="DebtorAccount">From where.</param>
/// <param name="Creditor">Who was paid.</param>
/// <param name="Remittance">What for: free texts and structured references, one after the other.</param>
public sealed record EntryDetail(
    string? EndToEndId, string? PaymentInformationId, string? MandateId, decimal? Amount, string? Reason, string? Debtor, string? DebtorAccount, string? Creditor, IReadOnlyList<string> Remittance);
