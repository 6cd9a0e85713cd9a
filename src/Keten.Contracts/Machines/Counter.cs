using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>What a machine's counter shows: all of it since the machine was new. Numbers may be left out: the next reading has what a lost one had.</summary>
/// <param name="Number">Of the reading; each is higher than the one before.</param>
/// <param name="At">When, by the machine's clock.</param>
/// <param name="Pieces">How many it has made.</param>
/// <param name="Seconds">How long it has run.</param>
/// <param name="Down">How many seconds it has stood and could not run.</param>
/// <param name="Failures">How often it has failed.</param>
public readonly record struct Counter(uint Number, Instant At, uint Pieces, uint Seconds, uint Down, uint Failures)
{
    /// <summary>Whether it is earlier than another, or shows less of anything.</summary>
    public bool RunsBehind(in Counter last) => At < last.At || Pieces < last.Pieces || Seconds < last.Seconds || Down < last.Down || Failures < last.Failures;

    /// <summary>Whether the machine would have run and stood for longer since another than time has passed.</summary>
    public bool OutrunsTime(in Counter last) => (long)Seconds - last.Seconds + Down - last.Down > At - last.At;
}

/// <summary>How worn the machine is.</summary>
/// <param name="Wear">The most minutes that a tool in it had worked, since the reading before.</param>
/// <param name="Strain">The most that wear times torque came to since the reading before, in min·N·m.</param>
public readonly record struct Condition(uint Wear, uint Strain);

/// <summary>What was used in a calendar month, in UTC, or in the part of one in which the agreement was alive.</summary>
/// <param name="Began">Its first moment.</param>
/// <param name="Pieces">How many pieces were made.</param>
/// <param name="Seconds">How long the machine ran.</param>
/// <param name="Down">How many seconds it stood and could not run.</param>
/// <param name="Services">How often a service was called.</param>
/// <param name="Late">What is credited for services that came late.</param>
public readonly record struct Month(Instant Began, uint Pieces, uint Seconds, uint Down, uint Services, Amount Late)
{
    /// <summary>One in which nothing has been used yet.</summary>
    public static Month From(Instant began, Unit currency) => new(began, 0, 0, 0, 0, currency.Of(0));

    /// <summary>When the calendar month is over.</summary>
    public Instant Ends => First.PlusMonths(1).Begin;

    /// <summary>How many seconds the whole calendar month has.</summary>
    public long Length => Ends - First.Begin;

    private CalendarDate First => CalendarDate.Of(Began) with { Day = 1 };

    /// <summary>Whether what lies between two readings can be counted in it; not where it would be more than 2³² − 1 of anything.</summary>
    public bool HasRoomFor(in Counter last, in Counter now) =>
        now.Pieces - last.Pieces <= uint.MaxValue - Pieces && now.Seconds - last.Seconds <= uint.MaxValue - Seconds && now.Down - last.Down <= uint.MaxValue - Down;

    /// <summary>With what lies between two readings.</summary>
    public Month Plus(in Counter last, in Counter now) =>
        this with { Pieces = Pieces + (now.Pieces - last.Pieces), Seconds = Seconds + (now.Seconds - last.Seconds), Down = Down + (now.Down - last.Down) };
}

/// <summary>A month as it was settled.</summary>
/// <param name="Month">What was used.</param>
/// <param name="Until">When it ended.</param>
/// <param name="Cost">What it cost: its use, or the minimum.</param>
/// <param name="Credit">What was credited for standing and for late services.</param>
/// <param name="Corrected">What the owner has credited since.</param>
public readonly record struct Bill(Month Month, Instant Until, Amount Cost, Amount Credit, Amount Corrected)
{
    /// <summary>What the user was to pay when it was settled.</summary>
    public Amount Due => Cost - Credit;
}

/// <summary>How the machine is kept up.</summary>
/// <param name="Served">How often it had failed at the last service.</param>
/// <param name="Called">Since when a service is waited for, while one is.</param>
public readonly record struct Upkeep(uint Served, Instant? Called);
