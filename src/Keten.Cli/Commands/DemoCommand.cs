using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Cli.Commands;

/// <summary>Demonstrations on a ledger of their own.</summary>
internal static class DemoCommand
{
    public static Command Create() => new("demo", "Demonstrations on a fresh ledger of their own, with a simulated bank.") { Bank(), BankAnswers(), Invoice(), MachineDemoCommand.Create(), CarDemoCommand.Create() };

    private static Command Bank()
    {
        var check = new Option<bool>("--check") { Description = "Do the whole round once, check it, and stop; otherwise the node stays up with debits that wait for 'keten sepa collect'." };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Where to leave the files and, without --check, the gateway's key; a new folder.", HelpName = "DIR" };
        var port = new Option<int>("--port") { Description = "The port of the node without --check; 0 takes a free one.", DefaultValueFactory = _ => 5080 };
        var command = new Command("bank", "Direct debits to the bank and back: mandates, a pain.008, the bank's answers, a returned debit that is unwound to the cent.") { check, folder, port };
        Terminal.Runs(command, (terminal, parse, cancel) =>
        {
            var target = parse.GetValue(folder);
            if (target is { Exists: true } && target.EnumerateFileSystemInfos().Any()) throw ExitException.Usage($"{target} is not empty.");
            return RunCommand.WithNodeAsync(parse.GetValue(check) ? 0 : parse.GetValue(port), null, async host =>
            {
                using var demo = await BankDemo.FoundAsync(host, cancel);
                if (!parse.GetValue(check)) return await StayAsync(terminal, demo, host.Url, target ?? throw ExitException.Usage("--out DIR says where the gateway's key goes."), cancel);
                var report = await demo.CheckAsync(target, cancel);
                terminal.Show([.. report.Select(fact => (fact.Key, fact.Value?.ToString()))]);
                terminal.Result((JsonObject)report.DeepClone());
                return (bool)report["holds"]! ? Exit.Ok : Exit.Failed;
            }, cancel);
        });
        return command;
    }

    private static Command Invoice()
    {
        var check = new Option<bool>("--check") { Description = "Do it once, check it, and stop; there is no other way yet.", Required = true };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where to leave the documents and the evidence; a new folder.", HelpName = "DIR", Required = true };
        var command = new Command("invoice", "From the meter to the bank: sessions, an invoice in UBL, a debit, the bank's answers, and the evidence of all of it, traced; then each document with one byte changed.") { check, folder };
        Terminal.Runs(command, (terminal, parse, cancel) =>
        {
            var target = parse.GetRequiredValue(folder);
            if (target.Exists && target.EnumerateFileSystemInfos().Any()) throw ExitException.Usage($"{target} is not empty.");
            target.Create();
            return RunCommand.WithNodeAsync(0, null, async host =>
            {
                using var demo = await InvoiceDemo.FoundAsync(host, cancel);
                var report = await demo.CheckAsync(target, cancel);
                terminal.Show([.. report.Select(fact => (fact.Key, fact.Value?.ToString()))]);
                terminal.Result((JsonObject)report.DeepClone());
                return (bool)report["holds"]! ? Exit.Ok : Exit.Failed;
            }, cancel);
        });
        return command;
    }

    private static async Task<int> StayAsync(Terminal terminal, BankDemo demo, string url, DirectoryInfo target, CancellationToken cancel)
    {
        demo.KeepKey(target);
        var options = $"--node {url} --key gateway --keys {target}/keys --password-file {target}/password";
        terminal.Plain("Three debits wait for the bank. Ctrl-C stops the node. In another terminal:");
        terminal.Plain($"  ./keten sepa collect --out debits.xml {options}");
        terminal.Plain("  ./keten demo bank-answers debits.xml --out answers");
        terminal.Plain($"  ./keten sepa answer answers/1-pain.002.xml {options}      and the others in their order");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
        return Exit.Ok;
    }

    private static Command BankAnswers()
    {
        var file = new Argument<FileInfo>("file") { Description = "A pain.008." };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where to write them.", HelpName = "DIR", Required = true };
        var command = new Command("bank-answers", "What a simulated bank answers to a pain.008: one debit rejected, the others booked, one of those returned.") { file, folder };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var target = parse.GetRequiredValue(folder);
            target.Create();
            var written = new JsonArray();
            foreach (var (name, content) in BankSimulator.Answer(Files.Read(parse.GetRequiredValue(file), 64 << 20)))
            {
                Files.WriteNew(Path.Combine(target.FullName, name), content);
                terminal.Plain(Path.Combine(target.ToString(), name));
                written.Add(name);
            }
            terminal.Result(new JsonObject { ["files"] = written });
            return Exit.Ok;
        });
        return command;
    }
}
