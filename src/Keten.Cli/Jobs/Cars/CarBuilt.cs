using Keten.Client;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The car is built, with a battery whose serial is known; and registered, with the dealer as its first keeper.</summary>
internal static class CarBuilt
{
    private const int Batteries = 100;

    public static async Task PlayAsync(CarWorld world)
    {
        await OfficesAsync(world);
        await BatteryAsync(world);
        await RegistrationAsync(world);
    }

    private static async Task OfficesAsync(CarWorld world)
    {
        var (authority, maker) = (world.Cast.Authority, world.Cast.Maker);
        world.Register = await world.OpenAsync<Registration>(
            "the register begins", [authority], one => one.Open(Registration.Contents, new Registration.Establish(authority.Party, "NL", Countersigns: true)));
        await world.DoAsync("the garage is accredited", [authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Accredit(world.Cast.Garage.Party, new Registration.Accreditation(Garage: true, Inspector: false, Reporter: false))));
        await world.DoAsync("the police are accredited", [authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Accredit(world.Cast.Police.Party, new Registration.Accreditation(Garage: false, Inspector: false, Reporter: true))));
        world.Recalls = await world.OpenAsync<Recalls>("the maker's recalls begin", [maker], one => one.Open(Recalls.Contents, new Recalls.Begin(maker.Party, world.Register)));
        await world.DoAsync("two cars are built", [maker], one => one.Call(
            Recalls.Contents, world.Recalls, new Recalls.Build(new Many<string>(CarWorld.Vin, CarWorld.OtherVin), "spring")));
        world.Book = await world.OpenAsync<VehicleLife>(
            "the car's book begins", [maker], one => one.Open(VehicleLife.Contents, new VehicleLife.Begin(CarWorld.Vin, maker.Party, world.Register, world.Recalls)));
    }

    private static async Task BatteryAsync(CarWorld world)
    {
        var (maker, supplier, battery) = (world.Cast.Maker, world.Cast.Supplier, CarWorld.Battery);
        var lot = new Lot(battery.Gtin, battery.Serial, Batteries);
        world.Parts = await world.OpenAsync<SerialParts>("the record of parts begins", [maker], one => one.Open(SerialParts.Contents, new SerialParts.Begin(maker.Party, world.Register)));
        await world.DoAsync("the supplier is admitted", [maker], one => one.Call(SerialParts.Contents, world.Parts, new SerialParts.Admit(supplier.Party, Fits: false)));
        await world.DoAsync("the battery is approved", [maker, supplier], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Approve(battery.Gtin, supplier.Party, "traction battery", new Cover(730, 100_000))));
        await world.DoAsync("batteries are made", [supplier], one => one.Call(SerialParts.Contents, world.Parts, new SerialParts.Make(lot, "B-1", CarWorld.Paper("batch sheet"))));
        await world.RefusedAsync("the same batteries are made again", SerialParts.MadeAlready, [supplier], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Make(lot, "B-2", CarWorld.Paper("batch sheet"))));
        var consignment = await world.OpenAsync<Consignment>("batteries are shipped", [supplier], one => one.Open(
            Consignment.Contents, new Consignment.Send(supplier.Party, maker.Party, world.Parts, "DES-1", new Many<Lot>(lot))));
        await world.DoAsync("one battery too few arrives", [maker], one => one.Call(
            Consignment.Contents, consignment, new Consignment.Receive(new Many<Lot>(lot with { Count = Batteries - 1 }), CarWorld.Paper("goods received"))));
        await world.DoAsync("the supplier has seen that", [supplier], one => one.Call(Consignment.Contents, consignment, new Consignment.Acknowledge(CarWorld.Paper("one is still here"))));
        await world.DoAsync("the battery is mounted", [maker], one => one.Call(SerialParts.Contents, world.Parts, new SerialParts.Mount(battery, CarWorld.Vin, Note(world, maker, null))));
        await world.RefusedAsync("it is mounted there again", SerialParts.ThereAlready, [maker], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Mount(battery, CarWorld.Vin, Note(world, maker, null))));
    }

    private static async Task RegistrationAsync(CarWorld world)
    {
        var (authority, maker, dealer) = (world.Cast.Authority, world.Cast.Maker, world.Cast.Dealer);
        var software = new VehicleLife.Installed("battery management", "1.0.0", CarWorld.Paper("image 1.0.0"));
        await world.DoAsync("software is written over the air", [maker], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.Update(new VehicleLife.Note(maker.Party, world.Now, CarWorld.Paper("log"), null), software, Result.Done)));
        var admit = new Registration.Admit(CarWorld.Vin, dealer.Party, world.Book);
        await world.RefusedAsync("a number whose check digit is wrong is registered", Registration.NotAVin, [authority, dealer], one => one.Call(
            Registration.Contents, world.Register, admit with { Vin = "1M8GDM9AXKP042789" }));
        await world.DoAsync("the car is registered", [authority, dealer], one => one.Call(Registration.Contents, world.Register, admit));
        await world.RefusedAsync("it is registered again", Registration.RegisteredAlready, [authority, dealer], one => one.Call(Registration.Contents, world.Register, admit));
    }

    /// <summary>What a step of a part says.</summary>
    public static PartNote Note(CarWorld world, Actor by, Odometer? odometer) => new(by.Party, world.Now, CarWorld.Paper($"{by.Name}'s note of {world.Now.Seconds}"), odometer);
}
