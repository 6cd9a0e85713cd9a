using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>How far a claim is.</summary>
public enum ClaimStage
{
    /// <summary>A payout is proposed, and is granted by itself unless the assessor vetoes it.</summary>
    Proposed = 1,

    /// <summary>Something is suspicious: it waits for a human's word, however long that takes.</summary>
    Flagged = 2,

    /// <summary>The assessor has vetoed it; the holder can contest that.</summary>
    Vetoed = 3,

    /// <summary>It waits for the arbiter.</summary>
    Contested = 4,

    /// <summary>It is granted: repairs are paid, or the holder takes money.</summary>
    Granted = 5,

    /// <summary>It is over, and nothing is kept back for it.</summary>
    Closed = 6,
}

/// <summary>A claim.</summary>
/// <param name="Event">Commitment to the crash record.</param>
/// <param name="At">When it crashed.</param>
/// <param name="Metres">What the odometer showed.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Cover">What was in force then.</param>
/// <param name="Damage">What repairs will cost, as was expected or estimated last.</param>
/// <param name="Granted">What is paid in all; nothing, until it is granted.</param>
/// <param name="Costs">What repairs have cost so far.</param>
/// <param name="Allotted">What of the granted has been given to somebody.</param>
/// <param name="Paid">What of that has been paid.</param>
/// <param name="Reserve">What is held for the rest.</param>
/// <param name="Recovered">What those who caused it have paid back.</param>
/// <param name="Suspicions">Why it was flagged, ever.</param>
/// <param name="WasContested">Whether the holder has contested it, which is done once.</param>
/// <param name="Payouts">How many there are.</param>
public readonly record struct ClaimCase(
    Hash Event, Instant At, uint Metres, ClaimStage Stage, CoverTerms Cover, Amount Damage, Amount Granted, Amount Costs, Amount Allotted, Amount Paid, Amount Reserve, Amount Recovered,
    Many<Suspicion> Suspicions, bool WasContested, uint Payouts)
{
    /// <summary>What it comes to: what was granted, and what is proposed where that is more.</summary>
    public Amount Worth => Granted.OrAtLeast(Stage is ClaimStage.Proposed or ClaimStage.Flagged ? Cover.Of(Damage) : Granted);

    /// <summary>What is still to be paid, as far as it is known.</summary>
    public Amount Open => Stage == ClaimStage.Closed ? Paid - Paid : Worth.Less(Paid);

    /// <summary>What has been given to somebody and could not be paid yet.</summary>
    public Amount Unpaid => Allotted - Paid;

    /// <summary>With one more reason to look; none stands there twice.</summary>
    public ClaimCase Suspected(Suspicion kind)
    {
        var all = new List<Suspicion>();
        foreach (var each in Suspicions)
        {
            if (each == kind) return this;
            all.Add(each);
        }
        all.Add(kind);
        return this with { Suspicions = new Many<Suspicion>(all.ToArray()) };
    }
}

/// <summary>Somebody who is paid under a claim.</summary>
/// <param name="To">A garage, or the holder.</param>
/// <param name="Document">Commitment to the invoice; of the holder's own, to what was agreed.</param>
/// <param name="Cost">What it came to.</param>
/// <param name="Due">What the insurer pays of it.</param>
/// <param name="Paid">What has been paid.</param>
/// <param name="Waits">Whether it is suspicious, and waits for a human's word before anything of it is due.</param>
public readonly record struct Payout(Party To, Hash Document, Amount Cost, Amount Due, Amount Paid, bool Waits);
