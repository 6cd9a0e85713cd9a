using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>What was done with a part.</summary>
public enum StepKind
{
    /// <summary>It was put into another part.</summary>
    Assembled = 1,

    /// <summary>It was mounted in a vehicle.</summary>
    Mounted = 2,

    /// <summary>It was taken out of a vehicle or of another part.</summary>
    Removed = 3,

    /// <summary>It was scrapped.</summary>
    Scrapped = 4,
}

/// <summary>Why a step cannot be right, or not this one and an earlier one too.</summary>
public enum AlarmKind
{
    /// <summary>Nobody has made that part.</summary>
    NeverMade = 1,

    /// <summary>It stands in another vehicle or in another part at the same time.</summary>
    Elsewhere = 2,

    /// <summary>It had been scrapped.</summary>
    Scrapped = 3,

    /// <summary>Its batch, or that of a part in it, is called back.</summary>
    CalledBack = 4,
}

/// <summary>What the maker of an article promises for each part of it, from the day on which it is mounted.</summary>
/// <param name="Days">For so long; nothing: no promise.</param>
/// <param name="Kilometres">And no further than so many; nothing: however far.</param>
public readonly record struct Cover(ushort Days, uint Kilometres);

/// <summary>An article.</summary>
/// <param name="Maker">Who makes it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Cover">What its maker promises for each part.</param>
public readonly record struct Article(Party Maker, string Name, Cover Cover);

/// <summary>A batch.</summary>
/// <param name="Gtin">Of which article.</param>
/// <param name="Number">As its maker numbers it (AI 10).</param>
/// <param name="Count">How many parts.</param>
/// <param name="At">When it was entered.</param>
/// <param name="Sheet">Commitment to what is written of it.</param>
/// <param name="CalledBack">The recall, where there is one.</param>
public readonly record struct Batch(string Gtin, string Number, uint Count, Instant At, Hash Sheet, BatchRecall? CalledBack);

/// <summary>A batch is called back.</summary>
/// <param name="Number">As the authority or the Brand numbers it.</param>
/// <param name="Remedy">Commitment to the instructions.</param>
/// <param name="At">When.</param>
public readonly record struct BatchRecall(string Number, Hash Remedy, Instant At);

/// <summary>How far the vehicles of a batch that was called back have been told.</summary>
/// <param name="Batch">Which.</param>
/// <param name="After">The last vehicle that was told.</param>
/// <param name="Vehicles">How many so far.</param>
public readonly record struct Telling(uint Batch, string? After, uint Vehicles);

/// <summary>What every step says.</summary>
/// <param name="By">Who takes it, and signs.</param>
/// <param name="At">When that was.</param>
/// <param name="Document">Commitment to what is written of it.</param>
/// <param name="Odometer">What the vehicle's odometer showed, where it was read.</param>
public readonly record struct PartNote(Party By, Instant At, Hash Document, Odometer? Odometer);

/// <summary>A step.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Note">Who, when, what is written of it, the odometer.</param>
/// <param name="Vin">Into or out of which vehicle.</param>
/// <param name="Other">Into or out of which part.</param>
/// <param name="Before">The step before it that stands; 0: there was none.</param>
/// <param name="Correction">That it was never so, where whoever took it has said that: whoever reads the step reads that too.</param>
public readonly record struct PartStep(StepKind Kind, PartNote Note, string? Vin, Sgtin? Other, uint Before, PartCorrection? Correction);

/// <summary>A step was never taken.</summary>
/// <param name="At">When that was said.</param>
/// <param name="Reason">Commitment to why.</param>
public readonly record struct PartCorrection(Instant At, Hash Reason);

/// <summary>An alarm.</summary>
/// <param name="Kind">What cannot be.</param>
/// <param name="Part">Which part raised it.</param>
/// <param name="Step">Which of its steps.</param>
/// <param name="By">Who took that step.</param>
/// <param name="Vin">In which vehicle.</param>
/// <param name="At">When it was raised.</param>
/// <param name="Explained">Commitment to what the Brand found out.</param>
public readonly record struct Alarm(AlarmKind Kind, Sgtin Part, uint Step, Party By, string? Vin, Instant At, Hash? Explained);

/// <summary>A document of a part.</summary>
/// <param name="Kind">Of which kind, by the name of its schema.</param>
/// <param name="Document">SHA-256 of it, or a commitment to it.</param>
/// <param name="By">Who attached it.</param>
/// <param name="At">When.</param>
public readonly record struct Paper(string Kind, Hash Document, Party By, Instant At);

/// <summary>A part as it stands.</summary>
/// <param name="Id">Which.</param>
/// <param name="Batch">Of which batch; 0: nobody has made it.</param>
/// <param name="Scrapped">Whether it was scrapped.</param>
/// <param name="Into">The part that it was put into.</param>
/// <param name="Vins">The vehicles in which it is said to be. More than one cannot be true, and is an alarm.</param>
/// <param name="Depth">How deep parts have been nested in it.</param>
/// <param name="Steps">How many steps there are.</param>
/// <param name="Latest">The last step that was not corrected; 0: there is none.</param>
/// <param name="Papers">How many documents are attached.</param>
/// <param name="Alarms">How many alarms it has raised.</param>
/// <param name="Unexplained">How many of them the Brand has not explained.</param>
public readonly record struct Part(
    Sgtin Id, uint Batch, bool Scrapped, Sgtin? Into, Many<string> Vins, byte Depth, uint Steps, uint Latest, uint Papers, uint Alarms, uint Unexplained)
{
    /// <summary>Whether it stands in a vehicle or in another part.</summary>
    public bool IsSomewhere => Into is not null || Vins.Count > 0;

    internal static Part New(in Sgtin id, uint batch) => new(id, batch, false, null, default, 0, 0, 0, 0, 0, 0);

    internal Part In(string vin)
    {
        var vins = new List<string>();
        foreach (var each in Vins) vins.Add(each);
        vins.Add(vin);
        return this with { Vins = new Many<string>(vins.ToArray()) };
    }

    internal Part OutOf(string vin)
    {
        var vins = new List<string>();
        foreach (var each in Vins)
            if (each != vin) vins.Add(each);
        return this with { Vins = new Many<string>(vins.ToArray()) };
    }
}
