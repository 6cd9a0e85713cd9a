using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Tests.Log;

namespace Keten.Tests.Commands;

/// <summary>The example of docs/operations.md, «Invite a newcomer», line by line: two folders, one etcd, and nodes that know each other by HTTP alone.</summary>
[Needs("etcd"), Collection(EtcdCollection.Name)]
public sealed class InvitationTests(EtcdServer server)
{
    private static readonly string[] Members = ["alpha", "beta", "gamma"];

    [EngineFact]
    public async Task A_newcomer_is_invited_follows_is_voted_in_and_signs()
    {
        using var shell = new Shell();
        var hosts = await NetworkAsync(shell);
        NodeHost? delta = null;
        try
        {
            await EnrolAsync(shell, hosts[0], "carol");
            var said = new JsonObject();
            foreach (var line in Lines())
            {
                string[] words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Select(word => word switch
                {
                    "https://node.alpha.example" => hosts[0].Url,
                    "https://node.beta.example" => hosts[1].Url,
                    "PARTY" => (string)said["party"]!,
                    "KEY" => (string)said["nodeKey"]!,
                    "PROOF" => (string)said["proof"]!,
                    "ID" => (string)said["ledger"]!,
                    _ => word.EndsWith(".json", StringComparison.Ordinal) || word.EndsWith('/') ? shell[word] : word,
                })];
                if (words is ["node", "--config", var config])
                {
                    if (delta is not null) await delta.DisposeAsync();
                    delta = await StartAsync(config);
                    continue;
                }
                if (words is ["validator", "propose", ..])
                {
                    Assert.Equal("keten " + string.Join(' ', words).Replace("--key alpha", "--key YOURS", StringComparison.Ordinal), (string?)said["propose"]);
                    Assert.True(delta!.Node.IsObserver);
                    await Wait.UntilAsync(() => delta.Node.Head?.Header.Height >= hosts[0].Node.Head!.Header.Height);
                }
                string[] more = words[1] switch { "invite" => [], "join" => shell.Keys, _ => ["--node", hosts[0].Url, .. shell.Keys, .. shell.Password] };
                var (exit, answer) = await shell.JsonAsync([.. words, .. more]);
                Assert.True(exit == 0, $"{line}: {answer}");
                if (words[1] is "invite" or "join") said = answer;
            }
            Assert.Equal(4, hosts[0].Node.Read(ledger => ledger.Validators.Count));
            // Three of four sign: without Gamma it takes Delta.
            await hosts[2].DisposeAsync();
            hosts.RemoveAt(2);
            await EnrolAsync(shell, hosts[0], "dave");
            Assert.Contains((string?)said["validator"], hosts[0].Node.Head!.Attestations.AsSpan().ToArray().Select(one => one.Validator.ToString()));
        }
        finally
        {
            if (delta is not null) await delta.DisposeAsync();
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task An_invitation_that_was_changed_or_leads_elsewhere_is_refused_and_nothing_is_made()
    {
        using var shell = new Shell();
        using var stranger = new Shell();
        var hosts = await NetworkAsync(shell);
        var others = await NetworkAsync(stranger);
        try
        {
            var nowhere = $"http://127.0.0.1:{Programs.FreePorts(1)[0]}";
            var good = await InviteAsync("good.json", "alpha/keten.json", shell, hosts[0].Url);
            Assert.DoesNotContain("PRIVATE", good.ToJsonString(), StringComparison.OrdinalIgnoreCase);

            await Refused("changed.json", 2, "changed after it was signed", file => file["peers"]!.AsArray().Add((JsonNode)"http://evil.example"));
            await Refused("moved.json", 2, "changed after it was signed", file => file["order"]!["endpoints"] = new JsonArray("http://evil.example:2379"));
            await Refused("longer.json", 2, "changed after it was signed", file => file["until"] = "2039-01-01T00:00:00Z");
            await Refused("more.json", 2, "no place", file => file["command"] = "rm");
            await Refused("genesis.json", 2, "another ledger than its genesis", file => file["genesis"] = JsonNode.Parse(File.ReadAllText(stranger["genesis.json"])));
            await Refused("words.json", 2, "'quorum' says something else", file => file["genesis"]!["quorum"] = 1);
            await Refused("unsigned.json", 2, "not signed", file => file.Remove("signature"));
            await Refused("user.json", 2, "without a user", file => file["peers"]![0] = "http://me:word@127.0.0.1");
            await Refused("list.json", 2, "no invitation", file => file["peers"] = 5);
            await Refused("good.json", 1, "not to", _ => { }, "--ledger", new string('a', 64));

            await InviteAsync("silent.json", "alpha/keten.json", shell, nowhere);
            await Refused("silent.json", 3, "None of the nodes", _ => { });
            await InviteAsync("elsewhere.json", "alpha/keten.json", shell, others[0].Url);
            await Refused("elsewhere.json", 1, "is of another ledger", _ => { });
            // Signed as it should be, by a key that is no validator's.
            File.WriteAllText(shell["alpha/keten.json"], File.ReadAllText(shell["alpha/keten.json"]).Replace("alpha-node.pem", "mallory.pem", StringComparison.Ordinal));
            using (var mallory = SigningKey.Generate()) File.WriteAllText(shell["mallory.pem"], mallory.ExportPem());
            await InviteAsync("mallory.json", "alpha/keten.json", shell, hosts[0].Url);
            await Refused("mallory.json", 1, "No validator has signed", _ => { });

            // One of two that answers is enough.
            await InviteAsync("half.json", "beta/keten.json", shell, nowhere, hosts[0].Url);
            var (exit, _, warned) = await shell.RunAsync(["validator", "join", shell["half.json"], "--name", "Delta", "--party", "delta", "--to", shell["delta"], .. shell.Keys]);
            Assert.Equal(0, exit);
            Assert.Contains(nowhere, warned, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(shell["delta/validator.pem"]));
            (exit, _, warned) = await shell.RunAsync(["validator", "join", shell["half.json"], "--name", "Delta", "--party", "delta", "--to", shell["delta"], .. shell.Keys]);
            Assert.Equal(2, exit);
            Assert.Contains("there already", warned, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var host in hosts.Concat(others)) await host.DisposeAsync();
        }

        async Task Refused(string name, int exit, string says, Action<JsonObject> change, params string[] more)
        {
            var file = JsonNode.Parse(File.ReadAllText(shell[File.Exists(shell[name]) && name != "genesis.json" ? name : "good.json"]))!.AsObject();
            change(file);
            File.WriteAllText(shell["given.json"], file.ToJsonString());
            var (code, _, error) = await shell.RunAsync(["validator", "join", shell["given.json"], "--name", "Delta", "--party", "delta", "--to", shell["refused"], .. shell.Keys, .. more]);
            Assert.True(code == exit && error.Contains(says, StringComparison.Ordinal), $"{name}: {code} {error}");
            Assert.False(Directory.Exists(shell["refused"]));
        }
    }

    [Fact]
    public async Task What_is_secret_in_the_settings_is_not_in_the_invitation_and_a_node_alone_invites_nobody()
    {
        using var shell = new Shell();
        using var key = SigningKey.Generate();
        File.WriteAllText(shell["node.pem"], key.ExportPem());
        await shell.KeyAsync("own");
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Own=own", "--out", shell["."], .. shell.Keys])).Exit);
        var settings = Settings(shell, "own", "node.pem", new JsonObject { ["engine"] = "postgres", ["connection"] = "Host=db.example;Port=5433;Database=keten;Username=alpha;Password=hush;SSL Key=secret.pem", ["schema"] = "s" });
        File.WriteAllText(shell["keten.json"], settings.ToJsonString());
        var (done, _, fault) = await shell.RunAsync("validator", "invite", "--config", shell["keten.json"], "--peer", "https://node.example", "--out", shell["i.json"]);
        Assert.True(done == 0, fault);
        var written = JsonNode.Parse(File.ReadAllText(shell["i.json"]))!;
        Assert.Equal("Host=db.example;Port=5433;Database=keten", (string?)written["order"]!["connection"]);
        foreach (var (order, says) in ((JsonObject, string)[])[(new() { ["engine"] = "file" }, "network"), (new() { ["engine"] = "etcd", ["endpoints"] = new JsonArray("http://me:hush@etcd.example:2379") }, "without a user")])
        {
            File.WriteAllText(shell["keten.json"], Settings(shell, "own", "node.pem", order).ToJsonString());
            var (exit, _, error) = await shell.RunAsync("validator", "invite", "--config", shell["keten.json"], "--peer", "https://node.example", "--out", shell["j.json"]);
            Assert.Equal(2, exit);
            Assert.Contains(says, error, StringComparison.Ordinal);
            Assert.False(File.Exists(shell["j.json"]));
        }
    }

    private async Task<List<NodeHost>> NetworkAsync(Shell shell)
    {
        foreach (var name in (string[])[.. Members, "delta", "carol", "dave", .. Members.Select(name => name + "-node")]) await shell.KeyAsync(name);
        string[] create = ["genesis", "create", "--open", "--founder", "delta", "--out", shell["."], .. shell.Keys];
        foreach (var name in Members) create = [.. create, "--validator", $"{char.ToUpperInvariant(name[0])}{name[1..]}={name}-node:{name}"];
        Assert.Equal(0, (await shell.RunAsync(create)).Exit);
        var prefix = EtcdServer.NewPrefix();
        await EtcdSetup.CreateLogAsync(server.Options(prefix));
        foreach (var name in Members)
        {
            File.WriteAllText(shell[name + "-node.pem"], new KeyFolder(shell["keys"]).Open(name + "-node", "open sesame").ExportPem());
            Directory.CreateDirectory(shell[name]);
            var order = new JsonObject { ["engine"] = "etcd", ["endpoints"] = new JsonArray([.. server.Endpoints.Select(one => (JsonNode)one.ToString())]), ["prefix"] = prefix };
            File.WriteAllText(shell[name + "/keten.json"], Settings(shell, name, name + "-node.pem", order).ToJsonString());
        }
        var hosts = new List<NodeHost>();
        foreach (var name in Members) hosts.Add(await StartAsync(shell[name + "/keten.json"]));
        return hosts;
    }

    private static JsonObject Settings(Shell shell, string name, string key, JsonObject order) =>
        new() { ["ledger"] = new JsonObject { ["data"] = shell[name + "/data"], ["genesis"] = shell["genesis.json"], ["validatorKey"] = shell[key] }, ["order"] = order };

    private static Task<NodeHost> StartAsync(string config)
    {
        var configuration = ConfigurationFile.Load(config);
        return NodeHost.StartAsync(configuration with { Http = configuration.Http with { Listen = "http://127.0.0.1:0" }, Log = configuration.Log with { Level = "none" } }, BuiltIn.Catalogue);
    }

    private static async Task<JsonObject> InviteAsync(string name, string config, Shell shell, params string[] peers)
    {
        Assert.Equal(0, (await shell.RunAsync(["validator", "invite", "--config", shell[config], "--out", shell[name], .. peers.SelectMany(peer => new[] { "--peer", peer })])).Exit);
        return JsonNode.Parse(File.ReadAllText(shell[name]))!.AsObject();
    }

    private static async Task EnrolAsync(Shell shell, NodeHost host, string name)
    {
        var (exit, answer) = await shell.JsonAsync(["party", "enrol", "--key", name, "--node", host.Url, .. shell.Keys, .. shell.Password]);
        Assert.True(exit == 0, answer.ToJsonString());
    }

    private static IEnumerable<string> Lines()
    {
        var inside = false;
        foreach (var line in File.ReadLines(Page()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = line == "```sh";
            else if (inside) yield return line;
        }
    }

    private static string Page([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "operations.md");
}
