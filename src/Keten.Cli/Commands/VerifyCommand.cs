using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Commands;

/// <summary>Checks a receipt offline: with the genesis, without any node.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("receipt") { Description = "The receipt's file, as 'keten receipt' writes it, or that of a promise: the answer «accepted», as bytes." };
        var genesis = new Option<FileInfo>("--genesis") { Description = "genesis.json or genesis.cbor of the ledger.", HelpName = "FILE", Required = true };
        var transaction = new Option<FileInfo?>("--transaction") { Description = "Of a promise: the transaction that was promised.", HelpName = "FILE" };
        var proofs = new Option<FileInfo?>("--proofs") { Description = "Of a promise: proofs of ledger time and of the counters of one of its signers, as POST /v1/proofs gives them.", HelpName = "FILE" };
        var command = new Command("verify", "Checks a receipt, or a validator's promise, offline against a genesis: no node, no network. Exit code 1 and the failed check where one fails.")
        {
            file, genesis, transaction, proofs,
        };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var began = GenesisFile.Load(parse.GetRequiredValue(genesis).FullName);
            var bytes = Files.Read(parse.GetRequiredValue(file), ReceiptVerdict.BytesAtMost);
            if (PromiseCheck.Read(bytes) is { } promise) return PromiseCheck.Run(terminal, promise, began, parse.GetValue(transaction), parse.GetValue(proofs));
            var verdict = ReceiptVerdict.Of(bytes, began);
            foreach (var step in verdict.Steps)
                terminal.Say(step.Holds switch { true => "[green]holds[/]  ", false => "[red]FAILS[/]  ", null => "[grey]-[/]      " } + step.Name + ": " + step.Words);
            // What does not hold says nothing about what was done.
            var told = verdict is { Holds: true, Receipt: { } receipt } ? Told(terminal, receipt) : null;
            terminal.Plain(verdict.Holds ? "The receipt holds." : $"The receipt does not hold: {verdict.Failed}.");
            terminal.Result(new JsonObject { ["holds"] = verdict.Holds, ["failed"] = verdict.Failed, ["checks"] = Checks(verdict), ["receipt"] = told });
            return verdict.Holds ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static JsonArray Checks(ReceiptVerdict verdict) =>
        new([.. verdict.Steps.Select(step => (JsonNode)new JsonObject { ["name"] = step.Name, ["holds"] = step.Holds, ["words"] = step.Words })]);

    private static JsonObject Told(Terminal terminal, Receipt receipt)
    {
        var story = ReceiptStory.Of(receipt, Known.Catalogue);
        terminal.Plain("");
        terminal.Show(
            ("ledger", receipt.Header.LedgerId.ToString()), ("transaction", receipt.Transaction.Id.ToString()), ("height", receipt.Header.Height.ToString()),
            ("time", MomentText.Write(receipt.Header.Time)), ("validators", receipt.Certificate.Attestations.Count + " signed"));
        foreach (var call in story.Calls) terminal.Plain(call.Sentence);
        terminal.Plain("");
        return story.ToJson();
    }
}
