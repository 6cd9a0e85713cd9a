using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Files to and from the bank, made from the ledger and posted on it.</summary>
internal static class SepaCommand
{
    public static Command Create() => new("sepa", "Files to and from the bank (docs/bank.md). The key is the gateway's, who issues the money.") { Account(), Collect(), Pay(), Answer() };

    private static Command Account()
    {
        var name = new Option<string>("--name") { Description = "The holder's name.", HelpName = "TEXT", Required = true };
        var iban = new Option<string>("--iban") { Description = "The account.", HelpName = "IBAN", Required = true };
        var bic = new Option<string?>("--bic") { Description = "The bank, where it is known.", HelpName = "BIC" };
        var readers = new Option<string[]>("--reader") { Description = "A party that may read it beside its owner, the gateway first of all. Once for each.", HelpName = "PARTY", DefaultValueFactory = _ => [] };
        var command = Session.Adds(new Command("account", "Keeps an account in the vault, and prints the commitment that stands for it on the ledger.") { name, iban, bic, readers }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var account = BankAccount.Of(parse.GetRequiredValue(name), parse.GetRequiredValue(iban), parse.GetValue(bic));
            var others = parse.GetValue(readers)!.Select(text => Common.PartyOf(session.Folder, text)).ToList();
            var (commitment, _) = await session.Client.PutDocumentAsync(account.ToBytes(), BankAccount.MediaType, others, cancel: cancel);
            terminal.Plain(commitment.ToString());
            terminal.Result(new JsonObject { ["commitment"] = commitment.ToString(), ["name"] = account.Name, ["iban"] = account.Iban.Text });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Collect()
    {
        var until = new Option<string?>("--until") { Description = "The last day of collection, 2026-01-31; by default all that are announced.", HelpName = "DATE" };
        var (target, version, again) = (Out(), Version(), Again());
        var command = Session.Adds(new Command("collect", "Makes a pain.008 of announced debits, and has the ledger say that they were handed over. Each goes into one file, once.") { target, until, version, again }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var (path, job) = (parse.GetRequiredValue(target).FullName, new CollectJob(await DeskAsync(session, cancel)));
            if (parse.GetValue(again) is { } id) return Made(terminal, path, await job.AgainAsync(id, cancel), "again");
            var report = await KeptAsync(path, keep => job.CollectAsync(DayOf(parse.GetValue(until)), parse.GetValue(version), keep, cancel));
            foreach (var missed in report.Missed) terminal.Warn($"Debit {missed.Number} of agreement {missed.Of.Agreement.Number} can no longer reach the bank in time, or its mandate is gone: its creditor drops it.");
            return Told(terminal, path, report.File, "handedOver", report.Missed.Count);
        });
        return command;
    }

    private static Command Pay()
    {
        var account = new Option<string?>("--account") { Description = "The commitment of the gateway's own account, as 'keten sepa account' printed it.", HelpName = "HASH" };
        var unit = new Option<uint>("--unit") { Description = "Of which money, by its number.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var instant = new Option<bool>("--instant") { Description = "By instant credit transfers." };
        var (target, version, again) = (Out(), Version(), Again());
        var command = Session.Adds(new Command("pay", "Makes a pain.001 of the e-money that was given back, and has the ledger say that it was handed over.") { target, account, unit, instant, version, again }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var (path, job) = (parse.GetRequiredValue(target).FullName, new PayoutJob(await DeskAsync(session, cancel)));
            if (parse.GetValue(again) is { } id) return Made(terminal, path, await job.AgainAsync(id, cancel), "again");
            if (!Hash.TryParse(parse.GetValue(account), out var from)) throw ExitException.Usage("--account is 64 hexadecimal digits.");
            var file = await KeptAsync(path, keep => job.PayAsync(new Unit(parse.GetValue(unit)), from, parse.GetValue(instant), parse.GetValue(version), keep, cancel));
            return Told(terminal, path, file, "handedOver", 0);
        });
        return command;
    }

    private static Command Answer()
    {
        var file = new Argument<FileInfo>("file") { Description = "A pain.002, camt.052, camt.053 or camt.054." };
        var command = Session.Adds(new Command("answer", "Reads what the bank sent, and posts it. What was posted before is left alone. Exit code 1 where something fits nothing on the ledger, or was refused.") { file }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            using var stream = parse.GetRequiredValue(file).OpenRead();
            var report = await AnswerJob.RunAsync(await DeskAsync(session, cancel), stream, cancel);
            terminal.Show(["what", "payment", "EUR", "reason"], report.Lines.Select(line => new[] { line.What, line.Payment, AmountText.Write(line.Cents, 2), Because(line.Reason) }));
            terminal.Result(report.ToJson());
            return report.Holds ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static string? Because(string? reason) => reason is not null && ReasonCodes.Words(reason) is { } words ? $"{reason}: {words}" : reason;

    private static Option<FileInfo> Out() => new("--out") { Description = "The file to write; it must not be there yet.", HelpName = "FILE", Required = true };

    private static Option<SepaVersion> Version() => new("--version-of") { Description = "Which version the bank takes.", DefaultValueFactory = _ => SepaVersion.V2019 };

    private static Option<string?> Again() => new("--again") { Description = "Makes the file of this message id again, as it was, and hands nothing over.", HelpName = "ID" };

    private static async Task<BankDesk> DeskAsync(Session session, CancellationToken cancel)
    {
        var wallet = await session.WalletAsync(cancel);
        var ledger = (await session.Client.GenesisAsync(cancel)).LedgerId;
        return new BankDesk(session.Client, wallet, ledger, await session.PartyAsync(wallet.Signer.Id, cancel), new Instant(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
    }

    // The file is whole on the disk before the ledger is told, and has its name only after the ledger said yes.
    private static async Task<T> KeptAsync<T>(string path, Func<Action<PaymentFile>, Task<T>> work)
    {
        if (File.Exists(path)) throw ExitException.Usage($"{path} is there already.");
        var kept = path + ".kept";
        try
        {
            var result = await work(file =>
            {
                File.Delete(kept);
                Files.WriteNew(kept, file.Bytes.Span);
            });
            if (File.Exists(kept)) File.Move(kept, path);
            return result;
        }
        catch (InvalidOperationException refused)
        {
            File.Delete(kept);
            throw new ExitException(Exit.Failed, refused.Message);
        }
    }

    private static int Made(Terminal terminal, string path, PaymentFile? file, string how)
    {
        if (file is null) throw new ExitException(Exit.Failed, "No file was handed over under that message id, or not by this gateway.");
        Files.WriteNew(path, file.Bytes.Span);
        return Told(terminal, path, file, how, 0);
    }

    private static int Told(Terminal terminal, string path, PaymentFile? file, string how, int missed)
    {
        terminal.Plain(file is null ? "There is nothing for the bank." : $"{file.Count} payments of {AmountText.Write(file.Cents, 2)} EUR in {path}, message {file.MessageId}.");
        terminal.Result(new JsonObject
        {
            ["file"] = file is null ? null : path, ["messageId"] = file?.MessageId, ["hash"] = file?.Hash.ToString(), ["payments"] = file?.Count ?? 0,
            ["sum"] = AmountText.Write(file?.Cents ?? 0, 2), ["how"] = file is null ? "nothing" : how, ["missed"] = missed,
        });
        return Exit.Ok;
    }

    private static Instant? DayOf(string? text) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1970
            ? new CalendarDate(day.Year, day.Month, day.Day).Begin : throw ExitException.Usage($"'{text}' is not a day like 2026-01-31.");
}
