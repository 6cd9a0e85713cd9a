using Keten.Kernel;

namespace Keten.Connectors.Rides;

/// <summary>One ride of a file, as it stands there; amounts in cents.</summary>
/// <param name="From">The wall clock's reading at the pickup as it stands, as if it were UTC.</param>
/// <param name="Until">The same at the drop-off.</param>
/// <param name="Fare">By time and distance.</param>
/// <param name="Tip">What the rider added.</param>
/// <param name="Tolls">Of the roads on the way.</param>
/// <param name="Total">All of it, with what the file does not name: taxes and surcharges.</param>
public sealed record TaxiRide(Instant From, Instant Until, long Fare, long Tip, long Tolls, long Total);

/// <summary>A row as it was read: a ride, or why there is none.</summary>
/// <param name="Line">The line in the file, from 1; the header is line 1.</param>
/// <param name="Text">The line itself; empty where it is too long.</param>
/// <param name="Ride">There when nothing is refused.</param>
/// <param name="Refusal">Why the row is refused; <see cref="RideRefusal.None"/> where it is not.</param>
public readonly record struct RideRow(int Line, string Text, TaxiRide? Ride, RideRefusal Refusal);

/// <summary>Why a row of a file of rides is refused.</summary>
public enum RideRefusal
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>It has more or fewer columns than the header, or ends within quotes: cut off, as a rule.</summary>
    WrongColumns = 1,

    /// <summary>A date or time that does not exist, or is not written as <c>YYYY-MM-DD hh:mm:ss</c>.</summary>
    NotATime = 2,

    /// <summary>An amount that is no number, has more than two decimals, or is further from nothing than <see cref="RideCsv.MaxAmount"/>.</summary>
    NotAnAmount = 3,

    /// <summary>The line is longer than <see cref="Sessions.SessionCsv.MaxLine"/>.</summary>
    TooLong = 4,

    /// <summary>The first line lacks a column that is needed, or has one twice; nothing more is read.</summary>
    NoHeader = 5,

    /// <summary>The file has more rows than are read; nothing more is read.</summary>
    TooManyRows = 6,
}
