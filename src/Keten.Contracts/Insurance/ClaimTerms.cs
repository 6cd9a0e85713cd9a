using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>How claims are handled.</summary>
/// <param name="Damages">What damage is expected after a crash, by how hard it was; what nothing reaches is no crash.</param>
/// <param name="HoursToVeto">So long the assessor can look at a proposal before it is granted by itself.</param>
/// <param name="DaysToContest">So long the holder can contest a veto.</param>
/// <param name="DaysToRule">So long the arbiter can rule.</param>
/// <param name="DaysToRepair">So long after it was granted a claim is open for repairs.</param>
/// <param name="InMoney">The share that a holder has who takes money instead of repairs: what is left without the tax on them.</param>
/// <param name="Watches">What makes a claim wait for a human's word.</param>
public sealed record ClaimTerms(
    Many<ExpectedDamage> Damages, ushort HoursToVeto, ushort DaysToContest, ushort DaysToRule, ushort DaysToRepair, Rate InMoney, Many<Watch> Watches)
{
    /// <summary>No table has more rows.</summary>
    public const int DamagesAtMost = 32;

    /// <summary>Each kind is watched once at most.</summary>
    public const int WatchesAtMost = 4;

    /// <summary>No time is longer, in days.</summary>
    public const int DaysAtMost = 1_000;

    /// <summary>Whether they can be carried out, in this money.</summary>
    public bool AreWhole(Unit money)
    {
        if (Damages.Count is 0 or > DamagesAtMost || Watches.Count > WatchesAtMost || InMoney.Millionths is < 0 or > Rate.One) return false;
        if (HoursToVeto is 0 or > DaysAtMost || DaysToContest is 0 or > DaysAtMost || DaysToRule is 0 or > DaysAtMost || DaysToRepair is 0 or > DaysAtMost) return false;
        for (var each = 0; each < Damages.Count; each++)
        {
            if (Damages[each].Damage.Unit != money || Damages[each].Damage.Minor is <= 0 or > PremiumTerms.PriceAtMost) return false;
            if (each > 0 && Damages[each].From <= Damages[each - 1].From) return false;
        }
        for (var each = 0; each < Watches.Count; each++)
            for (var other = 0; other < each; other++)
                if (Watches[other].For == Watches[each].For) return false;
        return true;
    }

    /// <summary>The damage that is expected; null where it was no crash.</summary>
    /// <param name="severity">The change of speed, in km/h.</param>
    public Amount? DamageAfter(ushort severity)
    {
        Amount? damage = null;
        foreach (var row in Damages)
            if (row.From <= severity) damage = row.Damage;
        return damage;
    }

    /// <summary>The limit of what is watched; null where that is not watched.</summary>
    public uint? LimitOf(Suspicion kind)
    {
        foreach (var watch in Watches)
            if (watch.For == kind) return watch.Limit;
        return null;
    }
}

/// <summary>What damage is expected from a severity on.</summary>
/// <param name="From">The change of speed, in km/h.</param>
/// <param name="Damage">What repairs will cost.</param>
public readonly record struct ExpectedDamage(ushort From, Amount Damage);

/// <summary>A rule against fraud. It pays nothing and refuses nothing: it has a human look.</summary>
/// <param name="For">What is watched for.</param>
/// <param name="Limit">From where on, as the kind says.</param>
public readonly record struct Watch(Suspicion For, uint Limit);

/// <summary>Why a claim waits for a human's word.</summary>
public enum Suspicion
{
    /// <summary>The same event twice: another claim is for an event less than the limit, in seconds, before or after.</summary>
    SameEvent = 1,

    /// <summary>Cover bought after the event: the policy was accepted after it, or less than the limit, in seconds, before it.</summary>
    BoughtAfter = 2,

    /// <summary>Distance that does not fit the odometer: the crash record shows less than was read before, or more than the limit, in metres a day, allows.</summary>
    OdometerMisfit = 3,

    /// <summary>Work that was never done, or a part never mounted: the repair does not stand in the vehicle's book as that garage's service since the event. The limit means nothing.</summary>
    NotInTheBook = 4,
}
