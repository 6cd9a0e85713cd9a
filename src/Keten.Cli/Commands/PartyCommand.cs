using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>A party's own affairs: joining, keys, delegates, guardians. Each is one transaction, awaited until it is final.</summary>
internal static class PartyCommand
{
    public static Command Create() => new("party", "A party's own affairs: joining, its keys, delegates and guardians.")
    {
        Enrol(), Show(), AddKey(), RetireKey(), PartyDelegates.Add(), PartyDelegates.Remove(), PartyGuardians.Set(), PartyGuardians.Recover(), PartyGuardians.Stop(),
    };

    private static Command Enrol()
    {
        var admitter = new Option<string?>("--admitted-by") { Description = "The key, in the folder, of a party that may admit others; where the ledger wants one.", HelpName = "NAME" };
        return One("enrol", "Joins the ledger as a new party, whose first key this is.", [admitter],
            parse => parse.GetValue(admitter) is { } name ? [name] : [],
            (transaction, _, session, _, _) => Task.FromResult(transaction.Enrol(session.Folder.Show(session.KeyOf!).Public)));
    }

    private static Command Show()
    {
        var command = Session.Adds(new Command("show", "Shows the key's party, with its delegates and guardians."), keyNeeded: true);
        Session.Runs(command, async (terminal, _, session, cancel) =>
        {
            var party = await session.PartyAsync(session.Folder.Show(session.KeyOf!).Id, cancel);
            return await session.Client.PartyAsync(party, cancel) is { } found ? terminal.Told(found) : throw new ExitException(Exit.Failed, $"The ledger does not know the party {party}.");
        });
        return command;
    }

    private static Command AddKey()
    {
        var added = NewKey();
        return One("add-key", "Gives the party one more key, which signs too.", [added], parse => [parse.GetRequiredValue(added)],
            (transaction, of, session, parse, _) => Task.FromResult(transaction.AddKey(of, session.Folder.Show(parse.GetRequiredValue(added)).Public)));
    }

    private static Command RetireKey()
    {
        var gone = new Option<string>("--retire") { Description = "The key that signs no more: its id, or its name in the folder.", HelpName = "KEY", Required = true };
        return One("retire-key", "Retires a key of the party. It belongs to nobody else for ever.", [gone], _ => [],
            (transaction, of, session, parse, _) => Task.FromResult(transaction.RetireKey(of, KeyIdOf(session, parse.GetRequiredValue(gone)))));
    }

    /// <summary>The option that names a key which joins in.</summary>
    internal static Option<string> NewKey() => new("--new") { Description = "The new key, by its name in the folder.", HelpName = "NAME", Required = true };

    internal static KeyId KeyIdOf(Session session, string text) => KeyId.TryParse(text, out var id) ? id : session.Folder.Show(text).Id;

    /// <summary>A command that makes one transaction, signed by the command's key and by others of the folder.</summary>
    internal static Command One(
        string name, string words, Option[] options, Func<ParseResult, string[]> others,
        Func<TransactionBuilder, Party, Session, ParseResult, CancellationToken, Task<TransactionBuilder>> calls)
    {
        var command = Session.Adds(new Command(name, words), keyNeeded: true);
        foreach (var option in options) command.Add(option);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var wallet = await session.WalletAsync(cancel);
            var of = await session.PartyAsync(wallet.Signer.Id, cancel);
            var transaction = await wallet.BeginAsync(cancel: cancel);
            var beside = new List<Signer>();
            foreach (var other in others(parse).Distinct().Where(other => other != session.KeyOf))
            {
                var joining = await session.WalletAsync(cancel, other);
                await joining.JoinAsync(transaction, cancel: cancel);
                beside.Add(joining.Signer);
            }
            await calls(transaction, of, session, parse, cancel);
            return terminal.Told(await wallet.SendAsync(transaction, others: [.. beside], cancel: cancel), new JsonObject { ["party"] = of.ToString() });
        });
        return command;
    }
}
