using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Commands;

/// <summary>The worked example of docs/governance.md, line by line, against four nodes.</summary>
public sealed class GovernanceExampleTests
{
    private static readonly string[] Organisations = ["alpha", "beta", "gamma", "delta"];

    [Fact]
    public async Task The_worked_example_of_the_page_works()
    {
        using var shell = new Shell();
        foreach (var name in (string[])[.. Organisations, "carol", "dave", .. Organisations.Select(name => name + "-node"), "beta-new"]) await shell.KeyAsync(name);
        string[] create = ["genesis", "create", "--founder", "delta", "--out", shell["."], .. shell.Keys];
        foreach (var name in Organisations[..3]) create = [.. create, "--validator", $"{char.ToUpperInvariant(name[0])}{name[1..]}={name}-node:{name}"];
        Assert.Equal(0, (await shell.RunAsync(create)).Exit);
        foreach (var name in (string[])["delta-node", "beta-new"]) File.WriteAllText(shell[name + ".pem"], Key(shell, name).ExportPem());

        var (store, register, genesis) = (new MemoryStore(), new MemoryRegister(), GenesisFile.Load(shell["genesis.json"]));
        var disks = Organisations.Select((_, each) => new SimulatedDisk(each)).ToArray();
        Task<LedgerNode> Open(int each, string key) => LedgerNode.OpenAsync(
            new NodeSetup("none", genesis, BuiltIn.Catalogue, Key(shell, key), new PipelineOptions { Verifiers = 1, FarewellAtMost = TimeSpan.FromMilliseconds(100) })
            { Disk = disks[each], Shared = new SharedOrder(new MemoryLog(store), register) });
        var nodes = new List<LedgerNode>();
        for (var each = 0; each < 4; each++) nodes.Add(await Open(each, Organisations[each] + "-node"));
        try
        {
            await using var host = await NodeHost.StartAsync(
                new NodeConfiguration { Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" } }, nodes[0]);
            var said = new JsonObject();
            foreach (var line in Lines())
            {
                string[] words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Select(word => word switch
                {
                    "ID" => (string)said["id"]!,
                    "KEY" => (string)said["nodeKey"]!,
                    "PROOF" => (string)said["proof"]!,
                    _ => Path.HasExtension(word) ? shell[word] : word,
                })];
                var asks = words[0] != "verify";
                (var exit, said) = await shell.JsonAsync([.. words, .. asks ? ["--node", host.Url, .. shell.Keys, .. shell.Password] : Array.Empty<string>()]);
                Assert.True(exit == 0, $"{line}: {said}");
                if (words is ["validator", "list", ..]) Assert.Equal((4, 3), (said["validators"]!.AsArray().Count, (int)said["quorum"]!));
                if (words is not ["validator", "rekey", ..]) continue;
                await nodes[1].DisposeAsync();
                nodes[1] = await Open(1, "beta-new");
            }
            using var client = new KetenClient(new Uri(host.Url));
            var (changes, stranger) = (await client.ChangesOfValidatorsAsync(), new LightClient(genesis));
            Assert.True(stranger.Take(changes));
            Assert.Equal(HeaderNews.Newer, stranger.Weigh((await client.HeadAsync())!));
            Assert.Equal(changes[1..].Select(one => one.Height), (await client.ChangesOfValidatorsAsync(changes[0].Height)).Select(one => one.Height));
            using var reading = new KetenClient(new Uri(host.Url), Key(shell, "dave"));
            var (after, known) = (Receipt.FromBytes(File.ReadAllBytes(shell["after.cose"])), new KnownCertificates(genesis));
            Assert.True(known.Take(changes));
            var lean = await reading.ReceiptAsync(after.Transaction.Id, known: known.NewestChange);
            Assert.Empty(Receipt.FromBytes(lean).Changes);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(lean, known, out _));
            // Delta's node may be a block behind the one that was asked.
            await foreach (var _ in nodes[3].FollowAsync(after.Header.Height - 1)) break;
            Assert.Equal(3, nodes[3].ChangesOfValidators().Length);
            Assert.Equal(["Alpha", "Beta", "Delta"], nodes[3].Read(ledger => ledger.Validators.All.ToArray()).Select(one => one.Name).Order());
            Assert.Equal(3, Receipt.FromBytes(File.ReadAllBytes(shell["after.cose"])).Changes.Count);
            Assert.Empty(Receipt.FromBytes(File.ReadAllBytes(shell["before.cose"])).Changes);
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    private static SigningKey Key(Shell shell, string name) => new KeyFolder(shell["keys"]).Open(name, "open sesame");

    private static IEnumerable<string> Lines()
    {
        var inside = false;
        foreach (var line in File.ReadLines(Page()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = line == "```sh";
            else if (inside) yield return line;
        }
    }

    private static string Page([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "governance.md");
}
