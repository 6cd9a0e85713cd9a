using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Node.Hosting;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>A passport of a vehicle: made from a running node by its keeper, checked when the node is gone.</summary>
public sealed class PassportTests : IAsyncLifetime
{
    private const string Vin = "1M8GDM9AXKP042788";

    private static readonly Agreement<Registration> Register = new(1);
    private static readonly Agreement<Recalls> Called = new(2);
    private static readonly Agreement<VehicleLife> Book = new(3);
    private static readonly Hash Paper = Hash.Of("paper"u8);

    private readonly Shell shell = new();
    private NodeHost host = null!;
    private SigningKey office = null!, ada = null!;
    private KetenClient officeClient = null!, adaClient = null!;
    private Wallet officeWallet = null!, adaWallet = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "office", "ada" }) await shell.KeyAsync(name);
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Org=org", "--founder", "office", "--founder", "ada", "--out", shell["ledger"], .. shell.Keys])).Exit);
        var folder = new KeyFolder(shell["keys"]);
        using (var validator = folder.Open("org", "open sesame")) File.WriteAllText(shell["validator.pem"], validator.ExportPem());
        host = await NodeHost.StartAsync(new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = shell["data"], Genesis = shell["ledger/genesis.json"], ValidatorKey = shell["validator.pem"] },
            Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" },
        }, BuiltIn.Catalogue, [Rooms.Open]);
        (office, ada) = (folder.Open("office", "open sesame"), folder.Open("ada", "open sesame"));
        (officeClient, adaClient) = (new KetenClient(new Uri(host.Url), office), new KetenClient(new Uri(host.Url), ada));
        officeWallet = new Wallet(officeClient, host.Node.LedgerId, office, folder.CountersOf(office.Id));
        adaWallet = new Wallet(adaClient, host.Node.LedgerId, ada, folder.CountersOf(ada.Id));
        var of = Party.Of(office.Id);
        await OfficeAsync(one => one.Open(Registration.Contents, new Registration.Establish(of, "NL", false)));
        await OfficeAsync(one => one.Open(Recalls.Contents, new Recalls.Begin(of, Register)));
        await OfficeAsync(one => one.Call(Recalls.Contents, Called, new Recalls.Build(new Many<string>(Vin), "spring")));
        await OfficeAsync(one => one.Open(VehicleLife.Contents, new VehicleLife.Begin(Vin, of, Register, Called)));
        var admit = await officeWallet.BeginAsync();
        await adaWallet.JoinAsync(admit);
        Done(await officeWallet.SendAsync(admit.Call(Registration.Contents, Register, new Registration.Admit(Vin, Party.Of(ada.Id), Book)), others: [ada]));
    }

    public async Task DisposeAsync()
    {
        officeClient.Dispose();
        adaClient.Dispose();
        office.Dispose();
        ada.Dispose();
        await host.DisposeAsync();
        shell.Dispose();
    }

    [DataFact]
    public async Task A_real_odometers_roll_back_is_flagged_offline_and_no_byte_can_be_changed()
    {
        await ReadAsync(Real());
        var (made, _) = await MakeAsync("car.passport");
        Assert.Equal(0, made);
        await host.StopAsync();

        var (exit, report) = await shell.JsonAsync("passport", "check", shell["car.passport"], "--genesis", shell["ledger/genesis.json"]);
        Assert.True(exit == 0, report.ToJsonString());
        Assert.Equal(Party.Of(ada.Id).ToString(), (string)report["keeper"]!);
        Assert.Equal([10], report["rolledBack"]!.AsArray().Select(entry => (int)entry!));
        Assert.Equal([115_893, 115_000], report["odometer"]!.AsArray().TakeLast(2).Select(one => (int)one!["shown"]!));
        var bytes = File.ReadAllBytes(shell["car.passport"]);
        var broken = new HashSet<string>();
        for (var at = 0; at < bytes.Length; at += 97)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            broken.Add(BrokenBy(changed, host.Node.Genesis));
        }
        Assert.DoesNotContain("", broken);
        Assert.Superset(new HashSet<string> { "Keeper", "Book", "Odometer", "NoOpenRecall", "Seal" }, broken);
    }

    [Fact]
    public async Task A_theft_and_an_open_recall_break_it()
    {
        Assert.Equal(0, (await MakeAsync("clean")).Exit);
        await OfficeAsync(one => one.Call(Recalls.Contents, Called, new Recalls.CallBack("26V103000", "battery", Paper, Vin, Vin, null)));
        var (exit, recalled) = await MakeAsync("recalled");
        Assert.Equal((1, "no-open-recall"), (exit, (string)recalled["broken"]!));
        await OfficeAsync(one => one.Call(Registration.Contents, Register, new Registration.ReportStolen(Vin)));
        (exit, var stolen) = await MakeAsync("stolen");
        Assert.Equal((1, "not-stolen"), (exit, (string)stolen["broken"]!));

        // What holds of another moment, and what somebody else sealed, is no passport.
        var (clean, later) = (Passport.FromBytes(File.ReadAllBytes(shell["clean"])), Passport.FromBytes(File.ReadAllBytes(shell["stolen"])));
        var patched = later.Evidence.Select(each => StateEvidence.FromBytes(each)).ToArray();
        patched[1] = StateEvidence.FromBytes(clean.Evidence[1]);
        patched[6] = StateEvidence.FromBytes(clean.Evidence[6]);
        Assert.Equal(PassportLink.OneMoment, PassportCheck.Check(Passport.Make(host.Node.Genesis, 1, Vin, patched, [], ada)).Broken!.Link);
        var own = clean.Evidence.Select(each => StateEvidence.FromBytes(each)).ToArray();
        Assert.Equal(PassportLink.Seal, PassportCheck.Check(Passport.Make(host.Node.Genesis, 1, Vin, own, [], office)).Broken!.Link);
        Assert.Equal(1, (await MakeAsync("other", "JHMCM56557C404453")).Exit);
    }

    [Fact]
    public async Task A_reading_left_out_is_missed()
    {
        await ReadAsync([new Odometer(10, DistanceUnit.Kilometre), new Odometer(20, DistanceUnit.Kilometre)]);
        Assert.Equal(0, (await MakeAsync("whole")).Exit);
        var evidence = Passport.FromBytes(File.ReadAllBytes(shell["whole"])).Evidence.Select(each => StateEvidence.FromBytes(each)).ToArray();
        foreach (var left in new[] { evidence[..^1], [.. evidence[..^2], evidence[^1]], [.. evidence, evidence[^1]] })
            Assert.Equal(PassportLink.Odometer, PassportCheck.Check(Passport.Make(host.Node.Genesis, 1, Vin, left, [], ada)).Broken!.Link);
    }

    private static Odometer[] Real()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Data.Path("odometer", "odometer.json")));
        return [.. file.RootElement[0].GetProperty("readings").EnumerateArray().Select(reading => new Odometer(reading[1].GetUInt32(), DistanceUnit.Mile))];
    }

    private static string BrokenBy(byte[] bytes, Genesis genesis)
    {
        try
        {
            return PassportCheck.Check(Passport.FromBytes(bytes), genesis).Broken?.Link.ToString() ?? "";
        }
        catch (MalformedException)
        {
            return "Form";
        }
    }

    private async Task ReadAsync(Odometer[] readings)
    {
        var transaction = await adaWallet.BeginAsync();
        foreach (var odometer in readings)
            transaction.Call(VehicleLife.Contents, Book, new VehicleLife.ReadOdometer(new VehicleLife.Note(Party.Of(ada.Id), new Instant(1_700_000_000), Paper, odometer)));
        Done(await adaWallet.SendAsync(transaction));
    }

    private async Task OfficeAsync(Func<TransactionBuilder, TransactionBuilder> call) => Done(await officeWallet.SendAsync(call(await officeWallet.BeginAsync())));

    private static void Done(Submission submission) => Assert.Equal(SubmissionStatus.Done, submission.Status);

    private Task<(int Exit, JsonObject Json)> MakeAsync(string name, string vin = Vin) => shell.JsonAsync(
        ["passport", "make", "--node", host.Url, "--key", "ada", "--register", "1", "--vin", vin, "--out", shell[name], .. shell.Keys, .. shell.Password]);
}
