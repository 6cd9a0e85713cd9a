using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>How far a debit is.</summary>
public enum Stage
{
    /// <summary>The debtor has been told of it.</summary>
    Announced = 1,

    /// <summary>It stands in a file that was handed to the bank.</summary>
    Presented = 2,

    /// <summary>The bank has taken it in.</summary>
    Accepted = 3,

    /// <summary>The bank has booked it to the creditor's side.</summary>
    Settled = 4,

    /// <summary>A bank did not carry it out (reject).</summary>
    Rejected = 5,

    /// <summary>The debtor told its bank beforehand not to pay it (refusal).</summary>
    Refused = 6,

    /// <summary>The creditor took it back before it was settled (request for cancellation).</summary>
    Cancelled = 7,

    /// <summary>The debtor's bank sent it back (return).</summary>
    Returned = 8,

    /// <summary>The debtor claimed it back (refund).</summary>
    Refunded = 9,

    /// <summary>The creditor gave it back (reversal).</summary>
    Reversed = 10,
}

/// <summary>What undoes a debit: the scheme's exceptions, each leading to the stage of its number (EPC016-06, §4.4).</summary>
public enum Undoing
{
    /// <summary>Before it was settled, by a bank.</summary>
    Reject = 5,

    /// <summary>Before it was settled, by the debtor.</summary>
    Refusal = 6,

    /// <summary>Before it was settled, by the creditor.</summary>
    Cancellation = 7,

    /// <summary>After it was settled, by the debtor's bank.</summary>
    Return = 8,

    /// <summary>After it was settled, by the debtor.</summary>
    Refund = 9,

    /// <summary>After it was settled, by the creditor.</summary>
    Reversal = 10,
}

/// <summary>One debit, with all that its line in a file says; the file can so be made again when everything else has changed.</summary>
/// <param name="Amount">How much: whole cents.</param>
/// <param name="On">The day of collection, as its first moment.</param>
/// <param name="Sequence">Where it stands among those of its mandate.</param>
/// <param name="Under">The mandate, as it was when the debit was announced.</param>
/// <param name="PayTo">Commitment to the creditor's account, as it was then.</param>
/// <param name="AnnouncedAt">When the debtor was told.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="File">The file that it stands in; none before.</param>
/// <param name="SettledOn">The bank's day of booking; none before.</param>
/// <param name="Reason">Why it was undone, by its code of ISO 20022; empty before.</param>
public readonly record struct Debit(
    Amount Amount, Instant On, Sequence Sequence, SepaMandate Under, Hash PayTo, Instant AnnouncedAt, Stage Stage, Hash? File, Instant? SettledOn, string Reason)
{
    /// <summary>Whether it is on its way: told of, and neither settled nor undone.</summary>
    public bool IsUnderway => Stage is Stage.Announced or Stage.Presented or Stage.Accepted;

    /// <summary>Whether it is with the bank.</summary>
    public bool IsAtBank => Stage is Stage.Presented or Stage.Accepted;
}

/// <summary>Until when the schemes let a settled debit be undone (EPC016-06 and EPC222-07, §4.3).</summary>
public static class UndoingTimes
{
    /// <summary>A debtor's claim to what was authorised, in weeks from the debit; in the Core scheme only.</summary>
    public const int WeeksToRefund = 8;

    /// <summary>A debtor's claim to what was never authorised, in months from the debit; in the Core scheme only.</summary>
    public const int MonthsUnauthorised = 13;

    /// <summary>A return or a reversal, in days of TARGET from the debit.</summary>
    public const int DaysToReturn = 5;

    /// <summary>The same for a return between companies.</summary>
    public const int DaysToReturnB2B = 3;

    /// <summary>A claim made on the last day is booked so many days of TARGET later at most.</summary>
    public const int DaysToBook = 4;

    /// <summary>The code of a debit that was never authorised.</summary>
    public const string Unauthorised = "MD01";

    /// <summary>The code of a debtor who has died.</summary>
    public const string Deceased = "MD07";

    /// <summary>The last day, since 1970, on which a bank may book it; null where the scheme does not know it.</summary>
    /// <param name="scheme">Which scheme.</param>
    /// <param name="how">What undoes the debit.</param>
    /// <param name="unauthorised">Whether the debtor says that there was no mandate.</param>
    /// <param name="settledOn">The debit's day of booking.</param>
    public static long? LastDay(Scheme scheme, Undoing how, bool unauthorised, Instant settledOn) => (how, scheme) switch
    {
        (Undoing.Return, Scheme.B2B) => TargetCalendar.Plus(settledOn.DayNumber, DaysToReturnB2B + DaysToBook),
        (Undoing.Return or Undoing.Reversal, _) => TargetCalendar.Plus(settledOn.DayNumber, DaysToReturn + DaysToBook),
        (Undoing.Refund, Scheme.Core) when unauthorised => TargetCalendar.Plus(CalendarDate.Of(settledOn).PlusMonths(MonthsUnauthorised).Number, DaysToBook),
        (Undoing.Refund, Scheme.Core) => TargetCalendar.Plus(settledOn.DayNumber + 7 * WeeksToRefund, DaysToBook),
        _ => null,
    };
}
