using System.CommandLine;
using Keten.Cli.Commands;
using Keten.Cli.Terminals;
using Keten.Kernel;

namespace Keten.Cli;

/// <summary>The one binary: a line a command, each in its own file.</summary>
public static class Program
{
    // A node that is told to stop lets those finish whom it is answering.
    private static readonly TimeSpan Stopping = TimeSpan.FromMinutes(2);

    public static Task<int> Main(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>All of Keten with a consortium's own contracts: what its program's Main is (docs/own-contracts.md).</summary>
    public static Task<int> RunAsync(string[] args, Catalogue contracts) => RunAsync(args, Console.Out, Console.Error, contracts);

    /// <summary>Runs a command as the shell would, with its output to writers; the exit code is one of <see cref="Exit"/>.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancel = default) => RunAsync(args, output, error, null, cancel);

    /// <summary>The same with a consortium's own contracts.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Catalogue? contracts, CancellationToken cancel = default)
    {
        Known.Set(contracts);
        var root = new RootCommand("Keten: one record of things, money and promises, with a proof for each. Exit codes: " + Exit.Words)
        {
            AlarmCommand.Create(),
            AnchorCommand.Create(),
            BackupCommand.Create(),
            CrossingCommand.Create(),
            DemoCommand.Create(),
            DeviceCommand.Create(),
            DoctorCommand.Create(),
            DoorsCommand.Create(),
            EpcisCommand.Create(),
            EpochCommand.Create(),
            EvidenceCommand.Create(),
            FsckCommand.Create(),
            GenesisCommand.Create(),
            IbanCommand.Create(),
            InsuranceCommand.Create(),
            InvoiceCommand.Create(),
            KeyCommand.Create(),
            NetworkCommand.Create(),
            NodeCommand.Create(),
            OcmfCommand.Create(),
            PartyCommand.Create(),
            PassportCommand.Create(),
            PayCommand.Create(),
            PruneCommand.Create(),
            RebuildViewsCommand.Create(),
            ReceiptCommand.Create(),
            RestoreCommand.Create(),
            RidesCommand.Create(),
            RunCommand.Create(),
            SepaCommand.Create(),
            SettleCommand.Create(),
            ShowCommand.Create(),
            SubmitCommand.Create(),
            TraceCommand.Create(),
            ValidatorCommand.Create(),
            VerifyCommand.Create(),
            VerifyAllCommand.Create(),
        };
        root.Add(new Option<bool>(Terminal.JsonName) { Description = "Print one JSON object, last on standard output, instead of tables.", Recursive = true });
        var parse = root.Parse(args);
        if (parse.Errors.Count > 0) return Terminal.Misused(parse, output, error);
        return await parse.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Stopping }, cancel);
    }
}
