using Keten.Contracts.Devices;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Devices;

/// <summary>Grid has a sensor's readings recorded, which Ada reads too. Agreement 3 is the register.</summary>
public sealed class SensorLogStories : ContractTests<SensorLog>
{
    private static readonly Agreement<DeviceRegister> Register = new(3);

    private static readonly Agreement<SensorLog> It = new(4);

    private static readonly World Signing = Sensors();

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 100);

    [Fact]
    public void A_log_is_of_an_enrolled_device_in_a_known_unit()
    {
        Opened().ThenEmitted(new SensorLog.Begun(Grid, Box, Kwh)).ThenState(Begun);
        Open(Sensors(), Begin, [Ada]).ThenRefused(KernelRefusal.SignatureMissing);
        Open(Sensors(), Begin with { Device = OtherBox }, [Grid]).ThenRefused(SensorLog.NotInForce);
        Open(Sensors(), Begin with { Unit = new Unit(99) }, [Grid]).ThenRefused(SensorLog.NotThisUnit);
        var world = Sensors();
        world.Do(Register, new DeviceRegister.Revoke(Box, Paper("gone")), Grid);
        Open(world, Begin, [Grid]).ThenRefused(SensorLog.NotInForce);
    }

    [Fact]
    public void What_the_device_signs_is_recorded_once_and_in_order() => Opened()
        .When(Reading(3, 10, 500)).ThenEmitted(new SensorLog.Reported(3, Day(0).Plus(10), Wh(500))).ThenState(Begun with { Number = 3, At = Day(0).Plus(10), Shown = Wh(500) })
        .When(Reading(3, 10, 500)).ThenRefused(SensorLog.TakenAlready)
        .When(Reading(2, 20, 500)).ThenRefused(SensorLog.OlderThanLast)
        .When(Reading(4, 9, 500)).ThenRefused(SensorLog.OlderThanLast)
        .When(Reading(7, 10, 400)).ThenEmitted(new SensorLog.Reported(7, Day(0).Plus(10), Wh(400)));

    [Fact]
    public void Nobody_else_and_nothing_for_another_log_is_recorded() => Opened()
        .When(Reading(1, 10, 500, by: OtherBox)).ThenRefused(SensorLog.NotTheDevice)
        .Meanwhile(world => world.Open(Begin, Grid))
        .When(Reading(1, 10, 500, log: new(5))).ThenRefused(SensorLog.NotTheDevice);

    [Fact]
    public void A_reading_is_not_of_the_future_nor_in_another_unit() => Opened()
        .When(Reading(1, SensorLog.SecondsAhead + 1, 500)).ThenRefused(SensorLog.AheadOfTime)
        .When(new SensorLog.Report(Signing.Signed(new SensorLog.Reading(It, 1, Day(0), Cents(5)), Box))).ThenRefused(SensorLog.NotThisUnit)
        .When(Reading(1, SensorLog.SecondsAhead, 500)).ThenEmitted(new SensorLog.Reported(1, Day(0).Plus(SensorLog.SecondsAhead), Wh(500)));

    [Fact]
    public void What_was_signed_after_the_calibration_ended_is_not_recorded() => Opened().Later(40)
        .When(Reading(1, 30 * (int)Instant.Day + 1, 1)).ThenRefused(SensorLog.NotInForce)
        .When(Reading(1, 30 * (int)Instant.Day, 1)).ThenEmitted(new SensorLog.Reported(1, Day(30), Wh(1)));

    [Fact]
    public void What_a_revoked_device_signed_before_is_not_recorded_after() => Opened()
        .Meanwhile(world => world.Do(Register, new DeviceRegister.Revoke(Box, Paper("gone")), Grid))
        .When(Reading(1, -10, 500)).ThenRefused(SensorLog.NotInForce);

    [Fact]
    public void The_owner_closes_it() => Opened()
        .When(Reading(3, 10, 500)).ThenEmitted(new SensorLog.Reported(3, Day(0).Plus(10), Wh(500)))
        .When(new SensorLog.Close(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new SensorLog.Close(), signedBy: [Grid]).ThenEmitted(new SensorLog.Closed(3)).ThenEnded();

    protected override World NewWorld() => Sensors();

    protected override Story<SensorLog> Opened() => Open(Sensors(), Begin, [Grid]);

    private static SensorLog.Begin Begin => new(Grid, Ada, Register, Box, Kwh);

    private static SensorLog Begun => new(Grid, Ada, Register, Box, 0, default, Wh(0));

    private static World Sensors()
    {
        var world = Cast.NewWorld();
        world.Open(new DeviceRegister.Begin(Grid), Grid);
        return world.Do(Register, new DeviceRegister.Enrol(Box, DeviceKind.Sensor, null, new Calibration(Paper("certificate"), Day(30)), "1"), Grid, Box);
    }

    private static SensorLog.Report Reading(uint number, int after, long shown, Actor? by = null, Agreement<SensorLog>? log = null) =>
        new(Signing.Signed(new SensorLog.Reading(log ?? It, number, Day(0).Plus(after), Wh(shown)), by ?? Box));
}
