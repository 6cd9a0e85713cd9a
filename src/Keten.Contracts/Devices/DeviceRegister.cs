using Keten.Kernel;

namespace Keten.Contracts.Devices;

/// <summary>
/// An Operator keeps a register of its devices, for all to read: whose key a device signs with, which key its meter has, until when it is calibrated, which software it runs. What a device in it is trusted
/// with, other agreements say; none trusts one that is revoked.
/// </summary>
/// <param name="Operator">Who keeps it, and answers for what stands in it.</param>
public sealed record DeviceRegister(Party Operator) : IReadBy
{
    /// <summary>The longest name of a software version, as OCPP has it.</summary>
    public const int SoftwareAtMost = 50;

    public static readonly Refusal<DeviceRegister> NotADevice = new(1, "There is no such device in the register.");
    public static readonly Refusal<DeviceRegister> EnrolledAlready = new(2, "The device is in the register already.");
    public static readonly Refusal<DeviceRegister> IsRevoked = new(3, "The device is revoked.");
    public static readonly Refusal<DeviceRegister> NotInForce = new(4, "The certificate of calibration is not in force.");
    public static readonly Refusal<DeviceRegister> KeyIsKnown = new(5, "That meter key is or was another meter's.");
    public static readonly Refusal<DeviceRegister> NotAVersion = new(6, "A software version has 1 to 50 characters, and is another than before.");

    /// <summary>The devices, by the party that each is.</summary>
    public static readonly Records<Party, Device> Devices = new(1);

    /// <summary>The keys of meters, by SHA-256 of the public key as SubjectPublicKeyInfo (RFC 5480); those of meters that were exchanged, too.</summary>
    public static readonly Records<Hash, MeterKey> MeterKeys = new(2);

    /// <summary>Everyone: who is charged by a meter looks up whether it is one.</summary>
    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>The Operator begins a register.</summary>
    /// <param name="Operator">Who keeps it.</param>
    public sealed record Begin(Party Operator) : IOpening<DeviceRegister>
    {
        public Signers MustSign(Facts facts) => Signers.All(Operator);

        public Outcome<DeviceRegister> Decide(Facts facts) => facts.Accept(new DeviceRegister(Operator)).Emit(new Begun(Operator));
    }

