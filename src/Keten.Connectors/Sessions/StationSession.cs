using Keten.Kernel;

namespace Keten.Connectors.Sessions;

/// <summary>One row of a charging station's session file.</summary>
/// <param name="Id">The session, once in a file.</param>
/// <param name="StationId">The station, which may have several connectors.</param>
/// <param name="LocationId">Where it stands.</param>
/// <param name="UserId">Who charged, by the operator's number.</param>
/// <param name="Begin">The wall clock's reading as it stands, as if it were UTC.</param>
/// <param name="End">The same at the end; not before the begin.</param>
/// <param name="WattHours">What was charged.</param>
public sealed record StationSession(string Id, string StationId, string LocationId, string UserId, Instant Begin, Instant End, long WattHours);

/// <summary>A row as it was read: a session, or why there is none.</summary>
/// <param name="Line">The line in the file, from 1; the header is line 1.</param>
/// <param name="Session">There when nothing is refused.</param>
/// <param name="Refusal">Why the row is refused; <see cref="SessionRefusal.None"/> where it is not.</param>
public readonly record struct SessionRow(int Line, StationSession? Session, SessionRefusal Refusal);

/// <summary>Why a row of a session file is refused.</summary>
public enum SessionRefusal
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>It has more or fewer columns than the header, or ends within quotes: cut off, as a rule.</summary>
    WrongColumns = 1,

    /// <summary>A date or time that does not exist, or is not written as <c>YYYY-MM-DD hh:mm:ss</c>.</summary>
    NotATime = 2,

    /// <summary>It ends before it begins.</summary>
    EndBeforeBegin = 3,

    /// <summary>Less than no energy.</summary>
    NegativeEnergy = 4,

    /// <summary>The energy is not a number, or over 100 MWh.</summary>
    EnergyNotANumber = 5,

    /// <summary>A row above has the same session id.</summary>
    DuplicateId = 6,

    /// <summary>An id is longer than <see cref="SessionCsv.MaxText"/>, or the line longer than <see cref="SessionCsv.MaxLine"/>.</summary>
    TooLong = 7,

    /// <summary>An id is missing.</summary>
    MissingId = 8,

    /// <summary>The first line lacks a column that is needed, or has one twice; nothing more is read.</summary>
    NoHeader = 9,

    /// <summary>The file has more rows than are read; nothing more is read.</summary>
    TooManyRows = 10,
}
