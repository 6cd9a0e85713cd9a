using System.Text;
using System.Text.RegularExpressions;
using Keten.Cli.Terminals;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>To the bank and back, by the commands, over HTTP.</summary>
public sealed partial class BankTests
{
    [Fact]
    public async Task The_whole_round_holds_and_a_file_that_is_read_twice_changes_nothing()
    {
        using var shell = new Shell();
        var (exit, json) = await shell.JsonAsync("demo", "bank", "--check", "--out", shell["files"]);
        Assert.True(exit == Exit.Ok, json.ToJsonString());
        Assert.Equal((3, 2, 1, 1, 1), ((int)json["debits"]!, (int)json["settled"]!, (int)json["rejected"]!, (int)json["returned"]!, (int)json["paidOut"]!));
        Assert.Equal(("162.50", "0.00"), ((string)json["collected"]!, (string)json["accountsSum"]!));
        Assert.Equal((true, true, true, false), ((bool)json["unwoundToTheCent"]!, (bool)json["handedOverOnce"]!, (bool)json["madeAgainAlike"]!, (bool)json["readTwiceChanged"]!));
        Assert.True(File.Exists(shell["files/pain.008.xml"]) && File.Exists(shell["files/pain.001.xml"]));
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("demo", "bank", "--check", "--out", shell["files"])).Exit);
    }

    [Fact]
    public async Task A_treasurer_collects_and_reads_the_banks_answers()
    {
        using var shell = new Shell();
        using var stop = new CancellationTokenSource();
        using var output = new Announced();
        var node = Keten.Cli.Program.RunAsync(["demo", "bank", "--port", "0", "--out", shell["demo"]], output, TextWriter.Null, stop.Token);
        try
        {
            var url = await output.UrlAsync(node);
            string[] options = ["--node", url, "--key", "gateway", "--keys", shell["demo/keys"], "--password-file", shell["demo/password"]];
            Assert.Equal("nothing", await Collected(["--out", shell["none.xml"], "--until", "2026-01-02"]));
            Assert.Equal("handedOver", await Collected(["--out", shell["one.xml"]]));
            Assert.Equal(Exit.Usage, (await shell.JsonAsync(["sepa", "collect", "--out", shell["one.xml"], .. options])).Exit);
            Assert.Equal("nothing", await Collected(["--out", shell["two.xml"]]));
            var id = MessageId().Match(File.ReadAllText(shell["one.xml"])).Groups["id"].Value;
            Assert.Equal("again", await Collected(["--out", shell["again.xml"], "--again", id]));
            Assert.Equal(File.ReadAllBytes(shell["one.xml"]), File.ReadAllBytes(shell["again.xml"]));
            Assert.Equal(Exit.Failed, (await shell.JsonAsync(["sepa", "collect", "--out", shell["no.xml"], "--again", "0", .. options])).Exit);

            Assert.Equal(Exit.Ok, (await shell.JsonAsync("demo", "bank-answers", shell["one.xml"], "--out", shell["answers"])).Exit);
            foreach (var round in new[] { true, false })
            {
                Assert.Equal((2, 1, round), await Answered("1-pain.002.xml", "takenIn", "undone"));
                Assert.Equal((2, 0, round), await Answered("2-camt.054-booked.xml", "settled", "undone"));
                Assert.Equal((1, 0, round), await Answered("3-camt.054-returned.xml", "undone", "settled"));
            }
            File.WriteAllText(shell["strange.xml"], File.ReadAllText(shell["answers/3-camt.054-returned.xml"]).Replace("<EndToEndId>", "<EndToEndId>x", StringComparison.Ordinal));
            var (exit, json) = await shell.JsonAsync(["sepa", "answer", shell["strange.xml"], .. options]);
            Assert.Equal((Exit.Failed, 1, false), (exit, (int)json["unmatched"]!, (bool)json["changed"]!));
            File.WriteAllText(shell["broken.xml"], "<Document>");
            var (broken, fault) = await shell.JsonAsync(["sepa", "answer", shell["broken.xml"], .. options]);
            Assert.Equal(Exit.Usage, broken);
            Assert.Contains("NotXml", (string)fault["error"]!, StringComparison.Ordinal);

            var account = await shell.JsonAsync(["sepa", "account", "--name", "Gateway", "--iban", "DE89370400440532013000", .. options]);
            Assert.Equal(Exit.Ok, account.Exit);
            var paid = await shell.JsonAsync(["sepa", "pay", "--out", shell["pay.xml"], "--account", (string)account.Json["commitment"]!, .. options]);
            Assert.Equal((Exit.Ok, "nothing"), (paid.Exit, (string)paid.Json["how"]!));
            Assert.Equal(Exit.Usage, (await shell.JsonAsync(["sepa", "pay", "--out", shell["pay.xml"], "--account", "x", .. options])).Exit);

            async Task<string> Collected(string[] more)
            {
                var (exit, json) = await shell.JsonAsync(["sepa", "collect", .. more, .. options]);
                Assert.True(exit == Exit.Ok, json.ToJsonString());
                return (string)json["how"]!;
            }

            // Read for the first time it changes as much; read again, all of it is known.
            async Task<(int, int, bool)> Answered(string file, string what, string other)
            {
                var (exit, json) = await shell.JsonAsync(["sepa", "answer", shell["answers/" + file], .. options]);
                Assert.True(exit == Exit.Ok, json.ToJsonString());
                var changed = (bool)json["changed"]!;
                return changed ? ((int)json[what]!, (int)json[other]!, true) : file[0] == '1' ? (2, (int)json["known"]! - 2, false) : ((int)json["known"]!, 0, false);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await node;
        }
    }

    [Fact]
    public async Task Account_numbers_are_checked()
    {
        using var shell = new Shell();
        var (exit, json) = await shell.JsonAsync("iban", "check", "NL91 ABNA 0417 1643 00", "NL91ABNA0417164301");
        Assert.Equal((Exit.Failed, 2, 1, "wrongCheckDigits"), (exit, (int)json["count"]!, (int)json["valid"]!, (string)json["checks"]![1]!["fault"]!));
        Assert.Equal(Exit.Ok, (await shell.JsonAsync("iban", "check", "NL91ABNA0417164300")).Exit);
    }

    [GeneratedRegex("<MsgId>(?<id>[0-9a-f]+)</MsgId>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MessageId();

    /// <summary>What the demonstration prints, until it names its node.</summary>
    private sealed class Announced : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public async Task<string> UrlAsync(Task node)
        {
            for (var waited = 0; waited < 600 && !node.IsCompleted; waited++, await Task.Delay(100))
                if (Url().Match(ToString()) is { Success: true } found) return found.Groups["url"].Value;
            throw new InvalidOperationException("The demonstration did not start: " + ToString());
        }
    }

    [GeneratedRegex("--node (?<url>http://[^ ]+) (?s:.*)order", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Url();
}
