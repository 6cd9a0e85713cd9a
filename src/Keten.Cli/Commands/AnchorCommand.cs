using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs.Anchors;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Commands;

/// <summary>What was anchored outside the ledger, and whether the ledger still leads to it.</summary>
internal static class AnchorCommand
{
    public static Command Create() => new("anchor", "Headers' hashes that were put outside the ledger: in files, and under time-stamps.") { List(), Check() };

    private static Command List()
    {
        var (files, data, trust) = Places();
        var command = new Command("list", "Lists anchors, and says which are none by themselves.") { files, data, trust };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var found = Found(parse, files, data, trust, null);
            return Told(terminal, [.. found.Select(one => (one, one.Fault))], "");
        });
        return command;
    }

    private static Command Check()
    {
        var (files, data, trust) = Places();
        var genesis = new Option<FileInfo?>("--genesis") { Description = "The ledger's genesis, by which the headers are checked; by default the data folder's.", HelpName = "FILE" };
        var command = new Command("check", "Checks that the certified chain of headers, which a node shows, leads to what was anchored. Exit code 1 where one anchor contradicts.") { files, data, trust, genesis };
        Session.Adds(command, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var began = GenesisFile.Load(parse.GetValue(genesis)?.FullName ?? (parse.GetValue(data) is { } folder ? Path.Combine(folder, "genesis.cbor") : throw ExitException.Usage("By which genesis? --genesis FILE, or --data DIR.")));
            var found = Found(parse, files, data, trust, began);
            if (found.Count == 0) throw ExitException.Usage("There are no anchors: --file FILE, or --data DIR with tokens in «anchors».");
            var said = (await session.Client.GenesisAsync(cancel)).LedgerId;
            if (said != began.LedgerId) throw new ExitException(Exit.Failed, $"The node at {session.Client.Node} is of another ledger, {said}.");
            var results = await terminal.ProgressAsync("Following the headers", Math.Max(1, found[^1].Height - found[0].Height), report => AnchorCheck.RunAsync(session.Client, began, found, report, cancel));
            return Told(terminal, results, "the ledger leads to it");
        });
        return command;
    }

    private static (Option<string[]>, Option<string?>, Option<FileInfo?>) Places() => (
        new("--file") { Description = "A file of anchors («anchors.file»), as it is or as a web server gave it. Once for each.", HelpName = "FILE", DefaultValueFactory = _ => [] },
        new("--data") { Description = "A node's data folder, with its time-stamp tokens.", HelpName = "DIR" },
        new("--trust") { Description = "Certificates in PEM: only time-stamps count whose authority leads to one of them. Without it the authority is told, and not judged.", HelpName = "FILE" });

    private static IReadOnlyList<FoundAnchor> Found(ParseResult parse, Option<string[]> files, Option<string?> data, Option<FileInfo?> trust, Genesis? genesis)
    {
        X509Certificate2Collection? roots = null;
        try
        {
            if (parse.GetValue(trust) is { } file) (roots = []).ImportFromPemFile(file.FullName);
        }
        catch (CryptographicException fault)
        {
            throw ExitException.Usage("--trust names certificates in PEM: " + fault.Message);
        }
        if (parse.GetValue(data) is { } folder && !Directory.Exists(folder)) throw ExitException.Usage($"There is no folder {folder}.");
        return FoundAnchor.All(parse.GetValue(files)!, parse.GetValue(data), genesis?.LedgerId, roots);
    }

    private static int Told(Terminal terminal, IReadOnlyList<(FoundAnchor Anchor, string? Fault)> results, string good)
    {
        terminal.Show(["block", "header", "when", "by", "where", ""], results.Select(one => new[]
        {
            one.Anchor.Height.ToString(System.Globalization.CultureInfo.InvariantCulture), one.Anchor.Header.ToString(), one.Anchor.At is { } at ? MomentText.Write(at) : "", one.Anchor.By ?? "", one.Anchor.Place, one.Fault ?? good,
        }));
        var wrong = results.Count(one => one.Fault is not null);
        terminal.Plain(wrong == 0 ? $"{results.Count} anchors; none contradicts." : $"{wrong} of {results.Count} anchors contradict or count for nothing.");
        terminal.Result(new JsonObject
        {
            ["good"] = wrong == 0,
            ["anchors"] = new JsonArray([.. results.Select(one => (JsonNode)new JsonObject
            {
                ["height"] = one.Anchor.Height, ["header"] = one.Anchor.Header.ToString(), ["time"] = one.Anchor.At is { } at ? MomentText.Write(at) : null, ["authority"] = one.Anchor.By, ["place"] = one.Anchor.Place,
                ["fault"] = one.Fault,
            })]),
        });
        return wrong == 0 ? Exit.Ok : Exit.Failed;
    }
}
