using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs;

/// <summary>One car's life, from its battery to its scrapping, on a ledger of its own whose months pass in seconds. Every refusal that has to come comes, and every receipt is checked offline.</summary>
internal sealed class CarDemo(NodeHost host, ShiftedClock clock, CarInboxes inboxes)
{
    private static readonly (string Name, Func<CarWorld, Task> Play)[] Chapters =
    [
        ("founded", world => world.FoundAsync()), ("built and registered", CarBuilt.PlayAsync), ("bought on credit", CarBought.PlayAsync), ("insured", CarInsured.PlayAsync),
        ("served and called back", CarServiced.PlayAsync), ("parked, tolled, charged", CarOnTheRoad.PlayAsync), ("discharged", CarDischarged.PlayAsync), ("driven", CarInsured.DriveAsync),
        ("crashed and repaired", CarInsured.CrashAsync), ("shared", CarShared.PlayAsync), ("upgraded", CarUpgraded.PlayAsync), ("in arrears", CarInArrears.PlayAsync),
        ("stolen and found", CarStolen.PlayAsync), ("settled and sold", CarSold.PlayAsync), ("scrapped", CarScrapped.PlayAsync),
    ];

    /// <summary>How many chapters there are.</summary>
    public static int Count => Chapters.Length;

    /// <summary>All of it, and what it came to.</summary>
    /// <param name="target">Where genesis and receipts go, if anywhere.</param>
    /// <param name="done">Told how many chapters are through.</param>
    /// <param name="cancel">Ends it half-way.</param>
    public async Task<JsonObject> RunAsync(DirectoryInfo? target, Action<int> done, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        using var door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        var world = new CarWorld(host.Node, door, clock, cancel);
        var alarms = new CarAlarms(world, inboxes, cancel);
        for (var each = 0; each < Chapters.Length; each++)
        {
            await Chapters[each].Play(world);
            if (each == 0) await alarms.SubscribeAsync();
            done(each + 1);
        }
        var told = await alarms.WaitAsync();
        if (target is not null) Leave(world, target);
        return await ReportAsync(world, told, watch, cancel);
    }

    private async Task<JsonObject> ReportAsync(CarWorld world, JsonObject alarms, Stopwatch watch, CancellationToken cancel)
    {
        var known = new KnownCertificates(host.Node.Genesis);
        var verified = world.Steps.Count(step => ReceiptVerdict.Of(step.Receipt, known) is { Holds: true, Receipt: { } receipt } && receipt.Transaction.Id == step.Id);
        var money = CarWorld.Euro(0).Unit;
        var recount = await CertifiedRecount.OfAsync(host.Node, new AccountKey(world.Cast.Ada.Party, money, default), cancel);
        var sum = (long)recount.Sums.GetValueOrDefault(money);
        var (steps, refusals) = (world.Steps.Where(step => step.Refusal is null).ToList(), world.Steps.Where(step => step.Refusal is not null).ToList());
        return new JsonObject
        {
            ["steps"] = steps.Count, ["refusalsAsExpected"] = refusals.Count, ["accountsSum"] = AmountText.Write(sum, 2), ["currency"] = "EUR",
            ["alarms"] = alarms["kinds"]!.DeepClone(), ["alarmsByWeb"] = (int)alarms["byWeb"]!, ["alarmsByEmail"] = (int)alarms["byEmail"]!, ["alarmsAcknowledged"] = (int)alarms["acknowledged"]!,
            ["alarmsEscalated"] = (int)alarms["escalated"]!,
            ["transactions"] = new JsonObject(steps.Select(step => KeyValuePair.Create(step.Name, (JsonNode?)step.Id.ToString()))),
            ["refusals"] = new JsonArray([.. refusals.Select(step => (JsonNode)new JsonObject
            {
                ["what"] = step.Name, ["refusal"] = step.Refusal, ["reason"] = step.Reason, ["transaction"] = step.Id.ToString(),
            })]),
            ["receiptsVerified"] = verified, ["holds"] = verified == world.Steps.Count && sum == 0 && (bool)alarms["hold"]! && IsOver(world), ["seconds"] = Math.Round(watch.Elapsed.TotalSeconds, 1),
        };
    }

    // The loan is paid, the policy over, and whoever was paid a sum that does not hang on the seconds of the run has it to the cent.
    private bool IsOver(CarWorld world)
    {
        var cast = world.Cast;
        (Actor Who, long Cents)[] have = [(cast.Dealer, 1_000_000), (cast.Garage, 105_000), (cast.Coil, 1_500), (cast.Road, 620), (cast.Household, 10_000 - 210), (cast.Bob, 900_000 - 800_000), (cast.Maker, 0)];
        return host.Node.Read(ledger => ledger.State.Agreement(world.Loan.Number) is { Ended: true } && ledger.State.Agreement(world.Policy.Number) is { Ended: true })
            && Array.TrueForAll(have, each => world.Balance(each.Who) == each.Cents);
    }

    private void Leave(CarWorld world, DirectoryInfo target)
    {
        var receipts = target.CreateSubdirectory("receipts");
        File.WriteAllText(Path.Combine(target.FullName, "genesis.json"), GenesisFile.Write(host.Node.Genesis));
        foreach (var step in world.Steps) File.WriteAllBytes(Path.Combine(receipts.FullName, $"{step.Id}.cose"), step.Receipt);
    }
}
