using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Commands;

/// <summary>Checks folders of receipts offline: with the genesis, without any node.</summary>
internal static class VerifyAllCommand
{
    public static Command Create()
    {
        var folders = new Argument<DirectoryInfo[]>("folders") { Description = "Folders of receipts, *.cose.", Arity = ArgumentArity.OneOrMore };
        var genesis = new Option<FileInfo>("--genesis") { Description = "genesis.json or genesis.cbor of the ledger.", HelpName = "FILE", Required = true };
        var command = new Command("verify-all", "Checks every receipt of folders offline against a genesis. Exit code 1 where one does not hold.") { folders, genesis };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var began = GenesisFile.Load(parse.GetRequiredValue(genesis).FullName);
            var counts = parse.GetRequiredValue(folders).Select(folder => (Folder: folder, Count: ReceiptFolder.Count(folder.FullName, began))).ToList();
            terminal.Show(["folder", "hold", "do not"], counts.Select(each => new[] { each.Folder.ToString(), each.Count.Holding.ToString(), each.Count.Failing.ToString() }));
            terminal.Result(new JsonObject
            {
                ["folders"] = new JsonArray([.. counts.Select(each => (JsonNode)new JsonObject
                {
                    ["folder"] = each.Folder.ToString(), ["hold"] = each.Count.Holding, ["fail"] = each.Count.Failing,
                })]),
            });
            return counts.All(each => each.Count.Failing == 0) ? Exit.Ok : Exit.Failed;
        });
        return command;
    }
}
