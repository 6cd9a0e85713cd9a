using Keten.Tests.Commands;

namespace Keten.Tests.Networks;

/// <summary>The commands of docs/epochs.md, as operators give them.</summary>
public sealed class EpochCommandTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Fact]
    public async Task Where_two_records_of_an_epoch_have_two_signatures_each_the_next_epoch_is_signed_by_all()
    {
        await using var rig = new NetworkRig(4, shell["nodes"]);
        for (var each = 0; each < 4; each++) await File.WriteAllTextAsync(shell[$"v{each}.pem"], rig.Validators[each].ExportPem());
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var paid = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 7));
        await rig.SameAsync(paid.Height, 0, 1, 2, 3);
        await rig.CloseAllAsync();

        Assert.Equal(0, (await shell.RunAsync("epoch", "propose", "--data", shell["nodes/v0"], "--set-aside", new string('a', 64), "--out", shell["one.cbor"])).Exit);
        Assert.Equal(0, (await shell.RunAsync("epoch", "propose", "--data", shell["nodes/v2"], "--out", shell["other.cbor"])).Exit);
        foreach (var (validator, file) in ((int, string)[])[(0, "one.cbor"), (1, "one.cbor"), (2, "other.cbor"), (3, "other.cbor")]) Assert.Equal((0, false), await SignAsync(validator, file));
        Assert.Equal(2, (await SignAsync(2, "one.cbor")).Exit);

        // Who has signed proposes the epoch after that.
        var (exit, proposed) = await shell.JsonAsync("epoch", "propose", "--data", shell["nodes/v2"], "--out", shell["next.cbor"]);
        Assert.Equal((0, 2ul), (exit, (ulong)proposed["epoch"]!));
        Assert.Equal((0, false), await SignAsync(0, "next.cbor"));
        Assert.Equal((0, false), await SignAsync(1, "next.cbor"));
        Assert.Equal((0, true), await SignAsync(2, "next.cbor"));
        foreach (var each in (int[])[0, 1, 3]) Assert.Equal(0, (await shell.RunAsync("epoch", "apply", shell["next.cbor"], "--data", shell[$"nodes/v{each}"])).Exit);

        rig.Order = new();
        await rig.OpenAllAsync();
        var answer = await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(2ul, (await rig.SameAsync(answer.Height, 0, 1, 2, 3)).Epoch);
        Assert.NotNull(rig[1].Find(paid.Id));

        async Task<(int Exit, bool IsComplete)> SignAsync(int validator, string file)
        {
            var (code, json) = await shell.JsonAsync("epoch", "sign", shell[file], "--data", shell[$"nodes/v{validator}"], "--validator-key", shell[$"v{validator}.pem"]);
            return (code, code == 0 && (bool)json["complete"]!);
        }
    }

    [Fact]
    public async Task One_proposes_each_signs_and_the_nodes_start_again()
    {
        await using var rig = new NetworkRig(4, shell["nodes"]);
        for (var each = 0; each < 4; each++) await File.WriteAllTextAsync(shell[$"v{each}.pem"], rig.Validators[each].ExportPem());
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var paid = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 7));
        await rig.SameAsync(paid.Height, 0, 1, 2, 3);
        Assert.Equal(2, (await shell.RunAsync("epoch", "propose", "--data", shell["nodes/v0"], "--out", shell["epoch.cbor"])).Exit);
        await rig.CloseAllAsync();

        var (exit, proposed) = await shell.JsonAsync("epoch", "propose", "--data", shell["nodes/v0"], "--out", shell["epoch.cbor"]);
        Assert.Equal(0, exit);
        Assert.Equal((1ul, rig.Genesis.LedgerId.ToString()), ((ulong)proposed["epoch"]!, (string?)proposed["ledger"]));
        // Two go on with the same file, and two have a copy each.
        File.Copy(shell["epoch.cbor"], shell["copy.cbor"]);
        Assert.False((bool)(await SignAsync(0, "epoch.cbor"))["complete"]!);
        Assert.False((bool)(await SignAsync(1, "epoch.cbor"))["complete"]!);
        Assert.False((bool)(await SignAsync(2, "copy.cbor"))["complete"]!);
        Assert.Equal(2, (await shell.RunAsync("epoch", "apply", shell["epoch.cbor"], "--data", shell["nodes/v3"])).Exit);
        var (_, shown) = await shell.JsonAsync("epoch", "show", shell["epoch.cbor"], shell["copy.cbor"]);
        Assert.Equal(3, shown["signedBy"]!.AsArray().Count);
        var last = await shell.JsonAsync("epoch", "sign", shell["epoch.cbor"], shell["copy.cbor"], "--data", shell["nodes/v3"], "--validator-key", shell["v3.pem"]);
        Assert.True((bool)last.Json["complete"]!);
        for (var each = 0; each < 3; each++) Assert.Equal(0, (await shell.RunAsync("epoch", "apply", shell["epoch.cbor"], "--data", shell[$"nodes/v{each}"])).Exit);

        rig.Order = new();
        await rig.OpenAllAsync();
        var answer = await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(1ul, (await rig.SameAsync(answer.Height, 0, 1, 2, 3)).Epoch);
        Assert.NotNull(rig[3].Find(paid.Id));

        async Task<System.Text.Json.Nodes.JsonObject> SignAsync(int validator, string file)
        {
            var (code, json) = await shell.JsonAsync("epoch", "sign", shell[file], "--data", shell[$"nodes/v{validator}"], "--validator-key", shell[$"v{validator}.pem"]);
            Assert.Equal(0, code);
            return json;
        }
    }
}
