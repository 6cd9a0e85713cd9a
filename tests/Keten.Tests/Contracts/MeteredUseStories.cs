using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class MeteredUseStories : ContractTests<MeteredUse>
{
    private static readonly Agreement<MeteredUse> It = new(4);

    private static readonly Hash Session = Paper("session"), Second = Paper("second session"), Claim = Paper("claim"), Reply = Paper("reply"), Note = Paper("credit note");

    [Fact]
    public void A_session_is_priced_and_paid_under_the_mandate() => Opened()
        .When(Reading(Session, 0, 10_000))
        .ThenEmitted(new MeteredUse.Charged(Session, Box, Day(0), Day(0).Plus(600), Wh(10_000), Cents(500), Cents(100), Cents(600), Cents(600)))
        .ThenBalance(Ada, Cents(9_400)).ThenBalance(Grid, Cents(10_600)).ThenHeld(Cents(0)).ThenState(Plain)
        .ThenKept(MeteredUse.Sessions, Session, Charged(600, 600))
        .ThenKept(MeteredUse.Meters, Box.Party, new MeteredUse.Meter(true, Wh(10_000), Day(0).Plus(600)));

    protected override World NewWorld() => PricedWorld();

    protected override Story<MeteredUse> Opened() => Open(PricedWorld(), Terms(paidIn: 0, UpTo(1_000, 3_000)), [Grid, Ada]);

    private static MeteredUse Plain => new(Grid, Ada, Judge, Prices, Cents(0), Cents(0));

    private static MeteredUse.Agree Terms(long paidIn, Mandate? leave) => new(Grid, Ada, Judge, Prices, new Many<Party>(Box), Cents(paidIn), leave, UpTo(2_000, 5_000));

    private static Session Charged(long cost, long paid) => new(Box, Day(0), Day(0), Wh(10_000), Cents(cost), Cents(cost / 6), Cents(paid), false);

    private static MeteredUse.Charge Reading(Hash document, long from, long until, int day = 0, Actor? by = null) =>
        Reading(document, by, new MeterPoint(Day(day), Wh(from)), new MeterPoint(Day(day).Plus(600), Wh(until)));

    private static MeteredUse.Charge Reading(Hash document, Actor? by, params MeterPoint[] points) =>
        new(NewWorldForSigning.Signed(new MeteredUse.Usage(It, document, new Many<MeterPoint>(points)), by ?? Box));

    private static World NewWorldForSigning { get; } = PricedWorld();
}
