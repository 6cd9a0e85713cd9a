namespace Keten.Connectors.Ocmf;

/// <summary>Why a reading was taken (OCMF, field TX). The value is the letter.</summary>
public enum OcmfTransaction
{
    /// <summary>No transaction reference: fiscal metering.</summary>
    None = 0,

    /// <summary>Begin of the transaction.</summary>
    Begin = 'B',

    /// <summary>During charging.</summary>
    Charging = 'C',

    /// <summary>Error during charging: from here on energy or time is not usable.</summary>
    Exception = 'X',

    /// <summary>End of the transaction.</summary>
    End = 'E',

    /// <summary>End, terminated locally.</summary>
    EndLocal = 'L',

    /// <summary>End, terminated remotely.</summary>
    EndRemote = 'R',

    /// <summary>End, aborted by an error.</summary>
    EndAborted = 'A',

    /// <summary>End, by power failure.</summary>
    EndPowerFailure = 'P',

    /// <summary>Active, but not charging now.</summary>
    Suspended = 'S',

    /// <summary>Change of tariff.</summary>
    TariffChange = 'T',
}

/// <summary>Groups of <see cref="OcmfTransaction"/>.</summary>
public static class OcmfTransactions
{
    /// <summary>Whether it ends a transaction: E, L, R, A or P.</summary>
    public static bool Ends(this OcmfTransaction transaction) => transaction
        is OcmfTransaction.End or OcmfTransaction.EndLocal or OcmfTransaction.EndRemote or OcmfTransaction.EndAborted or OcmfTransaction.EndPowerFailure;
}

/// <summary>One reading of a record (OCMF table 7). Fields left out have taken their value from the reading before.</summary>
public sealed record OcmfReading
{
    /// <summary>TM: time and clock status.</summary>
    public required OcmfTime Time { get; init; }

    /// <summary>TX: the reason.</summary>
    public OcmfTransaction Transaction { get; init; }

    /// <summary>RV: the value as written; null where no reading so far had one.</summary>
    public decimal? Value { get; init; }

    /// <summary>RI: the register, as OBIS code.</summary>
    public string? Register { get; init; }

    /// <summary>RU: the unit as written.</summary>
    public string? Unit { get; init; }

    /// <summary>RT: AC or DC.</summary>
    public string? CurrentType { get; init; }

    /// <summary>CL: loss already taken out of the value since the begin, in <see cref="Unit"/>.</summary>
    public decimal? CumulatedLoss { get; init; }

    /// <summary>EF: quantities not usable for billing, E energy, t time; empty when all are.</summary>
    public string ErrorFlags { get; init; } = "";

    /// <summary>ST: state of the meter, G when good (table 10).</summary>
    public required string Status { get; init; }

    /// <summary>Fields that the standard does not name, as JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>The value in watt-hours, exact; null when there is none or its unit is no energy.</summary>
    public decimal? WattHours => OcmfEnergy.WattHours(Value, Unit);
}
