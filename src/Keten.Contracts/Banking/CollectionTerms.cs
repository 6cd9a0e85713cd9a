using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>How money comes from the debtor to the creditor. What a gateway vouches for by <see cref="Collection.Receive"/> needs no more than its own number here.</summary>
public enum Rail
{
    /// <summary>Out of the debtor's account on the ledger, under a mandate.</summary>
    EMoney = 1,

    /// <summary>The creditor draws it by a SEPA direct debit.</summary>
    DirectDebit = 2,

    /// <summary>The debtor sends it by a SEPA credit transfer, instant or not.</summary>
    CreditTransfer = 3,

    /// <summary>By a rail of which the gateway alone knows: a digital euro, a stablecoin.</summary>
    Other = 4,
}

/// <summary>What the two agreed on how the creditor is paid.</summary>
/// <param name="Rail">How.</param>
/// <param name="PayTo">Commitment to the creditor's account at the bank: name, IBAN, BIC.</param>
/// <param name="DaysOfNotice">So many days before a debit the debtor is told of it.</param>
/// <param name="Fee">What a debit that comes back costs the debtor; may be nothing.</param>
/// <param name="DaysToRemind">So many days after a debit came back, and twice again after as many, the debtor is reminded.</param>
public readonly record struct CollectionTerms(Rail Rail, Hash PayTo, byte DaysOfNotice, Amount Fee, byte DaysToRemind)
{
    /// <summary>How often the debtor is reminded of arrears.</summary>
    public const int RemindersAtMost = 3;
}

/// <summary>The scheme of a direct debit (EPC016-06 and EPC222-07).</summary>
public enum Scheme
{
    /// <summary>Whoever may be debited: what was authorised can be claimed back for eight weeks.</summary>
    Core = 1,

    /// <summary>Between companies: what was authorised cannot be claimed back.</summary>
    B2B = 2,
}

/// <summary>Where a debit stands among those of its mandate (ISO 20022, SequenceTypeCode).</summary>
public enum Sequence
{
    /// <summary>The first of several (FRST).</summary>
    First = 1,

    /// <summary>One of several (RCUR).</summary>
    Recurring = 2,

    /// <summary>The only one (OOFF).</summary>
    OneOff = 3,

    /// <summary>The last of several (FNAL).</summary>
    Final = 4,
}

/// <summary>A debtor's leave to be debited at the bank. Who the debtor is there stands in a document that only its readers have.</summary>
/// <param name="Reference">The unique mandate reference (AT-01), the creditor's: at most 35 signs.</param>
/// <param name="CreditorId">The creditor's identifier in the scheme (AT-02).</param>
/// <param name="Scheme">Which scheme.</param>
/// <param name="OneOff">Whether it is for a single debit.</param>
/// <param name="SignedOn">The day of its signature (AT-25), as its first moment.</param>
/// <param name="Account">Commitment to the debtor's account at the bank: name, IBAN, BIC.</param>
/// <param name="Amended">What has changed since it was last used, which the next debit tells the bank; nothing, where nothing has.</param>
public readonly record struct SepaMandate(string Reference, string CreditorId, Scheme Scheme, bool OneOff, Instant SignedOn, Hash Account, Amendment? Amended)
{
    /// <summary>A mandate that is not used for so many months is no more (EPC016-06, §4.1).</summary>
    public const int MonthsUnused = 36;

    /// <summary>Whether its words are such as banks take.</summary>
    public bool IsWellFormed => SepaIdentifiers.IsReference(Reference) && SepaIdentifiers.IsCreditorId(CreditorId) && SignedOn.Seconds % Instant.Day == 0;

    /// <summary>The first moment at which it is no more, when it was last used, or signed, on a day.</summary>
    public static Instant LapsesAfter(Instant day) => CalendarDate.Of(CalendarDate.Of(day).PlusMonths(MonthsUnused).Number + 1).Begin;
}

/// <summary>What was changed in a mandate, as it was before (AT-24).</summary>
/// <param name="Reference">The reference before, where it has changed.</param>
/// <param name="CreditorId">The creditor's identifier before, where it has changed.</param>
/// <param name="OtherAccount">Whether the debtor has moved to another account.</param>
public readonly record struct Amendment(string? Reference, string? CreditorId, bool OtherAccount);

/// <summary>How far a mandate has been used.</summary>
/// <param name="Live">Debits under it that did not fail before they were settled: after none, the next is the first.</param>
/// <param name="Last">The latest day of a debit, or of the signature, from which the months of a lapse count.</param>
/// <param name="Final">Whether the last of several is under way or settled.</param>
public readonly record struct MandateUse(uint Live, Instant Last, bool Final);
