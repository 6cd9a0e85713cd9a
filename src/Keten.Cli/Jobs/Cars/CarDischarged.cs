using Keten.Client;
using Keten.Contracts.Mobility;
using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>In the evening the car gives energy to a house, down to a floor: 0.10 a kWh until 17:00 and 0.40 from then on, and 0.05 for the wear of its battery.</summary>
internal static class CarDischarged
{
    private const ushort Floor = 400;

    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, household) = (world.Cast.Ada, world.Cast.Household);
        world.GoTo(1, 17, 12);
        var defined = await world.DoAsync("the kWh is defined", [household], one => one.Open(Measure.Contents, new Measure.Define(household.Party, "kWh", 3)));
        var kWh = ChargingNetwork.Told<Measure.Defined>(Measure.Contents, defined).Unit;
        var terms = new TariffTerms(CarWorld.Euro(0).Unit, 2, kWh, new Many<TariffElement>(
            new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 100_000, 1)), new Restrictions(EndTime: 17 * 60)),
            new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 400_000, 1)))));
        var prices = await world.OpenAsync<Tariff>("the household publishes its price", [household], one => one.Open(Tariff.Contents, new Tariff.Publish(household.Party, terms, world.Now)));
        var agree = new Discharge.Agree(household.Party, ada.Party, world.Cast.Meter.Party, world.Cast.Car.Party, prices, CarWorld.Euro(5), Floor, CarWorld.UpTo(5_000, 9_000));
        var discharge = await world.OpenAsync<Discharge>("discharge is agreed", [household, ada], one => one.Open(Discharge.Contents, agree).AtMost(household.Key.Id, CarWorld.Euro(9_000)));

        world.GoTo(1, 17, 19);
        await world.RefusedAsync("the battery would be below the floor", Discharge.BelowFloor, [ada], one => one.Call(Discharge.Contents, discharge, Sell(Floor - 1)));
        await world.DoAsync("2 kWh before five and 4 kWh after it are sold", [ada], one => one.Call(Discharge.Contents, discharge, Sell(700)));
        await world.RefusedAsync("they are sold again", Discharge.SoldAlready, [ada], one => one.Call(Discharge.Contents, discharge, Sell(700)));
        await world.DoAsync("discharge ends", [ada], one => one.Call(Discharge.Contents, discharge, new Discharge.End()));

        Discharge.Sell Sell(ushort thousandths)
        {
            var (clause, ends) = (Discharge.Contents.ClauseOf<Discharge.Sell>(), CarWorld.At(1, 17, 18));
            var points = new Many<MeterPoint>(new(CarWorld.At(1, 17, 16), kWh.Of(0)), new(CarWorld.At(1, 17, 17), kWh.Of(2_000)), new(ends, kWh.Of(6_000)));
            return new Discharge.Sell(
                world.Sign(world.Cast.Meter, clause, new Discharge.Export(discharge, CarWorld.Paper("the meter's record"), points)),
                world.Sign(world.Cast.Car, clause, new Discharge.ChargeState(discharge, ends, thousandths)));
        }
    }
}
