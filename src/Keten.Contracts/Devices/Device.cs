using Keten.Kernel;

namespace Keten.Contracts.Devices;

/// <summary>What a device is.</summary>
public enum DeviceKind
{
    /// <summary>A charge point with a meter that signs.</summary>
    ChargePoint = 1,

    /// <summary>A machine that counts.</summary>
    Machine = 2,

    /// <summary>A vehicle.</summary>
    Vehicle = 3,

    /// <summary>A sensor by itself.</summary>
    Sensor = 4,
}

/// <summary>That a meter counts rightly.</summary>
/// <param name="Certificate">Commitment to the certificate.</param>
/// <param name="Until">A reading that is later is not covered.</param>
public readonly record struct Calibration(Hash Certificate, Instant Until);

/// <summary>A device as its register has it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="MeterKey">SHA-256 of its meter's public key, where it has one.</param>
/// <param name="Calibration">Its certificate.</param>
/// <param name="Software">The version that it stated last.</param>
/// <param name="Since">When it was enrolled.</param>
/// <param name="Revoked">When it was revoked, if it was.</param>
public readonly record struct Device(DeviceKind Kind, Hash? MeterKey, Calibration Calibration, string Software, Instant Since, Instant? Revoked)
{
    /// <summary>Whether what it took at a moment counts: it is not revoked, whenever that was, and was calibrated then.</summary>
    public bool IsInForce(Instant at) => Revoked is null && at <= Calibration.Until;
}

/// <summary>A meter's key, and when it was in use.</summary>
/// <param name="Device">Whose meter.</param>
/// <param name="From">From when.</param>
/// <param name="Until">Until when, where it was exchanged.</param>
public readonly record struct MeterKey(Party Device, Instant From, Instant? Until);
