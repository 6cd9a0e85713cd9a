using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Invoices;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Invoices in UBL, by the rules of EN 16931.</summary>
internal static class InvoiceCommand
{
    private const int FilesAtMost = 100_000;

    public static Command Create() => new("invoice", "Invoices and credit notes in UBL, by the rules of EN 16931 (docs/invoices.md).") { Check(), Make(), Export() };

    private static Command Check()
    {
        var path = new Argument<string>("path") { Description = "An invoice, a file of cases, or a folder of both." };
        var command = new Command("check", "Says which rules of EN 16931 an invoice breaks. Of cases that name a rule and whether it must hold: how many agree. Exit code 1 where one does not.") { path };
        Terminal.Runs(command, (terminal, parse, _) => Task.FromResult(Checked(terminal, parse.GetRequiredValue(path))));
        return command;
    }

    private static Command Make()
    {
        var profile = new Option<FileInfo>("--profile") { Description = "Seller, buyer, VAT and payment, in JSON (docs/invoices.md).", HelpName = "FILE", Required = true };
        var sessions = Sessions(required: true);
        var number = new Option<string>("--number") { Description = "The invoice's number.", HelpName = "TEXT", Required = true };
        var issued = new Option<string>("--issued") { Description = "Its day.", HelpName = "DATE", Required = true };
        var due = new Option<string>("--due") { Description = "The day on which it is to be paid, or is drawn.", HelpName = "DATE", Required = true };
        var credits = new Option<string?>("--credits") { Description = "Writes a credit note of the whole invoice of this number instead.", HelpName = "NUMBER" };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "The genesis of the ledger that is meant.", HelpName = "FILE" };
        var target = Target();
        var command = new Command("make", "Makes an invoice of settled sessions, by their evidence, offline. The same options give the same bytes.") { profile, sessions, number, issued, due, credits, genesis, target };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var draft = SessionInvoice.Of(
                parse.GetRequiredValue(number), DayOf(parse.GetRequiredValue(issued)), DayOf(parse.GetRequiredValue(due)), InvoiceProfile.FromBytes(Files.Read(parse.GetRequiredValue(profile), InvoiceProfile.BytesAtMost)),
                [.. parse.GetRequiredValue(sessions).Select(file => EvidenceBundle.FromBytes(Files.Read(file, EvidenceBundle.BytesAtMost)))],
                parse.GetValue(genesis) is { } meant ? GenesisFile.Load(meant.FullName) : null, parse.GetValue(credits));
            var path = parse.GetRequiredValue(target).FullName;
            Files.WriteNew(path, UblWriter.Write(draft));
            terminal.Plain($"{draft.Items.Count} sessions, {draft.Gross:0.00} {draft.Currency} with VAT, {draft.Due:0.00} due, in {path}.");
            terminal.Result(new JsonObject { ["file"] = path, ["lines"] = draft.Items.Count, ["net"] = draft.Net, ["vat"] = draft.Vat, ["due"] = draft.Due, ["currency"] = draft.Currency });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Export()
    {
        var agreement = new Option<ulong>("--agreement") { Description = "The collection by which it is paid.", HelpName = "NUMBER", Required = true };
        var invoice = new Option<FileInfo>("--invoice") { Description = "The invoice that was billed.", HelpName = "FILE", Required = true };
        var salt = new Option<string>("--salt") { Description = "Of the ledger's commitment to it, as the vault gave it.", HelpName = "HEX", Required = true };
        var sessions = Sessions(required: false);
        var debits = new Option<FileInfo?>("--file") { Description = "The pain.008 that it stands in.", HelpName = "FILE" };
        var answers = new Option<FileInfo[]>("--answer") { Description = "A file that the bank sent of it. Once for each.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var target = Target();
        var command = Session.Adds(new Command("export", "Puts the evidence of an invoice together for 'keten trace': what the ledger says, and the files beside it. The key is the gateway's.")
        {
            agreement, invoice, salt, sessions, debits, answers, target,
        }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            if (!Hash.TryParse(parse.GetRequiredValue(salt), out var salted)) throw ExitException.Usage("--salt is 64 hexadecimal digits.");
            byte[] Content(FileInfo file) => Files.Read(file, EvidenceBundle.BytesAtMost);
            var bundle = await InvoiceEvidence.OfAsync(
                session.Client, session.Open(session.KeyOf!), new Agreement<Collection>(parse.GetRequiredValue(agreement)), Content(parse.GetRequiredValue(invoice)), salted,
                [.. (parse.GetValue(sessions) ?? []).Select(Content)], parse.GetValue(debits) is { } file ? Content(file) : [], [.. parse.GetValue(answers)!.Select(Content)], cancel);
            var path = parse.GetRequiredValue(target).FullName;
            Files.WriteNew(path, bundle.ToBytes());
            var report = InvoiceTrace.Check(bundle);
            terminal.Plain(report.Holds ? $"The evidence is in {path}; it holds, up to: {report.Links[^1].Name}." : $"The evidence is in {path}; it breaks at: {report.Broken!.Name}.");
            terminal.Result(report.ToJson());
            return report.Holds ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static Option<FileInfo[]> Sessions(bool required) =>
        new("--session") { Description = "The evidence of a session, as 'keten trace --export' writes it. Once for each, in the order of the lines.", HelpName = "FILE", Required = required };

    private static Option<FileInfo> Target() => new("--out") { Description = "The file to write; it must not be there yet.", HelpName = "FILE", Required = true };

    private static Instant DayOf(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1970
        ? new CalendarDate(day.Year, day.Month, day.Day).Begin : throw ExitException.Usage($"'{text}' is no day such as 2026-01-31.");

    private static int Checked(Terminal terminal, string path)
    {
        var folder = Directory.Exists(path);
        if (!folder && !File.Exists(path)) throw ExitException.Usage($"{path} is not there.");
        var files = folder ? Directory.EnumerateFiles(path, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(FilesAtMost).ToList() : [path];
        var (cases, agreed, missing, wrong) = (0, 0, new SortedSet<string>(InvoiceRules.NotImplemented, StringComparer.Ordinal), new JsonArray());
        foreach (var file in files)
            foreach (var each in CasesOf(file, folder ? Path.GetRelativePath(path, file) : Path.GetFileName(file)))
            {
                cases++;
                if (each.Missing) missing.Add(each.Rule!);
                else if (each.Agrees()) agreed++;
                else wrong.Add(Told(terminal, each));
            }
        terminal.Plain($"{cases} cases, {agreed} agreed, {wrong.Count} not; {missing.Count} rules are not checked: {string.Join(", ", missing)}.");
        terminal.Result(new JsonObject
        {
            ["files"] = files.Count, ["cases"] = cases, ["agreed"] = agreed, ["rules"] = InvoiceRules.All.Count, ["notImplemented"] = new JsonArray([.. missing.Select(rule => JsonValue.Create(rule))]), ["disagreed"] = wrong,
        });
        return wrong.Count == 0 && cases > 0 ? Exit.Ok : Exit.Failed;
    }

    private static IReadOnlyList<InvoiceCase> CasesOf(string file, string name)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return InvoiceCases.Read(stream, name);
        }
        catch (InvoiceFileException fault)
        {
            throw ExitException.Usage($"{name}: {fault.Message}");
        }
    }

    private static JsonObject Told(Terminal terminal, InvoiceCase each)
    {
        var breaches = each.Breaches();
        terminal.Plain(breaches.Count == 0 ? $"{each.Place}: {each.Rule} holds, and should not." : $"{each.Place}:");
        foreach (var breach in breaches) terminal.Plain($"  {breach.Rule.Id} ({breach.Times}): {breach.Rule.Sentence}");
        return new JsonObject
        {
            ["case"] = each.Place, ["rule"] = each.Rule, ["mustHold"] = each.Good,
            ["breaks"] = new JsonArray([.. breaches.Select(breach => new JsonObject { ["rule"] = breach.Rule.Id, ["times"] = breach.Times, ["sentence"] = breach.Rule.Sentence })]),
        };
    }
}
