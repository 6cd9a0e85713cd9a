using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Testing;
using Keten.Tests.Commands;
using Keten.Tests.Networks;
using Microsoft.Data.Sqlite;

namespace Keten.Tests.Doctors;

/// <summary>Each thing that can be wrong is made to happen, and keten doctor names it.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Fact]
    public async Task A_network_that_works_is_well()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await using var first = await HostAsync(rig, 0);
        await using var second = await HostAsync(rig, 1);
        var (exit, output, _) = await shell.RunAsync("doctor", "--url", first.Url, "--url", second.Url, "--disk-free", "0");
        Assert.Equal((0, "All is well.\n"), (exit, output));
    }

    [Fact]
    public async Task No_quorum_is_told_with_who_is_missing()
    {
        await using var rig = new NetworkRig(4);
        await rig.HalfAsync();
        var found = await StuckAsync(rig, "noQuorum");
        Assert.Contains("V2, V3 have not said what they read", What(found), StringComparison.Ordinal);
        Assert.Contains("3 of 4", (string?)found["why"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_quorum_for_another_order_is_told_as_that()
    {
        await using var rig = new NetworkRig(4);
        var (header, _) = await rig.HalfAsync();
        await rig.StateAsync(3, header with { LogHash = Hash.Of("another order"u8) }, by: rig.Validators[3]);
        var found = await StuckAsync(rig, "noQuorum", found => What(found).Contains("have read another order", StringComparison.Ordinal));
        Assert.Contains("epoch", (string?)found["toDo"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_validator_that_is_away_is_named_though_the_others_go_on()
    {
        await using var rig = new NetworkRig(4);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        Assert.StartsWith("V3 has not signed", What(await FoundAsync(rig, "validatorAbsent", found => What(found).StartsWith("V3", StringComparison.Ordinal), patience: 0)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordering_service_that_does_not_answer_is_told()
    {
        var register = new StubbornRegister(new MemoryRegister());
        await using var rig = new NetworkRig(4) { Register = register };
        await rig.OpenAllAsync();
        await rig.FundAsync();
        register.IsSilent = true;
        await Task.Delay(1_100);
        Assert.Contains("has not answered", What(await StuckAsync(rig, "orderUnreachable")), StringComparison.Ordinal);
        register.IsSilent = false;
    }

    [Fact]
    public async Task What_was_accepted_and_never_comes_back_from_the_order_is_told()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAsync(0, new ShuttingOutLog(new MemoryLog(rig.Order)).Shut());
        for (var each = 1; each < 4; each++) await rig.OpenAsync(each);
        _ = rig[0].SubmitAsync([rig.BeginMoney()], Node.Pipeline.WaitFor.Accepted);
        await using var host = await HostAsync(rig, 0);
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        var found = await UntilAsync("acceptedNotFinal", () =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(2));
            return shell.JsonAsync("doctor", "--url", host.Url);
        });
        Assert.Contains("on its way through the order", What(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_promise_that_was_not_kept_is_told_and_one_that_was_is_not()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        new KeyFolder(shell["keys"]).Keep("ada", rig.Ada, "open sesame");
        var (kept, broken) = (rig.Pay(rig.Ada, rig.Bob, 1), rig.Pay(rig.Ada, rig.Bob, 2));
        foreach (var (name, transaction) in ((string, byte[])[])[("kept", kept), ("broken", broken)])
            await File.WriteAllBytesAsync(shell[name], Acceptance.Sign(rig.Validators[2], Transaction.Parse(transaction)).ToBytes());
        await rig.DoneAsync(0, kept);
        rig.Clock.Advance(TimeSpan.FromSeconds(700));
        await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 3));
        await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 3));
        await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 3));
        await using var host = await HostAsync(rig, 0);
        var (_, json) = await shell.JsonAsync(["doctor", "--url", host.Url, "--accepted", shell["kept"], "--accepted", shell["broken"], "--key", "ada", .. shell.Keys, .. shell.Password]);
        var found = Assert.Single(json["findings"]!.AsArray(), found => (string?)found!["code"] == "acceptedNotFinal")!;
        Assert.StartsWith($"Validator V2 has accepted transaction {Transaction.Parse(broken).Id}", What(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_off_is_told_of_the_node_whose_it_is()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await using var first = await HostAsync(rig, 0);
        await using var second = await HostAsync(rig, 1, new SimulatedClock(1_800_000_060));
        await using var third = await HostAsync(rig, 2);
        var (exit, json) = await shell.JsonAsync("doctor", "--url", first.Url, "--url", second.Url, "--url", third.Url);
        var found = Assert.Single(json["findings"]!.AsArray(), found => (string?)found!["code"] == "clockOff")!;
        Assert.Equal(1, exit);
        Assert.StartsWith($"The clock of {second.Url}/ is ", What(found), StringComparison.Ordinal);
        Assert.EndsWith("ahead of the others'.", What(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_header_differs_from_the_certified_one_is_told_with_the_block()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAsync(1);
        var another = (ulong height) => rig.Find(0)?.Read(ledger => ledger.Head) is { } own && own.Height == height && own with { HistorySize = own.HistorySize + 5 } is var other
            ? new Certificate(other, new Many<Attestation>([.. rig.Validators[1..].OrderBy(key => key.Id).Select(key => Attestation.Sign(key, other))])) : null;
        await rig.OpenAsync(0, null, another);
        _ = rig[0].SubmitAsync([rig.BeginMoney()], Node.Pipeline.WaitFor.Final);
        var found = await FoundAsync(rig, "diverged");
        Assert.Contains("block 1", What(found), StringComparison.Ordinal);
        Assert.Contains("than the one that the validators certified", (string?)found["why"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misbehaviour_is_told_by_the_node_and_by_name_from_its_folder()
    {
        await using var rig = new NetworkRig(4, shell["nodes"]);
        var (header, _) = await rig.HalfAsync();
        for (var size = 7ul; size <= 8; size++)
        {
            await rig.StateAsync(3, header, by: rig.Validators[3], attested: header with { HistorySize = size });
            await Task.Delay(100);
        }
        Assert.Contains("have been seen", What(await FoundAsync(rig, "misbehaviour")), StringComparison.Ordinal);
        Assert.StartsWith("V3 has broken the rules: TwoAttestations", What(await HereAsync("misbehaviour", shell["nodes/v0"])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promises_that_are_ahead_of_what_the_folder_holds_are_told()
    {
        await using var rig = new NetworkRig(4, shell["nodes"]);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.SameAsync(2, 0, 1, 2, 3);
        await rig.CloseAllAsync();
        Assert.Empty((await shell.JsonAsync("doctor", "--data", shell["nodes/v0"], "--disk-free", "0")).Json["findings"]!.AsArray());
        foreach (var name in (string[])["log", "blocks", "snapshots"]) Directory.Delete(shell[$"nodes/v0/{name}"], recursive: true);
        Assert.Contains("its data ends with block 0", What(await HereAsync("promisesAhead", shell["nodes/v0"])), StringComparison.Ordinal);
        await rig.OpenAsync(0, new MemoryLog(new MemoryStore()));
        await StuckAsync(rig, "promisesAhead");
    }

    [Fact]
    public async Task A_key_that_is_no_validators_a_muted_validator_and_contracts_to_come_are_told()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.OpenAsync(4);
        await rig.CarryAsync(0, new KernelCalls.Change(null, null, null, new Activation(Hash.Of("contracts to come"u8), 500), null, null, null, null), 0, 1, 2);
        await rig.CarryAsync(0, new KernelCalls.Change(null, null, null, null, null, null, rig.PartyOf(3), null), 0, 1, 2);
        await FoundAsync(rig, "muted", node: 3);
        await FoundAsync(rig, "notAValidator", node: 4);
        await FoundAsync(rig, "catalogueToCome");
    }

    [Fact]
    public async Task Views_that_cannot_be_written_are_told()
    {
        await using var rig = new NetworkRig(4, shell["nodes"]);
        await rig.OpenAllAsync();
        var configuration = new NodeConfiguration { Ledger = new LedgerSection { Data = shell["nodes/v0"] }, Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" } };
        await using var host = await NodeHost.StartAsync(configuration, rig[0], [Rooms.Open], rig.Clock);
        await using (var views = new SqliteConnection("Data Source=" + Rooms.ViewFile(shell["nodes/v0"])))
        {
            await views.OpenAsync();
            var names = new List<string>();
            await using (var tables = new SqliteCommand("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'", views))
            await using (var read = await tables.ExecuteReaderAsync())
                while (await read.ReadAsync()) names.Add(read.GetString(0));
            await using var drop = new SqliteCommand("pragma foreign_keys = off; " + string.Join("; ", names.Select(name => $"drop table \"{name}\"")), views);
            await drop.ExecuteNonQueryAsync();
        }
        await rig.FundAsync();
        Assert.Contains("cannot be written", (string?)(await UntilAsync("viewsBehind", () => shell.JsonAsync("doctor", "--url", host.Url)))["why"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_and_a_key_that_others_may_read_and_a_node_that_does_not_answer_are_told()
    {
        Directory.CreateDirectory(shell["data"]);
        await File.WriteAllTextAsync(shell["validator.pem"], "no key");
        File.SetUnixFileMode(shell["validator.pem"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await File.WriteAllTextAsync(shell["keten.json"], new JsonObject
        {
            ["ledger"] = new JsonObject { ["data"] = shell["data"], ["validatorKey"] = shell["validator.pem"] }, ["http"] = new JsonObject { ["listen"] = "http://127.0.0.1:1" },
            ["order"] = new JsonObject { ["peers"] = new JsonArray("http://127.0.0.1:2") },
        }.ToJsonString());
        var (exit, json) = await shell.JsonAsync("doctor", "--config", shell["keten.json"], "--disk-free", "1000000000000");
        Assert.Equal((1, false), (exit, (bool)json["well"]!));
        Assert.Equal(["diskNearlyFull", "keyReadable", "keyUnreadable", "nodeUnreachable", "peerUnreachable"], json["findings"]!.AsArray().Select(found => (string?)found!["code"]));
        File.SetUnixFileMode(shell["validator.pem"], UnixFileMode.UserRead);
        (_, json) = await shell.JsonAsync("doctor", "--config", shell["keten.json"], "--disk-free", "0");
        Assert.Equal(["keyUnreadable", "nodeUnreachable", "peerUnreachable"], json["findings"]!.AsArray().Select(found => (string?)found!["code"]));
    }

    [Theory]
    [InlineData(40, null)]
    [InlineData(29, "certificateExpiring")]
    [InlineData(-1, "certificateExpired")]
    public async Task A_certificate_that_expires_within_thirty_days_is_told(int days, string? code)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("ledger.example");
        var request = new CertificateRequest("CN=ledger.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-60), DateTimeOffset.UtcNow.AddDays(days).AddHours(1));
        await File.WriteAllTextAsync(shell["tls.pem"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(shell["tls.key"], key.ExportPkcs8PrivateKeyPem());
        await using var rig = new NetworkRig(1);
        var settings = new HttpSection { Listen = "https://127.0.0.1:0", Certificate = shell["tls.pem"], CertificateKey = shell["tls.key"] };
        await rig.OpenAllAsync();
        await using var host = await NodeHost.StartAsync(new NodeConfiguration { Http = settings, Log = new LogSection { Level = "none" } }, rig[0], clock: rig.Clock);
        await File.WriteAllTextAsync(shell["keten.json"], new JsonObject
        {
            ["ledger"] = new JsonObject { ["data"] = shell["nothing"] },
            ["http"] = new JsonObject { ["listen"] = host.Url, ["certificate"] = shell["tls.pem"], ["certificateKey"] = shell["tls.key"] },
        }.ToJsonString());
        File.SetUnixFileMode(shell["tls.key"], UnixFileMode.UserRead);
        var (_, json) = await shell.JsonAsync("doctor", "--config", shell["keten.json"]);
        string?[] codes = [.. json["findings"]!.AsArray().Select(found => (string?)found!["code"]).Where(found => found!.StartsWith("cert", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(code is null ? [] : [code], codes);
        // The node's own certificate is enough to ask it, and nobody else's.
        Assert.DoesNotContain(json["findings"]!.AsArray(), found => (string?)found!["code"] == "nodeUnreachable");
        (_, json) = await shell.JsonAsync("doctor", "--url", host.Url);
        Assert.Contains(json["findings"]!.AsArray(), found => (string?)found!["code"] == "nodeUnreachable");
        // A key that is not the certificate's.
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(shell["new.key"], other.ExportPkcs8PrivateKeyPem());
        File.Move(shell["new.key"], shell["tls.key"], overwrite: true);
        rig.Clock.Advance(ServingCertificate.Every);
        (_, json) = await shell.JsonAsync("doctor", "--config", shell["keten.json"]);
        Assert.Contains(json["findings"]!.AsArray(), found => (string?)found!["code"] == "certificateNotTaken");
    }

    // What is found while the node's clock goes on by more than anybody's patience.
    private async Task<JsonNode> StuckAsync(NetworkRig rig, string code, Func<JsonNode, bool>? such = null)
    {
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        return await FoundAsync(rig, code, such, advance: true);
    }

    private async Task<JsonNode> FoundAsync(NetworkRig rig, string code, Func<JsonNode, bool>? such = null, int patience = 10, int node = 0, bool advance = false)
    {
        await using var host = await HostAsync(rig, node);
        return await UntilAsync(code, () =>
        {
            if (advance) rig.Clock.Advance(TimeSpan.FromSeconds(2));
            return shell.JsonAsync("doctor", "--url", host.Url, "--patience", $"{patience}");
        }, such);
    }

    private async Task<JsonNode> HereAsync(string code, string folder) => await UntilAsync(code, () => shell.JsonAsync("doctor", "--data", folder, "--disk-free", "0"));

    private static async Task<JsonNode> UntilAsync(string code, Func<Task<(int Exit, JsonObject Json)>> look, Func<JsonNode, bool>? such = null)
    {
        for (var left = 60; ; left--, await Task.Delay(100))
        {
            var (exit, json) = await look();
            if (json["findings"]?.AsArray().FirstOrDefault(found => (string?)found!["code"] == code && such?.Invoke(found) != false) is { } found)
            {
                Assert.Equal(1, exit);
                return found;
            }
            Assert.True(left > 0, $"{code} is not among {json}");
        }
    }

    private static string What(JsonNode found) => (string)found["what"]!;

    private static Task<NodeHost> HostAsync(NetworkRig rig, int node, TimeProvider? clock = null) => NodeHost.StartAsync(
        new NodeConfiguration { Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" } }, rig[node], clock: clock ?? rig.Clock);

    /// <summary>A register that can be made to answer nothing.</summary>
    private sealed class StubbornRegister(IRegister inner) : IRegister
    {
        public volatile bool IsSilent;

        public ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default) => inner.PublishAsync(validator, statements, cancel);

        public async ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default)
        {
            while (IsSilent) await Task.Delay(20, cancel);
            return await inner.ReadAsync(height, cancel);
        }

        public IAsyncEnumerable<Statement> FollowAsync(CancellationToken cancel = default) => inner.FollowAsync(cancel);
    }
}
