using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Anchors;
using Keten.Node.Hosting;
using Keten.Testing;
using Keten.Tests.Clients;
using Keten.Tests.Commands;
using Keten.Tests.Nodes;

namespace Keten.Tests.Anchors;

public sealed class AnchorTests
{
    private static readonly Hash Ledger = Hash.Of("a ledger"u8);

    [Fact]
    public async Task Headers_are_anchored_at_an_interval_and_checked_and_an_anchor_that_contradicts_is_named()
    {
        using var shell = new Shell();
        using var authority = new TimestampAuthority();
        var isAway = false;
        var (address, server) = TimestampAuthority.Serve(request => isAway ? null : authority.Answer(request));
        using var serving = (IDisposable)server;
        var failures = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, it) => { if (instrument.Name == "keten.anchors.failed") it.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => failures.AddOrUpdate((string)tags[0].Value!, value, (_, sum) => sum + value));
        listener.Start();

        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        File.WriteAllText(shell["genesis.json"], GenesisFile.Write(rig.Genesis));
        Directory.CreateDirectory(shell["data"]);
        var tokens = new TokenFolder(shell["data"]);
        var configuration = new NodeConfiguration
        {
            Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" }, Ledger = new LedgerSection { Data = shell["data"] },
            Anchors = new AnchorSection { File = shell["anchors.jsonl"], Timestamp = address.ToString(), EveryMinutes = 60 },
        };
        await using var host = await NodeHost.StartAsync(configuration, rig.Node, [Anchoring.Open], rig.Clock);
        await Wait.UntilAsync(() => tokens.List().Count == 1);
        var first = rig.Node.Head!.Header;

        // An hour later; the authority is away, and the file and the node go on.
        isAway = true;
        await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        rig.Clock.Advance(TimeSpan.FromMinutes(60));
        await Wait.UntilAsync(() => !failures.IsEmpty);
        Assert.Equal("timestamp", Assert.Single(failures).Key);
        isAway = false;
        authority.Now = rig.Clock.GetUtcNow();
        await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        rig.Clock.Advance(TimeSpan.FromMinutes(60));
        await Wait.UntilAsync(() => tokens.List().Count == 2);
        // Nothing has happened since: nothing is anchored twice.
        var lines = new AnchorFile(shell["anchors.jsonl"]).Read();
        Assert.Equal(3, lines.Count);
        Assert.Equal((first.Height, first.Hash, rig.Genesis.LedgerId), (lines[0].Height, lines[0].Header, lines[0].Ledger));
        Assert.Equal(rig.Node.Head!.Header.Hash, lines[2].Header);

        await File.WriteAllTextAsync(shell["root.pem"], authority.Root.ExportCertificatePem());
        string[] check = ["anchor", "check", "--node", host.Url, "--genesis", shell["genesis.json"], "--trust", shell["root.pem"], "--data", shell["data"], "--file"];
        var (exit, json) = await shell.JsonAsync([.. check, shell["anchors.jsonl"]]);
        Assert.True(exit == 0, json.ToJsonString());
        Assert.Equal(5, json["anchors"]!.AsArray().Count);
        Assert.Equal("CN=An authority", (string?)json["anchors"]!.AsArray().First(one => one!["authority"] is not null)!["authority"]);

        // What says something else, each in its own words.
        await File.WriteAllLinesAsync(shell["other.jsonl"], [(lines[0] with { Header = Ledger }).ToLine(), lines[1].ToLine(), (lines[2] with { Height = 9_999 }).ToLine()]);
        (exit, json) = await shell.JsonAsync([.. check, shell["other.jsonl"]]);
        Assert.Equal(1, exit);
        var wrong = json["anchors"]!.AsArray().Where(one => one!["fault"] is not null).ToArray();
        Assert.Equal([first.Height, 9_999ul], wrong.Select(one => (ulong)one!["height"]!));
        Assert.Contains(first.Hash.ToString(), (string?)wrong[0]!["fault"], StringComparison.Ordinal);
        Assert.Contains("ends with", (string?)wrong[1]!["fault"], StringComparison.Ordinal);
        await File.WriteAllTextAsync(shell["other.jsonl"], (lines[1] with { Ledger = Ledger }).ToLine() + "\n");
        (exit, json) = await shell.JsonAsync([.. check, shell["other.jsonl"]]);
        Assert.Equal(1, exit);
        Assert.Contains("another ledger", json.ToJsonString(), StringComparison.Ordinal);