    /// <summary>The Operator enrols a device, which signs too: nobody's key gets into a register without it.</summary>
    /// <param name="Device">The party that it signs as.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="MeterKey">SHA-256 of its meter's public key, where it has a meter that signs by itself.</param>
    /// <param name="Calibration">Its certificate.</param>
    /// <param name="Software">The version that it runs.</param>
    public readonly record struct Enrol(Party Device, DeviceKind Kind, Hash? MeterKey, Calibration Calibration, string Software) : IClause<DeviceRegister>
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.All(agreed.Operator, Device);

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts)
        {
            if (facts.Find(Devices, Device) is not null) return EnrolledAlready;
            if (MeterKey is { } known && facts.Find(MeterKeys, known) is not null) return KeyIsKnown;
            if (Calibration.Until <= facts.Now) return NotInForce;
            if (!IsVersion(Software)) return NotAVersion;
            var enrolled = facts.Accept(agreed).Put(Devices, Device, new Device(Kind, MeterKey, Calibration, Software, facts.Now, null));
            if (MeterKey is { } key) enrolled.Put(MeterKeys, key, new MeterKey(Device, facts.Now, null));
            return enrolled.Emit(new Enrolled(Device, Kind, MeterKey, Calibration, Software));
        }
    }

    /// <summary>Another version of the software runs. The device says so itself, or the Operator for it.</summary>
    /// <param name="Device">Which.</param>
    /// <param name="Software">The version that runs now.</param>
    public readonly record struct StateSoftware(Party Device, string Software) : IClause<DeviceRegister>
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.Any(agreed.Operator, Device);

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts) =>
            facts.Find(Devices, Device) is not { } device ? NotADevice
            : device.Revoked is not null ? IsRevoked
            : !IsVersion(Software) || Software == device.Software ? NotAVersion
            : facts.Accept(agreed).Put(Devices, Device, device with { Software = Software }).Emit(new SoftwareStated(Device, device.Software, Software));
    }

    /// <summary>The meter has been calibrated again.</summary>
    /// <param name="Device">Which.</param>
    /// <param name="Calibration">The new certificate.</param>
    public readonly record struct Calibrate(Party Device, Calibration Calibration) : IClause<DeviceRegister>
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts) =>
            facts.Find(Devices, Device) is not { } device ? NotADevice
            : device.Revoked is not null ? IsRevoked
            : Calibration.Until <= facts.Now ? NotInForce
            : facts.Accept(agreed).Put(Devices, Device, device with { Calibration = Calibration }).Emit(new Calibrated(Device, Calibration));
    }

    /// <summary>The device has another meter, with a key of its own. What the meter before it signed until now still counts, however late it comes.</summary>
    /// <param name="Device">Which.</param>
    /// <param name="MeterKey">SHA-256 of the new meter's public key.</param>
    /// <param name="Calibration">The new meter's certificate.</param>
    public readonly record struct ExchangeMeter(Party Device, Hash MeterKey, Calibration Calibration) : IClause<DeviceRegister>
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts)
        {
            if (facts.Find(Devices, Device) is not { } device) return NotADevice;
            if (device.Revoked is not null) return IsRevoked;
            if (facts.Find(MeterKeys, MeterKey) is not null) return KeyIsKnown;
            if (Calibration.Until <= facts.Now) return NotInForce;
            var exchanged = facts.Accept(agreed).Put(Devices, Device, device with { MeterKey = MeterKey, Calibration = Calibration })
                .Put(MeterKeys, MeterKey, new MeterKey(Device, facts.Now, null));
            if (device.MeterKey is { } was && facts.Find(MeterKeys, was) is { } before) exchanged.Put(MeterKeys, was, before with { Until = facts.Now });
            return exchanged.Emit(new MeterExchanged(Device, device.MeterKey, MeterKey, Calibration));
        }
    }

    /// <summary>The Operator revokes a device, for ever: what it signed and was not charged before is charged no more.</summary>
    /// <param name="Device">Which.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Revoke(Party Device, Hash Reason) : IClause<DeviceRegister>, IExit
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts) =>
            facts.Find(Devices, Device) is not { } device ? NotADevice
            : device.Revoked is not null ? IsRevoked
            : facts.Accept(agreed).Put(Devices, Device, device with { Revoked = facts.Now }).Emit(new Revoked(Device, Reason));
    }

    /// <summary>
    /// Nothing is done; it is refused unless the device is in force at that moment. In one transaction with what a device's reading does elsewhere, that happens for devices in force only.
    /// </summary>
    /// <param name="Device">Which.</param>
    /// <param name="At">When it took its reading.</param>
    public readonly record struct Confirm(Party Device, Instant At) : IClause<DeviceRegister>
    {
        public Signers MustSign(DeviceRegister agreed, Facts facts) => Signers.Anyone;

        public Outcome<DeviceRegister> Decide(DeviceRegister agreed, Facts facts) =>
            facts.Find(Devices, Device) is not { } device ? NotADevice
            : device.Revoked is not null ? IsRevoked
            : !device.IsInForce(At) ? NotInForce
            : facts.Accept(agreed);
    }

    public readonly record struct Begun(Party Operator) : IEvent;
    public readonly record struct Enrolled(Party Device, DeviceKind Kind, Hash? MeterKey, Calibration Calibration, string Software) : IEvent;
    public readonly record struct SoftwareStated(Party Device, string Was, string Is) : IEvent;
    public readonly record struct Calibrated(Party Device, Calibration Calibration) : IEvent;
    public readonly record struct MeterExchanged(Party Device, Hash? Was, Hash Is, Calibration Calibration) : IEvent;
    public readonly record struct Revoked(Party Device, Hash Reason) : IEvent;

    public static readonly Contract<DeviceRegister> Contents = new Contract<DeviceRegister>(code: 70, version: 1, Codecs.DeviceRegister.State)
        .Opens(1, Codecs.DeviceRegister.Begin).Does(2, Codecs.DeviceRegister.Enrol).Does(3, Codecs.DeviceRegister.StateSoftware).Does(4, Codecs.DeviceRegister.Calibrate)
        .Does(5, Codecs.DeviceRegister.ExchangeMeter).Does(6, Codecs.DeviceRegister.Revoke).Does(7, Codecs.DeviceRegister.Confirm)
        .Tells(1, Codecs.DeviceRegister.Begun).Tells(2, Codecs.DeviceRegister.Enrolled).Tells(3, Codecs.DeviceRegister.SoftwareStated).Tells(4, Codecs.DeviceRegister.Calibrated)
        .Tells(5, Codecs.DeviceRegister.MeterExchanged).Warns(6, "failed-device", Codecs.DeviceRegister.Revoked)
        .Keeps(Devices, Codecs.Device).Keeps(MeterKeys, Codecs.MeterKey)
        .Refuses(NotADevice, EnrolledAlready, IsRevoked, NotInForce, KeyIsKnown, NotAVersion);

    private static bool IsVersion(string text) => text.Length is > 0 and <= SoftwareAtMost;
}
