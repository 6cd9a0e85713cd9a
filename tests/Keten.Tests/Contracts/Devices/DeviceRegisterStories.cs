using Keten.Contracts.Devices;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Devices;

/// <summary>Grid keeps a register of its charge points.</summary>
public sealed class DeviceRegisterStories : ContractTests<DeviceRegister>
{
    private static readonly Hash Key = Paper("meter key"), OtherKey = Paper("other meter key"), Why = Paper("stolen");

    private static readonly Calibration ForAYear = new(Paper("certificate"), Day(365)), ForTwo = new(Paper("next certificate"), Day(730));

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 100);

    [Fact]
    public void A_register_is_begun_by_its_operator()
    {
        Opened().ThenEmitted(new DeviceRegister.Begun(Grid)).ThenState(new DeviceRegister(Grid));
        Open(NewWorld(), new DeviceRegister.Begin(Grid), [Ada]).ThenRefused(KernelRefusal.SignatureMissing);
    }

    [Fact]
    public void A_device_is_enrolled_by_operator_and_device_together() => Opened()
        .When(Box1, signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(Box1, signedBy: [Box]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(Box1, signedBy: [Grid, Box]).ThenEmitted(new DeviceRegister.Enrolled(Box, DeviceKind.ChargePoint, Key, ForAYear, "1.0"))
        .ThenKept(DeviceRegister.Devices, Box.Party, Enrolled).ThenKept(DeviceRegister.MeterKeys, Key, new MeterKey(Box, Day(0), null))
        .When(Box1 with { MeterKey = OtherKey }, signedBy: [Grid, Box]).ThenRefused(DeviceRegister.EnrolledAlready);

    [Fact]
    public void A_sensor_needs_no_meter() => Opened()
        .When(Box1 with { Kind = DeviceKind.Sensor, MeterKey = null }, signedBy: [Grid, Box]).ThenKept(DeviceRegister.Devices, Box.Party, Enrolled with { Kind = DeviceKind.Sensor, MeterKey = null })
        .When(new DeviceRegister.ExchangeMeter(Box, Key, ForAYear), signedBy: [Grid]).ThenEmitted(new DeviceRegister.MeterExchanged(Box, null, Key, ForAYear));

    [Fact]
    public void Two_devices_never_have_one_meter_key() => WithBox()
        .When(Box1 with { Device = OtherBox }, signedBy: [Grid, OtherBox]).ThenRefused(DeviceRegister.KeyIsKnown)
        .When(new DeviceRegister.ExchangeMeter(Box, Key, ForTwo), signedBy: [Grid]).ThenRefused(DeviceRegister.KeyIsKnown);

    [Fact]
    public void A_certificate_is_in_force_when_it_is_stated() => WithBox().Later(10)
        .When(Box1 with { Device = OtherBox, MeterKey = OtherKey, Calibration = ForAYear with { Until = Day(10) } }, signedBy: [Grid, OtherBox]).ThenRefused(DeviceRegister.NotInForce)
        .When(new DeviceRegister.Calibrate(Box, ForAYear with { Until = Day(9) }), signedBy: [Grid]).ThenRefused(DeviceRegister.NotInForce)
        .When(new DeviceRegister.ExchangeMeter(Box, OtherKey, ForAYear with { Until = Day(10) }), signedBy: [Grid]).ThenRefused(DeviceRegister.NotInForce);

    [Fact]
    public void A_device_states_its_software() => WithBox()
        .When(new DeviceRegister.StateSoftware(Box, "1.1"), signedBy: [Box]).ThenEmitted(new DeviceRegister.SoftwareStated(Box, "1.0", "1.1"))
        .ThenKept(DeviceRegister.Devices, Box.Party, Enrolled with { Software = "1.1" })
        .When(new DeviceRegister.StateSoftware(Box, "1.1"), signedBy: [Grid]).ThenRefused(DeviceRegister.NotAVersion)
        .When(new DeviceRegister.StateSoftware(Box, ""), signedBy: [Grid]).ThenRefused(DeviceRegister.NotAVersion)
        .When(new DeviceRegister.StateSoftware(Box, new string('1', 51)), signedBy: [Grid]).ThenRefused(DeviceRegister.NotAVersion)
        .When(new DeviceRegister.StateSoftware(Box, "1.2"), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new DeviceRegister.StateSoftware(OtherBox, "1.2"), signedBy: [Grid]).ThenRefused(DeviceRegister.NotADevice);

    [Fact]
    public void A_version_is_stated_at_enrolment() => Opened().When(Box1 with { Software = "" }, signedBy: [Grid, Box]).ThenRefused(DeviceRegister.NotAVersion);

    [Fact]
    public void A_calibration_is_renewed() => WithBox()
        .When(new DeviceRegister.Confirm(Box, Day(366)), signedBy: []).ThenRefused(DeviceRegister.NotInForce)
        .When(new DeviceRegister.Calibrate(Box, ForTwo), signedBy: [Grid]).ThenEmitted(new DeviceRegister.Calibrated(Box, ForTwo))
        .When(new DeviceRegister.Confirm(Box, Day(366)), signedBy: []).ThenEmitted()
        .When(new DeviceRegister.Calibrate(OtherBox, ForTwo), signedBy: [Grid]).ThenRefused(DeviceRegister.NotADevice);

    [Fact]
    public void An_exchanged_meter_keeps_the_time_that_was_its_own() => WithBox().Later(10)
        .When(new DeviceRegister.ExchangeMeter(Box, OtherKey, ForTwo), signedBy: [Grid]).ThenEmitted(new DeviceRegister.MeterExchanged(Box, Key, OtherKey, ForTwo))
        .ThenKept(DeviceRegister.MeterKeys, Key, new MeterKey(Box, Day(0), Day(10))).ThenKept(DeviceRegister.MeterKeys, OtherKey, new MeterKey(Box, Day(10), null))
        .ThenKept(DeviceRegister.Devices, Box.Party, Enrolled with { MeterKey = OtherKey, Calibration = ForTwo })
        .When(new DeviceRegister.ExchangeMeter(OtherBox, Paper("third"), ForTwo), signedBy: [Grid]).ThenRefused(DeviceRegister.NotADevice);

    [Fact]
    public void What_is_revoked_stays_revoked() => WithBox()
        .When(new DeviceRegister.Revoke(Box, Why), signedBy: [Box]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new DeviceRegister.Revoke(OtherBox, Why), signedBy: [Grid]).ThenRefused(DeviceRegister.NotADevice)
        .When(new DeviceRegister.Revoke(Box, Why), signedBy: [Grid]).ThenEmitted(new DeviceRegister.Revoked(Box, Why))
        .ThenKept(DeviceRegister.Devices, Box.Party, Enrolled with { Revoked = Day(0) })
        .When(new DeviceRegister.Revoke(Box, Why), signedBy: [Grid]).ThenRefused(DeviceRegister.IsRevoked)
        .When(Box1, signedBy: [Grid, Box]).ThenRefused(DeviceRegister.EnrolledAlready)
        .When(new DeviceRegister.StateSoftware(Box, "2"), signedBy: [Box]).ThenRefused(DeviceRegister.IsRevoked)
        .When(new DeviceRegister.Calibrate(Box, ForTwo), signedBy: [Grid]).ThenRefused(DeviceRegister.IsRevoked)
        .When(new DeviceRegister.ExchangeMeter(Box, OtherKey, ForTwo), signedBy: [Grid]).ThenRefused(DeviceRegister.IsRevoked)
        .When(new DeviceRegister.Confirm(Box, Day(-1)), signedBy: []).ThenRefused(DeviceRegister.IsRevoked);

    [Fact]
    public void Only_what_is_enrolled_is_confirmed() => WithBox()
        .When(new DeviceRegister.Confirm(Box, Day(0)), signedBy: []).ThenEmitted()
        .When(new DeviceRegister.Confirm(OtherBox, Day(0)), signedBy: []).ThenRefused(DeviceRegister.NotADevice);

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<DeviceRegister> Opened() => Open(NewWorld(), new DeviceRegister.Begin(Grid), [Grid]);

    // It holds nothing, and is kept for ever.
    protected override void Release(Story<DeviceRegister> story)
    {
    }

    private Story<DeviceRegister> WithBox() => Opened().When(Box1, signedBy: [Grid, Box]);

    private static DeviceRegister.Enrol Box1 => new(Box, DeviceKind.ChargePoint, Key, ForAYear, "1.0");

    private static Device Enrolled => new(DeviceKind.ChargePoint, Key, ForAYear, "1.0", Day(0), null);
}
