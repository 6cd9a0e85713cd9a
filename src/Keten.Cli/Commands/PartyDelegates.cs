using System.CommandLine;
using System.Globalization;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Cli.Commands;

/// <summary>Keys that may do a few things for a party, up to limits.</summary>
internal static class PartyDelegates
{
    public static Command Add()
    {
        var added = PartyCommand.NewKey();
        var scopes = new Option<string[]>("--scope") { Description = "What it may use: CONTRACT or CONTRACT.CLAUSE by their numbers; 0.1 is the transfer. Once for each.", HelpName = "NUMBER", Required = true };
        var limits = new Option<string[]>("--limit") { Description = "What it may spend in a transaction and in a day: UNIT:AMOUNT:AMOUNT. A unit that is not named: nothing.", HelpName = "LIMIT", DefaultValueFactory = _ => [] };
        var until = new Option<string>("--until") { Description = "From then on it may nothing, RFC 3339.", HelpName = "TIME", Required = true };
        return PartyCommand.One("delegate", "Lets a key do a few things for the party: a till, a car's wallet, an employee. The key signs too.", [added, scopes, limits, until],
            parse => [parse.GetRequiredValue(added)],
            async (transaction, of, session, parse, cancel) =>
            {
                if (!MomentText.TryParse(parse.GetRequiredValue(until), out var end)) throw ExitException.Usage("--until is a moment like 2027-01-01T00:00:00Z.");
                var spending = new List<SpendingLimit>();
                foreach (var text in parse.GetRequiredValue(limits))
                    if (await Amounts.ReadListedAsync(session.Client, text, 2, cancel) is [var each, var perDay]) spending.Add(new SpendingLimit(each, perDay));
                var may = new Many<Scope>(Array.ConvertAll(parse.GetRequiredValue(scopes), ScopeOf));
                return transaction.Do(new KernelCalls.AddDelegate(of, session.Folder.Show(parse.GetRequiredValue(added)).Public, may, new Many<SpendingLimit>([.. spending]), end));
            });
    }

    public static Command Remove()
    {
        var gone = new Option<string>("--remove") { Description = "The delegate's key: its id, or its name in the folder.", HelpName = "KEY", Required = true };
        return PartyCommand.One("undelegate", "A delegate's key signs no more, at once.", [gone], _ => [],
            (transaction, of, session, parse, _) => Task.FromResult(transaction.Do(new KernelCalls.RemoveDelegate(of, PartyCommand.KeyIdOf(session, parse.GetRequiredValue(gone))))));
    }

    private static Scope ScopeOf(string text)
    {
        var parts = text.Split('.');
        return parts.Length is 1 or 2 && TryNumber(parts[0], out var contract) && TryNumber(parts.Length == 2 ? parts[1] : "0", out var clause)
            ? new Scope(contract, clause)
            : throw ExitException.Usage($"'{text}' is not CONTRACT or CONTRACT.CLAUSE.");
    }

    private static bool TryNumber(string text, out ushort number) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
