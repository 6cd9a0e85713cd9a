using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>A moment of a session at which the meter was read. Until the next point, energy and time are taken to flow evenly.</summary>
/// <param name="At">When; not before the point before it.</param>
/// <param name="Register">What the register shows, in the tariff's unit of energy; never less than before.</param>
/// <param name="Activity">What happens from here to the next point.</param>
/// <param name="Current">The sum of the phases' current from here to the next point, in milliamperes, where it is known.</param>
/// <param name="Power">The power from here to the next point, in watts; where it is not known, the average that register and time give.</param>
public readonly record struct MeterPoint(Instant At, Amount Register, Activity Activity = Activity.Charging, long? Current = null, long? Power = null);

/// <summary>What a connected vehicle does. The charge point says so: a reading alone cannot tell a pause from the end.</summary>
public enum Activity
{
    /// <summary>It charges; this time is billed as <see cref="Dimension.Time"/>.</summary>
    Charging = 0,

    /// <summary>
    /// It is connected and does not charge; this time is billed as <see cref="Dimension.ParkingTime"/>. Its current and power count as 0 where none is given.
    /// </summary>
    Parking = 1,

    /// <summary>It is not there yet: the charge point is reserved for it. Never at a meter point.</summary>
    Reserved = 2,
}

/// <summary>A charge point was kept free.</summary>
/// <param name="From">When the reservation was made.</param>
/// <param name="Until">When the session began, or the reservation ran out.</param>
/// <param name="Expired">Whether it ran out with no session to follow.</param>
public readonly record struct Reservation(Instant From, Instant Until, bool Expired = false);
