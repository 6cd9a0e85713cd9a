using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Fetches the receipt of a transaction, to be kept: it stays valid without the node.</summary>
internal static class ReceiptCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "The transaction's id." };
        var output = new Option<FileInfo>("--out") { Description = "The file to write; it must not be there yet.", HelpName = "FILE", Required = true };
        var from = new Option<int>("--from-call") { Description = "The first call that it shows; a receipt shows up to 16.", HelpName = "NUMBER" };
        var command = Session.Adds(new Command("receipt", "Fetches a transaction's receipt, for those who may read it. Check it with 'keten verify'.") { id, output, from }, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            if (!Hash.TryParse(parse.GetRequiredValue(id), out var transaction)) throw ExitException.Usage("A transaction's id is 64 hexadecimal digits.");
            var receipt = await session.Client.ReceiptAsync(transaction, parse.GetValue(from), cancel: cancel);
            var file = parse.GetRequiredValue(output);
            Files.WriteNew(file.FullName, receipt);
            terminal.Plain($"Written to {file}, {receipt.Length} bytes.");
            terminal.Result(new JsonObject { ["id"] = transaction.ToString(), ["file"] = file.ToString(), ["bytes"] = receipt.Length });
            return Exit.Ok;
        });
        return command;
    }
}
