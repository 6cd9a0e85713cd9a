using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Connectors.Sepa;

namespace Keten.Cli.Commands;

/// <summary>Account numbers: whether they can be.</summary>
internal static class IbanCommand
{
    public static Command Create() => new("iban", "International bank account numbers (docs/bank.md).") { Check() };

    private static Command Check()
    {
        var texts = new Argument<string[]>("iban") { Description = "One or more.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Checks country, length, structure and check digits. Exit code 1 where one does not hold.") { texts };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var checks = Array.ConvertAll(parse.GetRequiredValue(texts), text => (Text: text, Iban: Iban.Read(text, out var fault), Fault: fault));
            terminal.Show(["IBAN", "country", "fault"], checks.Select(check => new[] { check.Iban?.Printed ?? check.Text, check.Iban?.Country, check.Iban is null ? NameOf(check.Fault) : "none" }));
            terminal.Result(new JsonObject
            {
                ["count"] = checks.Length, ["valid"] = checks.Count(check => check.Iban is not null),
                ["checks"] = new JsonArray([.. checks.Select(check => (JsonNode)new JsonObject
                {
                    ["iban"] = check.Iban?.Text ?? check.Text, ["valid"] = check.Iban is not null, ["country"] = check.Iban?.Country, ["fault"] = check.Iban is null ? NameOf(check.Fault) : null,
                })]),
            });
            return checks.All(check => check.Iban is not null) ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static string NameOf(IbanFault fault) => JsonNamingPolicy.CamelCase.ConvertName(fault.ToString());
}
