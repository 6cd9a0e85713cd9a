using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Sends transactions that were signed before.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("files") { Description = "A signed transaction each, in its COSE form.", Arity = ArgumentArity.OneOrMore };
        var wait = new Option<WaitUntil>("--wait") { Description = "How long to wait: until it is accepted, or final.", DefaultValueFactory = _ => WaitUntil.Final };
        var command = Session.Adds(new Command("submit", "Sends signed transactions to a node. The same bytes may be sent again without fear: a transaction is decided once.") { files, wait }, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var transactions = Array.ConvertAll(parse.GetRequiredValue(files), file => (ReadOnlyMemory<byte>)Files.Read(file, Transaction.BytesAtMost));
            var answers = await terminal.ProgressAsync("Submitting", transactions.Length,
                done => session.Client.SubmitAsync(transactions, parse.GetValue(wait), new Progress<int>(count => done(count)), cancel));
            foreach (var answer in answers) terminal.Plain(Reports.Sentence(answer));
            terminal.Result(new JsonObject
            {
                ["submitted"] = answers.Length, ["good"] = answers.Count(answer => answer.IsGood), ["transactions"] = new JsonArray([.. answers.Select(answer => (JsonNode)Reports.ToJson(answer))]),
            });
            return answers.All(answer => answer.IsGood) ? Exit.Ok : Exit.Failed;
        });
        return command;
    }
}
