using System.Text;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>The evidence chain as a running node gives it to who may read it.</summary>
public sealed class FetchedEvidenceTests : IAsyncLifetime
{
    private static readonly OperatorNames Names = new("NL", "NLD", "KET", "DAY-NIGHT", "EUR");

    private readonly Shell shell = new();
    private NodeHost host = null!;
    private HttpDoor door = null!;
    private DemoWorld world = null!;

    private ChargingNetwork Network => world.Network;

    public async Task InitializeAsync()
    {
        var data = new SettleFolder(shell["data"]);
        var configuration = new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = data.Path }, Http = new HttpSection { Listen = "http://127.0.0.1:0", PerReader = 100_000 }, Log = new LogSection { Level = "none" },
        };
        host = await NodeHost.StartAsync(configuration, await data.BeginAsync(), [Rooms.Open]);
        door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        world = await DemoWorld.FoundAsync(door, meters: 1);
    }

    public async Task DisposeAsync()
    {
        door.Dispose();
        await host.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        shell.Dispose();
    }

    [Fact]
    public async Task A_charge_is_traced_over_the_address_of_its_node_by_those_whose_it_is_and_its_dispute_can_be_read()
    {
        var charged = (await world.ChargeNextAsync())!;
        Assert.True(charged.Answer.Done, charged.Answer.Reason);
        var driver = Network.Drivers[charged.Session.Driver].Driver;
        foreach (var reader in (Actor[])[driver, Network.Operator, Network.Arbiter])
        {
            var bundle = await EvidenceFetch.OfAsync(door.As(reader), charged.Answer.Id);
            Assert.Null(Trace.Check(EvidenceBundle.FromBytes(bundle.ToBytes()), host.Node.Genesis).Broken);
        }
        var other = Network.Drivers.Values.First(each => each.Driver != driver).Driver;
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => EvidenceFetch.OfAsync(door.As(other), charged.Answer.Id))).Problem.Status);
        await Assert.ThrowsAsync<EvidenceMissingException>(() => EvidenceFetch.OfAsync(door.As(driver), Network.Drivers[driver.Name].Opened));

        new KeyFolder(shell["keys"]).Keep("driver", driver.Key, "open sesame");
        string[] asDriver = ["--url", host.Url, "--key", "driver", .. shell.Keys, .. shell.Password];
        var (exit, json) = await shell.JsonAsync(["trace", charged.Answer.Id.ToString(), "--genesis", shell["data/genesis.json"], "--export", shell["bundle"], .. asDriver]);
        Assert.Equal((Exit.Ok, true), (exit, (bool)json["holds"]!));
        Assert.Equal(Exit.Ok, (await shell.RunAsync("trace", shell["bundle"], "--genesis", shell["data/genesis.json"])).Exit);
        Assert.Equal(Exit.Failed, (await shell.RunAsync(["trace", Hash.Of("x"u8).ToString(), .. asDriver])).Exit);
        Assert.Equal(Exit.Usage, (await shell.RunAsync(["trace", "S-000001", .. asDriver])).Exit);

        Assert.True((await world.DisputeAsync(charged, "The cable did not fit.")).Done);
        var disputes = await door.As(Network.Operator).AgreementEventsAsync(Network.Drivers[driver.Name].Agreement.Number, "newest=true&limit=1");
        var claim = Hash.TryParse((string?)disputes!["lines"]![0]!["content"]!["claim"], out var said) ? said : default;
        foreach (var reader in (Actor[])[driver, Network.Operator, Network.Arbiter])
            Assert.Equal("The cable did not fit.", Encoding.UTF8.GetString((await door.As(reader).DocumentAsync(claim))!.Content));
        Assert.Null(await door.As(other).DocumentAsync(claim));
    }

    [Fact]
    public async Task A_meter_that_came_later_is_traced_to_its_acceptance_which_must_be_of_this_agreement_and_before_the_charge()
    {
        var (ada, bob) = (Network.Drivers["Ada"], Network.Drivers["Bob"]);
        await Network.AcceptMeterAsync("Ada", new SessionMeter("LATER-1"));
        var device = Network.Meters["LATER-1"].Device;
        var begin = Network.Clerk.Now.Plus(-7_200);
        var record = device.Sign(begin, begin.Plus(3_000), begin.Plus(3_000), 12_000);
        var charged = (await new SessionCharging(Network, Names).ChargeAsync([new MeteredSession("L-1", "Ada", "LATER-1", "Amsterdam", record)]))[0];
        Assert.True(charged.Answer.Done, charged.Answer.Reason);

        var bundle = await EvidenceFetch.OfAsync(door.As(ada.Driver), charged.Answer.Id);
        Assert.NotNull(bundle.Accepted);
        Assert.Null(Trace.Check(EvidenceBundle.FromBytes(bundle.ToBytes()), host.Node.Genesis).Broken);
        Breaks(TraceLink.MeterKey, bundle with { Accepted = null });
        Breaks(TraceLink.MeterKey, bundle with { Accepted = bundle.Opening });

        var elsewhere = await DoAsync(bob, new MeteredUse.AcceptMeter(device.Actor.Party));
        Breaks(TraceLink.MeterKey, bundle with { Accepted = elsewhere });
        await DoAsync(ada, new MeteredUse.DropMeter(device.Actor.Party));
        Breaks(TraceLink.Reading, bundle with { Accepted = await DoAsync(ada, new MeteredUse.AcceptMeter(device.Actor.Party)) });
        Breaks(TraceLink.MeterKey, bundle with { Meter = bundle.Meter[..^1] });
        using var stranger = SigningKey.Generate();
        var key = new byte[PublicKey.Size];
        stranger.Public.CopyTo(key);
        Breaks(TraceLink.MeterKey, bundle with { Meter = key });
    }

    [Fact]
    public async Task A_charge_under_revised_terms_is_traced_to_the_revision_that_was_in_force_and_to_no_other()
    {
        var ada = Network.Drivers["Ada"];
        var (from, device, first) = (Network.Clerk.Now.Plus(60), Network.Meters.First(), Network.Terms);
        var fee = first.Elements[0].Components[0];
        var dearer = first with { Elements = new Many<TariffElement>([new TariffElement(new Many<PriceComponent>(fee with { Price = fee.Price + 100_000 })), .. first.Elements.Skip(1)]) };
        await Network.ReviseAsync(dearer, from);
        // Told before the charge as well, but not in force when the session begins.
        var later = Network.Clerk.Begin(Network.Operator).Call(Tariff.Contents, Network.Prices, new Tariff.Revise(first, from.Plus(6_000))).Sign(Network.Operator.Key);
        await Network.Clerk.MustAsync([later]);
        var record = device.Value.Device.Sign(from.Plus(60), from.Plus(600), from.Plus(600), 12_000);
        var charged = (await new SessionCharging(Network, Names).ChargeAsync([new MeteredSession("R-1", "Ada", device.Key, "Amsterdam", record)]))[0];
        Assert.True(charged.Answer.Done, charged.Answer.Reason);

        var bundle = await EvidenceFetch.OfAsync(door.As(ada.Driver), charged.Answer.Id);
        Assert.Null(Trace.Check(EvidenceBundle.FromBytes(bundle.ToBytes()), host.Node.Genesis).Broken);
        Breaks(TraceLink.Tariff, bundle with { Tariff = await door.ReceiptAsync(Network.Published, ada.Driver) });
        Breaks(TraceLink.Tariff, bundle with { Tariff = bundle.Opening });
    }

    private async Task<byte[]> DoAsync<TClause>(DriverAgreement driver, TClause clause) where TClause : struct, IClause<MeteredUse>
    {
        var builder = Network.Clerk.Begin(Network.Operator, driver.Driver).Call(MeteredUse.Contents, driver.Agreement, clause);
        var id = (await Network.Clerk.MustAsync([builder.Sign(Network.Operator.Key, driver.Driver.Key)]))[0].Id;
        return await door.ReceiptAsync(id, driver.Driver);
    }

    private static void Breaks(TraceLink link, EvidenceBundle bundle) => Assert.Equal(link, Trace.Check(bundle).Broken?.Link);
}
