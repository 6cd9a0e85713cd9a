using Keten.Cli.Terminals;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>The demonstration of a car's life: what it says, and the receipts that it leaves.</summary>
public sealed class CarDemoTests
{
    [Fact]
    public async Task A_cars_life_comes_to_its_end_with_every_refusal_every_alarm_and_every_receipt()
    {
        using var shell = new Shell();
        var (exit, json) = await shell.JsonAsync("demo", "car", "--check", "--out", shell["car"]);
        Assert.True(exit == Exit.Ok, json.ToJsonString());
        Assert.Equal(("0.00", true), ((string)json["accountsSum"]!, (bool)json["holds"]!));
        var (transactions, refusals) = (json["transactions"]!.AsObject(), json["refusals"]!.AsArray());
        Assert.Equal(((int)json["steps"]!, (int)json["refusalsAsExpected"]!), (transactions.Count, refusals.Count));
        Assert.Equal(transactions.Count + refusals.Count, (int)json["receiptsVerified"]!);
        Assert.True(refusals.Count >= 40, json.ToJsonString());
        Assert.Equal("""{"arrears":1,"late-return":1,"part":1,"recall":1,"roll-back":1,"theft":2}""", json["alarms"]!.ToJsonString());
        Assert.Equal((7, 1, 1, 1), ((int)json["alarmsByWeb"]!, (int)json["alarmsByEmail"]!, (int)json["alarmsAcknowledged"]!, (int)json["alarmsEscalated"]!));
        foreach (var name in new[] { "Registration.TitleIsRetained", "Registration.IsStolen", "Loan.NotYet", "MotorClaims.SeenAlready", "Parking.ParkedAlready", "KernelRefusal.OverDelegateLimit" })
            Assert.Contains(name, refusals.Select(each => (string)each!["refusal"]!));

        Assert.Equal(transactions.Count + refusals.Count, Directory.GetFiles(shell["car/receipts"]).Length);
        foreach (var id in transactions.Select(each => (string)each.Value!).Where((_, place) => place % 30 == 0).Append((string)refusals[0]!["transaction"]!)) await VerifyAsync(shell, id);
    }

    [Fact]
    public async Task It_leaves_nothing_in_a_folder_that_is_not_empty()
    {
        using var shell = new Shell();
        Directory.CreateDirectory(shell["car"]);
        File.WriteAllText(shell["car/mine"], "");
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("demo", "car", "--check", "--out", shell["car"])).Exit);
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("demo", "car")).Exit);
        Assert.Single(Directory.GetFileSystemEntries(shell["car"]));
    }

    private static async Task VerifyAsync(Shell shell, string id)
    {
        var (exit, verified) = await shell.JsonAsync("verify", shell[$"car/receipts/{id}.cose"], "--genesis", shell["car/genesis.json"]);
        Assert.True(exit == Exit.Ok, verified.ToJsonString());
        Assert.Contains(id, verified["receipt"]!.ToJsonString(), StringComparison.Ordinal);
    }
}
