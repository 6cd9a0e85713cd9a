using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Connectors.Invoices;

namespace Keten.Cli.Commands;

/// <summary>Invoices in UBL, by the rules of EN 16931.</summary>
internal static class InvoiceCommand
{
    private const int FilesAtMost = 100_000;

    public static Command Create() => new("invoice", "Invoices and credit notes in UBL, by the rules of EN 16931 (docs/invoices.md).") { Check() };

    private static Command Check()
    {
        var path = new Argument<string>("path") { Description = "An invoice, a file of cases, or a folder of both." };
        var command = new Command("check", "Says which rules of EN 16931 an invoice breaks. Of cases that name a rule and whether it must hold: how many agree. Exit code 1 where one does not.") { path };
        Terminal.Runs(command, (terminal, parse, _) => Task.FromResult(Checked(terminal, parse.GetRequiredValue(path))));
        return command;
    }

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