        // A token under another block's name, one that is none, and an authority that nobody trusts.
        var token = tokens.List()[0];
        File.Copy(token.File, Path.Combine(tokens.Path, $"{token.Height + 1:D12}-{rig.Node.CertificateOf(token.Height + 1)!.Header.Hash}.tst"));
        (exit, json) = await shell.JsonAsync(check[..^1]);
        Assert.Equal(1, exit);
        Assert.Contains("something else than its name", json.ToJsonString(), StringComparison.Ordinal);
        using var stranger = new TimestampAuthority();
        await File.WriteAllTextAsync(shell["root.pem"], stranger.Root.ExportCertificatePem());
        (exit, json) = await shell.JsonAsync("anchor", "list", "--data", shell["data"], "--trust", shell["root.pem"]);
        Assert.Equal(1, exit);
        Assert.Contains("none that is trusted", json.ToJsonString(), StringComparison.Ordinal);

        // Another genesis is another ledger.
        var other = new Genesis(Hash.Of("other"u8), rig.Genesis.Began, rig.Genesis.Validators, rig.Genesis.Founders, false, rig.Genesis.Parameters, rig.Genesis.Catalogue);
        File.WriteAllText(shell["genesis.json"], GenesisFile.Write(other));
        (exit, json) = await shell.JsonAsync([.. check, shell["anchors.jsonl"]]);
        Assert.Equal(1, exit);
        Assert.Contains("of another ledger", (string?)json["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_only_grows_and_what_does_not_fit_is_refused_and_leaves_it_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var file = new AnchorFile(folder["a.jsonl"]);
        Assert.True(file.Append(One(5)));
        Assert.False(file.Append(One(5)));
        Assert.True(file.Append(One(9)));
        var before = File.ReadAllBytes(folder["a.jsonl"]);
        Assert.Throws<FormatException>(() => file.Append(One(8)));
        Assert.Throws<FormatException>(() => file.Append(One(9) with { Header = Ledger }));
        Assert.Throws<FormatException>(() => file.Append(One(10) with { Ledger = Hash.Of("other"u8) }));
        Assert.Equal(before, File.ReadAllBytes(folder["a.jsonl"]));
        // An editor took the last end of line away.
        File.WriteAllBytes(folder["a.jsonl"], before[..^1]);
        Assert.True(file.Append(One(10)));
        Assert.Equal([One(5), One(9), One(10)], file.Read());
        Assert.StartsWith(Encoding.UTF8.GetString(before), File.ReadAllText(folder["a.jsonl"]), StringComparison.Ordinal);
        foreach (var bad in (string[])["{", "[]", "{}", "null", "{\"ledger\":5}", One(3).ToLine() + "\n" + One(2).ToLine()])
        {
            File.WriteAllText(folder["b.jsonl"], bad);
            Assert.Throws<FormatException>(() => new AnchorFile(folder["b.jsonl"]).Read());
        }

        static Anchor One(ulong height) => new(Ledger, height, Hash.Of([(byte)height]), new Instant(1_800_000_000 + (long)height));
    }

    [Fact]
    public async Task A_time_stamping_authority_without_an_address_is_refused_with_its_line()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        var configuration = ConfigurationFile.Parse("{ \"http\": { \"listen\": \"http://127.0.0.1:0\" },\n\"anchors\": { \"timestamp\": \"ftp://a\" } }"u8, "keten.json", new Dictionary<string, string>());
        Assert.Equal("keten.json:2", (await Assert.ThrowsAsync<ConfigurationException>(() => NodeHost.StartAsync(configuration, rig.Node, [Anchoring.Open], rig.Clock))).Place);
    }
}
