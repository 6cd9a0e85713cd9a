using System.CommandLine;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Cli.Commands;

/// <summary>Settles a file of charging sessions under a tariff, on a ledger of its own.</summary>
internal static class SettleCommand
{
    public static Command Create()
    {
        var sessions = new Option<FileInfo>("--sessions") { Description = "Charging sessions of stations, CSV.", HelpName = "FILE", Required = true };
        var tariff = new Option<FileInfo>("--tariff") { Description = "A time-of-use schedule, JSON.", HelpName = "FILE", Required = true };
        var data = new Option<DirectoryInfo>("--data") { Description = "Where the new ledger is kept; empty or not there yet.", HelpName = "DIR", Required = true };
        var command = new Command(
            "settle", "Settles charging sessions: simulated meters sign each, agreements price them, money moves, receipts are checked (docs/settlement.md). Exit code 1 where a row "
            + "was refused or a check failed.")
        {
            sessions, tariff, data,
        };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            using var text = parse.GetRequiredValue(sessions).OpenText();
            var file = SessionFile.Read(text);
            var schedule = Files.Read(parse.GetRequiredValue(tariff), TariffFile.BytesAtMost);
            var folder = new SettleFolder(parse.GetRequiredValue(data).FullName);
            var report = await terminal.ProgressAsync(
                $"Settling {file.Sessions.Count} sessions", file.Sessions.Count, bar => SettleJob.RunAsync(folder, file, schedule, done => bar(done), cancel));
            Tell(terminal, report);
            terminal.Result(report.ToJson());
            return report.Holds ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static void Tell(Terminal terminal, SettleReport report)
    {
        terminal.Show(
            ("sessions", $"{report.Sessions}, of which {report.PriceChanges} pass a change of price"), ("energy", $"{report.WattHours / 1_000m} kWh"),
            ("settled", $"{report.Settled} {report.Currency}"), ("all accounts together", $"{report.AccountsSum} {report.Currency}, recounted from {report.State.Records} records"),
            ("receipts", $"{report.Receipts.Accepted} hold without the node; {report.Receipts.FlippedRejected} copies with one bit flipped do not"),
            ("demand charge", report.DemandCharges.Count == 0 ? "none" : "in the schedule, and not charged: OCPI has no term for it"),
            ("took", $"{report.Seconds:0.0} s"));
        if (report.Refused.Count > 0) terminal.Show(["line", "refused"], report.Refused.Select(row => new[] { row.Line.ToString(), row.Reason }));
    }
}
