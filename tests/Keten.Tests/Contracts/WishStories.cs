using Keten.Contracts.Devices;
using Keten.Contracts.Metering;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

/// <summary>Meters that have to be in force in a register, and what the customer sets beforehand.</summary>
public sealed partial class MeteredUseStories
{
    private static readonly Agreement<DeviceRegister> Register = new(5);

    [Fact]
    public void Both_agree_that_meters_have_to_be_in_a_register() => Opened().Meanwhile(Registered)
        .When(new MeteredUse.Bind(Register), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MeteredUse.Bind(Register), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.Bound(Register)).ThenState(Plain with { Register = Register })
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.AcceptMeter(OtherBox), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.MeterAccepted(OtherBox))
        .When(Reading(Second, 0, 10_000, by: OtherBox)).ThenRefused(MeteredUse.NotInForce)
        .When(new MeteredUse.Bind(null), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.Bound(null)).ThenState(Plain)
        .When(Reading(Second, 0, 10_000, by: OtherBox)).ThenBalance(Ada, Cents(8_800));

    [Fact]
    public void What_a_revoked_meter_signed_is_never_charged() => Opened().Meanwhile(Registered)
        .When(new MeteredUse.Bind(Register), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.Bound(Register))
        .Meanwhile(world => world.Do(Register, new DeviceRegister.Revoke(Box, Paper("stolen")), Grid))
        .When(Reading(Session, 0, 10_000, day: -1)).ThenRefused(MeteredUse.NotInForce).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void A_session_that_ends_after_the_calibration_is_not_charged() => Opened().Meanwhile(Registered).Later(20)
        .When(new MeteredUse.Bind(Register), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.Bound(Register))
        .When(Reading(Session, 0, 10_000, day: 10, after: -299)).ThenRefused(MeteredUse.NotInForce)
        .When(Reading(Session, 0, 10_000, day: 10, after: -300)).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void A_session_costs_at_most_what_the_customer_wished() => Opened()
        .When(Wish(atMost: 240), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(Wish(atMost: 240), signedBy: [Ada]).ThenEmitted(new MeteredUse.Wished(Wished(240))).ThenState(Plain with { Wish = Wished(240) })
        .When(Reading(Session, 0, 10_000))
        .ThenEmitted(new MeteredUse.Charged(Session, Box, Day(0), Day(0).Plus(300), Wh(10_000), Cents(200), Cents(40), Cents(240), Cents(240)))
        .ThenBalance(Ada, Cents(9_760)).ThenKept(MeteredUse.Sessions, Session, Charged(240, 240))
        .When(Reading(Second, 10_000, 14_000, after: 300)).ThenBalance(Ada, Cents(9_520));

    [Fact]
    public void A_wish_holds_for_sessions_that_begin_after_it() => Opened().Later(1)
        .When(Wish(atMost: 240), signedBy: [Ada]).ThenEmitted(new MeteredUse.Wished(Wished(240, day: 1))).Later(1)
        .When(Wish(atMost: 300), signedBy: [Ada]).ThenEmitted(new MeteredUse.Wished(Wished(300, day: 2)))
        .ThenKept(MeteredUse.EarlierWishes, Day(2), Wished(240, day: 1)).Later(1)
        .When(Reading(Paper("before"), 0, 10_000, day: 1, after: -1)).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Session, 10_000, 20_000, day: 2, after: -1)).ThenBalance(Ada, Cents(9_160))
        .When(Reading(Second, 20_000, 30_000, day: 2, after: 299)).ThenBalance(Ada, Cents(8_860));

    [Fact]
    public void Of_two_wishes_in_one_second_the_second_counts() => Opened()
        .When(Wish(atMost: 240), signedBy: [Ada]).ThenState(Plain with { Wish = Wished(240) })
        .When(Wish(atMost: 300), signedBy: [Ada]).ThenState(Plain with { Wish = Wished(300) }).ThenKept(MeteredUse.EarlierWishes, Day(0), null)
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_700));

    [Fact]
    public void A_wish_without_a_limit_costs_what_the_tariff_says() => Opened()
        .When(new MeteredUse.Wishes(null, true, Wh(20_000), 420), signedBy: [Ada]).ThenState(Plain with { Wish = new SessionWish(Day(0), null, true, Wh(20_000), 420) })
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void What_cannot_be_kept_to_is_no_wish() => Opened()
        .When(Wish(atMost: 0), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish)
        .When(new MeteredUse.Wishes(Wh(1), false, null, null), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish)
        .When(new MeteredUse.Wishes(null, false, Cents(1), null), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish)
        .When(new MeteredUse.Wishes(null, false, Wh(0), null), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish)
        .When(new MeteredUse.Wishes(null, false, null, 420), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish)
        .When(new MeteredUse.Wishes(null, false, Wh(1), SessionWish.MinutesOfDay), signedBy: [Ada]).ThenRefused(MeteredUse.NotAWish);

    private static MeteredUse.Wishes Wish(long atMost) => new(Cents(atMost), false, null, null);

    private static SessionWish Wished(long atMost, int day = 0) => new(Day(day), Cents(atMost), false, null, null);

    private static void Registered(World world)
    {
        world.Open(new DeviceRegister.Begin(Grid), Grid);
        world.Do(Register, new DeviceRegister.Enrol(Box, DeviceKind.ChargePoint, Paper("key"), new Calibration(Paper("certificate"), Day(10)), "1"), Grid, Box);
    }
}
