using Keten.Contracts.Tariffs;

namespace Keten.Connectors.Schedules;

/// <summary>A utility's time-of-use schedule, as a tariff.</summary>
/// <param name="Name">The utility's name for it.</param>
/// <param name="Effective">From when the utility applied it, where the file says so. Reported only: who settles with it decides for when.</param>
/// <param name="Terms">The prices by season, weekday and time of day.</param>
/// <param name="DemandCharges">What OCPI has no term for. Reported and not charged.</param>
public sealed record TouSchedule(string Name, DateOnly? Effective, TariffTerms Terms, IReadOnlyList<DemandCharge> DemandCharges);

/// <summary>What a utility asks for the highest power of a month.</summary>
/// <param name="Season">The schedule's entry.</param>
/// <param name="PerKw">In the currency's major unit, per kW.</param>
public sealed record DemandCharge(string Season, decimal PerKw);
