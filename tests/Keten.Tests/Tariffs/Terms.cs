using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Tariffs;

public class Terms
{
    private static readonly PriceComponent Energy = Rig.Price(Dimension.Energy, 0.25m);
    private static readonly TariffTerms Good = Rig.Terms(Rig.Element(Energy));

    [Fact]
    public void Each_fault_has_its_number()
    {
        Assert.Equal(TermsFault.None, TermsCheck.Of(Good));
        Assert.Equal(TermsFault.Units, TermsCheck.Of(Good with { Currency = default }));
        Assert.Equal(TermsFault.Units, TermsCheck.Of(Good with { Energy = Good.Currency }));
        Assert.Equal(TermsFault.Units, TermsCheck.Of(Good with { CurrencyDecimals = 7 }));
        Assert.Equal(TermsFault.Elements, TermsCheck.Of(Good with { Elements = default }));
        Assert.Equal(TermsFault.Elements, TermsCheck.Of(Rig.Terms([.. Enumerable.Repeat(Good.Elements[0], 129)])));
        Assert.Equal(TermsFault.Components, TermsCheck.Of(Rig.Terms(new TariffElement(default))));
        Assert.Equal(TermsFault.Components, TermsCheck.Of(Rig.Terms(new TariffElement(new(Energy, Energy)))));
        Assert.Equal(TermsFault.Components, TermsCheck.Of(Rig.Terms(Rig.Element(Energy with { Dimension = (Dimension)9 }))));
        Assert.Equal(TermsFault.Prices, TermsCheck.Of(Rig.Terms(Rig.Element(Energy with { Price = -1 }))));
        Assert.Equal(TermsFault.Prices, TermsCheck.Of(Rig.Terms(Rig.Element(Energy with { StepSize = -1 }))));
        Assert.Equal(TermsFault.Prices, TermsCheck.Of(Rig.Terms(Rig.Element(Energy with { Vat = new Rate(10_000_001) }))));
        Assert.Equal(TermsFault.Prices, TermsCheck.Of(Good with { MinPrice = new PriceLimit(2), MaxPrice = new PriceLimit(1) }));
        Assert.Equal(TermsFault.Reservation, TermsCheck.Of(With(new Restrictions(Reservation: ReservationKind.Expires))));
        Assert.Equal(TermsFault.Zone, TermsCheck.Of(Good with { Zone = new(new ZoneOffset(Rig.At(1), 0), new ZoneOffset(Rig.At(1), 0)) }));
        Assert.Equal(TermsFault.Validity, TermsCheck.Of(Good with { ValidFrom = Rig.At(1), ValidUntil = Rig.At(0) }));
    }

    [Fact]
    public void A_restriction_that_cannot_be_is_a_fault()
    {
        foreach (var bad in (Restrictions[])[
            new(StartTime: 1_440), new(EndTime: -1), new(Days: 128), new(Season: new Season(1301, 101)), new(Season: new Season(230, 301)),
            new(StartDate: 5, EndDate: 4),
            new(MinEnergy: 2, MaxEnergy: 1), new(MinCurrent: -1), new(MinPower: 2, MaxPower: 1), new(MaxDuration: -5), new(Reservation: (ReservationKind)3)])
            Assert.Equal(TermsFault.Restrictions, TermsCheck.Of(Rig.Terms(Rig.Element(Rig.Price(Dimension.Flat, 1m), bad))));
    }

    private static TariffTerms With(Restrictions restrictions) => Rig.Terms(Rig.Element(Energy, restrictions));
}
