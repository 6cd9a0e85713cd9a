using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>What is asked of a claim before anything is paid, each question with its own kind of <see cref="Suspicion"/>. A kind that is not watched is never found.</summary>
internal static class Suspicions
{
    // So many claims of before are looked at for the same event.
    private const int CasesBack = 50;

    /// <summary>What is suspicious about a crash that was reported.</summary>
    public static Many<Suspicion> Of(Facts facts, MotorClaims claims, MotorPolicy policy, Instant at, uint metres)
    {
        var found = new List<Suspicion>();
        if (claims.Terms.LimitOf(Suspicion.SameEvent) is { } apart && IsAnother(facts, claims, at, apart)) found.Add(Suspicion.SameEvent);
        if (claims.Terms.LimitOf(Suspicion.BoughtAfter) is { } before && at < policy.BoughtAt.Plus(before)) found.Add(Suspicion.BoughtAfter);
        if (claims.Terms.LimitOf(Suspicion.OdometerMisfit) is { } perDay && IsMisfit(facts, policy, at, metres, perDay)) found.Add(Suspicion.OdometerMisfit);
        return new Many<Suspicion>(found.ToArray());
    }

    /// <summary>
    /// Whether a repair stands in the vehicle's book: as a service of that garage, made since the event, with the same document, and not corrected. Which parts a service mounted is in the
    /// document alone: serials are asked for here, once they are on the ledger.
    /// </summary>
    public static bool IsInTheBook(Facts facts, MotorPolicy policy, Party garage, Instant since, uint entry, Hash document)
    {
        if (Registration.Find(facts.Of(policy.Register), policy.Vin) is not { } vehicle) return false;
        return facts.Of(vehicle.Life).Find(VehicleLife.Log, new VehicleLife.EntryNumber(entry)) is { Kind: EntryKind.Service, CorrectedBy: null } made
            && made.By == garage && made.At >= since && made.Document == document;
    }

    private static bool IsAnother(Facts facts, MotorClaims claims, Instant at, uint apart)
    {
        var first = claims.Count > CasesBack ? claims.Count - CasesBack : 0;
        foreach (var (_, other) in facts.From(MotorClaims.Cases, new MotorClaims.CaseNumber(first), CasesBack + 1))
            if (Math.Abs(other.At - at) < apart) return true;
        return false;
    }

    private static bool IsMisfit(Facts facts, MotorPolicy policy, Instant at, uint metres, uint perDay)
    {
        var last = policy.Driving.Last;
        if (IsMisfit(at, metres, last.At, last.Metres, perDay)) return true;
        if (Registration.Find(facts.Of(policy.Register), policy.Vin) is not { } vehicle) return false;
        var book = facts.Of(vehicle.Life);
        return book.Find(VehicleLife.Readings, new VehicleLife.EntryNumber(book.State.LastReading)) is { } read
            && IsMisfit(at, metres, read.At, (long)(read.Odometer.Millimetres / 1_000), perDay);
    }

    // Of two readings the later shows no less, and no more than was possible in the days between, one that has begun counted whole.
    private static bool IsMisfit(Instant at, long metres, Instant knownAt, long known, uint perDay)
    {
        var (between, driven) = at >= knownAt ? (at - knownAt, metres - known) : (knownAt - at, known - metres);
        return driven < 0 || driven > perDay * (between / Instant.Day + 1);
    }
}
