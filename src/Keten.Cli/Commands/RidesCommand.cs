using System.CommandLine;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Cli.Commands;

/// <summary>Settles files of taxi rides, on a ledger of their own.</summary>
internal static class RidesCommand
{
    public static Command Create() => new("rides", "Taxi rides, paid and divided (docs/contracts/rides.md).") { Settle() };

    private static Command Settle()
    {
        var files = new Option<FileInfo[]>("--rides")
        {
            Description = "Rides, CSV; one file or several.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore,
        };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where the new ledger is kept; empty or not there yet. Without it the ledger is thrown away at the end.", HelpName = "DIR" };
        var command = new Command("settle", "Pays each ride: fare and tip to the driver less the platform's commission, tolls to the toll road, the rest to a payee of surcharges. Exit code 1 where a row "
            + "was refused or a check failed.")
        {
            files, data,
        };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var temporary = parse.GetValue(data) is null ? Directory.CreateTempSubdirectory("keten-rides-") : null;
            var readers = new List<(string Name, TextReader Text)>();
            try
            {
                var folder = new SettleFolder(parse.GetValue(data)?.FullName ?? Path.Combine(temporary!.FullName, "ledger"));
                foreach (var file in parse.GetRequiredValue(files)) readers.Add((file.Name, file.OpenText()));
                var report = await terminal.ProgressAsync("Settling rides", 1, _ => RidesJob.RunAsync(folder, readers, cancel: cancel));
                Tell(terminal, report);
                terminal.Result(report.ToJson());
                return report.Holds ? Exit.Ok : Exit.Failed;
            }
            finally
            {
                foreach (var (_, text) in readers) text.Dispose();
                temporary?.Delete(recursive: true);
            }
        });
        return command;
    }

    private static void Tell(Terminal terminal, RidesReport report)
    {
        static string Money(long cents) => RidesReport.Money(cents);
        terminal.Show(
            ("rides", report.Rides.ToString()), ("fares", Money(report.Fares)), ("tips", Money(report.Tips)), ("tolls", Money(report.Tolls)), ("surcharges", Money(report.Surcharges)),
            ("total", $"{Money(report.Total)} of {Money(report.FileTotal)} in the files"),
            ("to drivers", Money(report.Balances.Drivers)), ("to the platform", Money(report.Balances.Platform)), ("to the toll road", Money(report.Balances.TollRoad)),
            ("receipts", $"{report.Receipts.Accepted} hold without the node; {report.Receipts.FlippedRejected} copies with one bit flipped do not"),
            ("took", $"{report.Seconds:0.0} s"));
        if (report.Refused.Count > 0) terminal.Show(["file", "line", "refused"], report.Refused.Select(row => new[] { row.File, row.Line.ToString(), row.Reason }));
    }
}
