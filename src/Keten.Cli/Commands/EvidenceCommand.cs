using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Commands;

/// <summary>Checks evidence of a validator's misbehaviour offline.</summary>
internal static class EvidenceCommand
{
    public static Command Create() => new("evidence", "Evidence of a validator's misbehaviour.") { Check() };

    private static Command Check()
    {
        var file = new Argument<FileInfo>("file") { Description = "The evidence, as a node keeps it in the folder misbehaviour, or gives it out." };
        var genesis = new Option<FileInfo>("--genesis") { Description = "genesis.json or genesis.cbor of the ledger.", HelpName = "FILE", Required = true };
        var receipt = new Option<FileInfo>("--receipt") { Description = "Any receipt of the ledger: by the changes of validators in it, those are known who came after the genesis.", HelpName = "FILE" };
        var command = new Command("check", "Checks offline whether a validator did what the evidence says: no node, no network. Exit code 1 where it does not show it.") { file, genesis, receipt };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var began = GenesisFile.Load(parse.GetRequiredValue(genesis).FullName);
            var evidence = Evidence.FromBytes(Files.Read(parse.GetRequiredValue(file), Evidence.BytesAtMost));
            var validators = Validators(began, parse.GetValue(receipt));
            var holds = evidence.Verify(validators, began.Parameters.ClockAheadSeconds);
            var name = "unknown";
            foreach (var set in validators.Sets)
                if (set.ById(evidence.Validator) is { Name: var known }) name = known;
            terminal.Plain(holds ? $"It holds: {name} ({evidence.Validator}) {Words(evidence.Kind)}." : "It does not hold: nothing is shown.");
            terminal.Result(new JsonObject { ["holds"] = holds, ["validator"] = evidence.Validator.ToString(), ["name"] = name, ["kind"] = evidence.Kind.ToString(), ["ledger"] = evidence.LedgerId.ToString() });
            return holds ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static ValidatorHistory Validators(Genesis genesis, FileInfo? receipt)
    {
        var validators = new ValidatorHistory(genesis);
        if (receipt is null) return validators;
        if (ReceiptCheck.Check(Files.Read(receipt, ReceiptVerdict.BytesAtMost), genesis, out var known) != ReceiptFault.None) throw new FormatException("The receipt does not hold by this genesis.");
        validators.Take(known!.Changes);
        return validators;
    }

    private static string Words(Misbehaviour kind) => kind switch
    {
        Misbehaviour.TwoAttestations => "attested two headers of one height",
        Misbehaviour.TwoEchoes => "said of one position that it had read two orders",
        Misbehaviour.OtherAttestation => "attested another header than the one that was certified",
        Misbehaviour.FaultyEntry => "signed an entry that is none",
        Misbehaviour.BadTransaction => "signed an entry with a transaction whose signature does not verify",
        Misbehaviour.AbsurdClock => "stated a clock that is absurd",
        _ => "did something that this program does not know",
    };
}
