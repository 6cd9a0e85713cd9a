namespace Keten.Contracts.Vehicles;

/// <summary>What an odometer shows. COVESA's vehicle signal specification calls the measure Vehicle.TraveledDistance, in metres; an instrument shows kilometres or miles.</summary>
/// <param name="Shown">Whole ones, as they stand there.</param>
/// <param name="In">Of what.</param>
public readonly record struct Odometer(uint Shown, DistanceUnit In)
{
    /// <summary>What readings are compared by, exactly: an international mile is 1,609.344 m.</summary>
    public ulong Millimetres => Shown * (In switch { DistanceUnit.Metre => 1_000UL, DistanceUnit.Kilometre => 1_000_000UL, _ => 1_609_344UL });
}

/// <summary>In what an odometer counts.</summary>
public enum DistanceUnit
{
    /// <summary>Metres, as the vehicle's own signal.</summary>
    Metre = 1,

    /// <summary>Kilometres.</summary>
    Kilometre = 2,

    /// <summary>International miles.</summary>
    Mile = 3,
}

/// <summary>What an entry in a vehicle's book is about.</summary>
public enum EntryKind
{
    /// <summary>Parts and labour of a garage.</summary>
    Service = 1,

    /// <summary>A periodical or other inspection.</summary>
    Inspection = 2,

    /// <summary>A collision.</summary>
    Collision = 3,

    /// <summary>Software was written to the vehicle, or was not.</summary>
    Software = 4,

    /// <summary>A measure, a test, an analysis, a reset.</summary>
    Measurement = 5,

    /// <summary>The odometer was read, and nothing else.</summary>
    Reading = 6,

    /// <summary>An earlier entry is put right.</summary>
    Correction = 7,
}

/// <summary>How what an entry is about came out.</summary>
public enum Result
{
    /// <summary>It was done.</summary>
    Done = 1,

    /// <summary>It was passed.</summary>
    Passed = 2,

    /// <summary>It failed.</summary>
    Failed = 3,

    /// <summary>It was undone, and all is as before.</summary>
    RolledBack = 4,
}
