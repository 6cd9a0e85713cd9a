using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The links of a passport, in the order in which they are checked.</summary>
public enum PassportLink
{
    /// <summary>It is of the ledger that is meant.</summary>
    Ledger = 1,

    /// <summary>The vehicle is on the register, and has a keeper.</summary>
    Keeper = 2,

    /// <summary>It is not reported stolen.</summary>
    NotStolen = 3,

    /// <summary>The book is this vehicle's.</summary>
    Book = 4,

    /// <summary>All readings of the odometer are there.</summary>
    Odometer = 5,

    /// <summary>No recall is open.</summary>
    NoOpenRecall = 6,

    /// <summary>The receipts hold.</summary>
    Receipts = 7,

    /// <summary>All of it is of one moment.</summary>
    OneMoment = 8,

    /// <summary>The keeper has sealed it.</summary>
    Seal = 9,
}

/// <summary>One link.</summary>
/// <param name="Link">Which.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Says">What was found, in a sentence.</param>
public sealed record PassportFinding(PassportLink Link, bool Holds, string Says);

/// <summary>A reading of the odometer, as the book shows it now.</summary>
/// <param name="Entry">The entry's number.</param>
/// <param name="Reading">What it says.</param>
public sealed record PassportReading(uint Entry, VehicleLife.Reading Reading);

/// <summary>What a passport shows, and the first link that does not hold: nothing is said of those after it.</summary>
/// <param name="Links">Those that were checked.</param>
/// <param name="Vin">Of which vehicle.</param>
/// <param name="Keeper">Who keeps it, where that was reached.</param>
/// <param name="Readings">The odometer's, oldest first, where they were reached.</param>
/// <param name="At">The time that the validators certified.</param>
public sealed record PassportReport(IReadOnlyList<PassportFinding> Links, string Vin, Party Keeper, IReadOnlyList<PassportReading> Readings, Instant At)
{
    /// <summary>Whether all of it holds.</summary>
    public bool Holds => Broken is null && Links.Count == Enum.GetValues<PassportLink>().Length;

    /// <summary>The first link that does not hold; null where all do.</summary>
    public PassportFinding? Broken => Links.FirstOrDefault(link => !link.Holds);
}
