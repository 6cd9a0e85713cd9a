using Keten.Kernel;

namespace Keten.Contracts.Devices;

/// <summary>
/// What one Device of a register shows is put on record as the device signs it, for its Owner and a Reader: a temperature, an odometer, a state of charge. Nothing is paid by it. A reading that is doubled,
/// out of order, ahead of time or by a device that is not in force is refused.
/// </summary>
/// <param name="Owner">Who has it recorded.</param>
/// <param name="Reader">Who reads it too; may be the owner.</param>
/// <param name="Register">Where the device is enrolled.</param>
/// <param name="Device">Which device.</param>
/// <param name="Number">Of the last reading; 0 before the first.</param>
/// <param name="At">When it was taken, by the device's clock.</param>
/// <param name="Shown">What it showed.</param>
public sealed record SensorLog(Party Owner, Party Reader, Agreement<DeviceRegister> Register, Party Device, uint Number, Instant At, Amount Shown) : IReadBy
{
    /// <summary>A device's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<SensorLog> NotTheDevice = new(1, "The reading is not signed by the device, or is for another log.");
    public static readonly Refusal<SensorLog> NotInForce = new(2, "The device is not in the register, is revoked, or its calibration was not in force.");
    public static readonly Refusal<SensorLog> TakenAlready = new(3, "The reading of that number has been taken already.");
    public static readonly Refusal<SensorLog> OlderThanLast = new(4, "A reading of a higher number, or of a later time, has been taken already.");
    public static readonly Refusal<SensorLog> AheadOfTime = new(5, "The reading is of a later time than it is.");
    public static readonly Refusal<SensorLog> NotThisUnit = new(6, "The reading is in another unit, or there is no such unit.");

    /// <summary>What a device signs.</summary>
    /// <param name="For">The log that it is for.</param>
    /// <param name="Number">Each is higher than the one before; some may be left out.</param>
    /// <param name="At">When, by the device's clock.</param>
    /// <param name="Shown">What it shows.</param>
    public readonly record struct Reading(Agreement<SensorLog> For, uint Number, Instant At, Amount Shown);

    public Readers MayRead(Facts facts) => Readers.Of(Owner, Reader, Device);

    /// <summary>The Owner has a device's readings recorded.</summary>
    /// <param name="Owner">Who has them recorded.</param>
    /// <param name="Reader">Who reads them too.</param>
    /// <param name="Register">Where the device is enrolled.</param>
    /// <param name="Device">Which device.</param>
    /// <param name="Unit">What it counts in.</param>
    public sealed record Begin(Party Owner, Party Reader, Agreement<DeviceRegister> Register, Party Device, Unit Unit) : IOpening<SensorLog>
    {
        public Signers MustSign(Facts facts) => Signers.All(Owner);

        public Outcome<SensorLog> Decide(Facts facts)
        {
            if (facts.Of(Register).Find(DeviceRegister.Devices, Device) is not { Revoked: null }) return NotInForce;
            if (facts.Describe(Unit) is null) return NotThisUnit;
            return facts.Accept(new SensorLog(Owner, Reader, Register, Device, 0, default, Unit.Of(0))).Emit(new Begun(Owner, Device, Unit));
        }
    }

    /// <summary>What the device signed is recorded. Anybody may hand it in.</summary>
    /// <param name="Reading">Signed by the device.</param>
    public readonly record struct Report(Signed<Reading> Reading) : IClause<SensorLog>
    {
        public Signers MustSign(SensorLog agreed, Facts facts) => Signers.Anyone;

        public Outcome<SensorLog> Decide(SensorLog agreed, Facts facts)
        {
            var (by, (agreement, number, at, shown)) = Reading;
            if (by != agreed.Device || agreement != facts.Self<SensorLog>()) return NotTheDevice;
            if (facts.Of(agreed.Register).Find(DeviceRegister.Devices, by) is not { } device || !device.IsInForce(at)) return NotInForce;
            if (number == agreed.Number) return TakenAlready;
            if (number < agreed.Number || at < agreed.At) return OlderThanLast;
            if (at > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            if (shown.Unit != agreed.Shown.Unit) return NotThisUnit;
            return facts.Accept(agreed with { Number = number, At = at, Shown = shown }).Emit(new Reported(number, at, shown));
        }
    }

    /// <summary>The Owner has nothing more recorded.</summary>
    public readonly record struct Close : IClause<SensorLog>, IExit
    {
        public Signers MustSign(SensorLog agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<SensorLog> Decide(SensorLog agreed, Facts facts) => facts.Accept(agreed).Emit(new Closed(agreed.Number)).End();
    }

    public readonly record struct Begun(Party Owner, Party Device, Unit Unit) : IEvent;
    public readonly record struct Reported(uint Number, Instant At, Amount Shown) : IEvent;
    public readonly record struct Closed(uint Number) : IEvent;

    public static readonly Contract<SensorLog> Contents = new Contract<SensorLog>(code: 71, version: 1, Codecs.SensorLog.State)
        .Opens(1, Codecs.SensorLog.Begin).Does(2, Codecs.SensorLog.Report).Does(3, Codecs.SensorLog.Close)
        .Tells(1, Codecs.SensorLog.Begun).Tells(2, Codecs.SensorLog.Reported).Tells(3, Codecs.SensorLog.Closed)
        .Refuses(NotTheDevice, NotInForce, TakenAlready, OlderThanLast, AheadOfTime, NotThisUnit);
}
