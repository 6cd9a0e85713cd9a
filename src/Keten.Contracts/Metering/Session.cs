using Keten.Kernel;

namespace Keten.Contracts.Metering;

/// <summary>One charged session: what it cost as far as is known now, and what has been paid of it.</summary>
/// <param name="Meter">Whose reading it was.</param>
/// <param name="Begin">When it began, by the meter.</param>
/// <param name="ChargedAt">When it was charged, in ledger time; the days for a dispute count from here.</param>
/// <param name="Energy">What the register counted.</param>
/// <param name="Cost">What it costs, VAT included; lowered by a credit or a ruling.</param>
/// <param name="Vat">The VAT in it.</param>
/// <param name="Paid">What the customer has paid and not been given back; while it is disputed, also what is on hold.</param>
/// <param name="Disputed">Whether it is or was disputed: once only.</param>
public readonly record struct Session(Party Meter, Instant Begin, Instant ChargedAt, Amount Energy, Amount Cost, Amount Vat, Amount Paid, bool Disputed)
{
    /// <summary>What the customer still owes of it.</summary>
    public Amount Arrears => Cost.Less(Paid);

    /// <summary>What the provider still owes the customer of it.</summary>
    public Amount Overpaid => Paid.Less(Cost);

    /// <summary>The same at a lower cost, with VAT in proportion, rounded half-even.</summary>
    public Session At(Amount cost) => Cost.IsZero ? this : this with { Cost = cost, Vat = Vat.Times(cost.Minor, Cost.Minor, Rounding.HalfEven) };
}

/// <summary>A dispute that is open.</summary>
/// <param name="OnHold">What was taken back from the provider, and is kept until it is settled.</param>
/// <param name="Claim">Commitment to what the customer says.</param>
/// <param name="Answer">Commitment to what the provider answers; none yet, where it has not.</param>
public readonly record struct OpenDispute(Amount OnHold, Hash Claim, Hash? Answer);

/// <summary>How a dispute came to its end.</summary>
public enum Settlement
{
    /// <summary>The provider gave in.</summary>
    Conceded = 1,

    /// <summary>The customer gave up.</summary>
    Dropped = 2,

    /// <summary>The arbiter ruled.</summary>
    Ruled = 3,

    /// <summary>The provider gave no answer in time: for the customer.</summary>
    Unanswered = 4,

    /// <summary>The arbiter did not rule in time: for the provider.</summary>
    Unruled = 5,
}

/// <summary>
/// How the money of a dispute is divided: what is struck from the cost comes first off what is owed, then out of what is on hold; the rest of that is the
/// provider's.
/// </summary>
internal readonly record struct Division(Session After, Amount ToCustomer, Amount ToProvider)
{
    /// <summary>Divides what is on hold, so that both parts always sum to it.</summary>
    public static Division Of(in Session session, Amount onHold, Amount struck)
    {
        var right = session.At(session.Cost - struck.OrAtMost(session.Cost));
        var back = right.Overpaid.OrAtMost(onHold);
        return new Division(right with { Paid = right.Paid - back }, back, onHold - back);
    }
}
