using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>What a node says of a transaction, agreement, account, party, block.</summary>
internal static class ShowCommand
{
    public static Command Create() => new("show", "What the ledger holds, as far as the key may read it.")
    {
        Of("transaction", "What became of a transaction; with --calls what its calls did.", "id", "Its id.", (session, text, parse, cancel) => session.Client.TransactionAsync(
            Hash.TryParse(text, out var id) ? id : throw ExitException.Usage("A transaction's id is 64 hexadecimal digits."), parse.GetValue<bool>("--calls"), cancel),
            new Option<bool>("--calls") { Description = "Show what its calls did, too." }),
        Of("agreement", "An agreement's state, what it holds, and what becomes due.", "number", "Its number.", (session, text, _, cancel) => session.Client.AgreementAsync(Number(text), cancel)),
        Of("account", "What a party or an agreement has.", "owner", "A party, the name of a key in the folder, or an agreement's number.",
            async (session, text, _, cancel) => await session.Client.AccountsAsync(await OwnerAsync(session, text, cancel), cancel)),
        Of("party", "A party's keys; to itself its delegates and guardians.", "party", "40 hexadecimal digits, or the name of a key in the folder.",
            async (session, text, _, cancel) => await session.Client.PartyAsync((await OwnerAsync(session, text, cancel)).Party!.Value, cancel)),
        Of("block", "A block's header and certificate.", "height", "Its height.", async (session, text, _, cancel) => ToJson(await session.Client.BlockAsync(Number(text), cancel))),
        Of("unit", "A unit.", "number", "Its number.", (session, text, _, cancel) => session.Client.UnitAsync(new Unit(checked((uint)Math.Min(Number(text), uint.MaxValue))), cancel)),
        Head(),
    };

    private static Command Of(
        string name, string words, string what, string whatWords, Func<Session, string, ParseResult, CancellationToken, Task<JsonObject?>> ask, params Option[] options)
    {
        var argument = new Argument<string>(what) { Description = whatWords };
        var command = Session.Adds(new Command(name, words) { argument }, keyNeeded: false);
        foreach (var option in options) command.Add(option);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
            await ask(session, parse.GetRequiredValue(argument), parse, cancel) is { } found ? terminal.Told(found)
            : throw new ExitException(Exit.Failed, $"There is no such {name}, or it is not for this reader."));
        return command;
    }

    private static Command Head()
    {
        var command = Session.Adds(new Command("head", "The newest certified header."), keyNeeded: false);
        Session.Runs(command, async (terminal, _, session, cancel) =>
            ToJson(await session.Client.HeadAsync(cancel)) is { } head ? terminal.Told(head) : throw new ExitException(Exit.Failed, "There is no block yet."));
        return command;
    }

    private static ulong Number(string text) =>
        ulong.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : throw ExitException.Usage($"'{text}' is not a number.");

    // An agreement's number is shorter than a party's digits; a key may be called anything else.
    private static async Task<Owner> OwnerAsync(Session session, string text, CancellationToken cancel)
    {
        if (Party.TryParse(text, out var party)) return Owner.Of(party);
        return text.All(char.IsAsciiDigit) ? Owner.Of(Number(text)) : Owner.Of(await session.PartyAsync(session.Folder.Show(text).Id, cancel));
    }

    private static JsonObject? ToJson(Kernel.Blocks.Certificate? certificate) => certificate is null ? null : new JsonObject
    {
        ["ledger"] = certificate.Header.LedgerId.ToString(), ["height"] = certificate.Header.Height, ["time"] = MomentText.Write(certificate.Header.Time),
        ["historySize"] = certificate.Header.HistorySize, ["historyRoot"] = certificate.Header.HistoryRoot.ToString(),
        ["outcomeCount"] = certificate.Header.OutcomeCount, ["outcomeRoot"] = certificate.Header.OutcomeRoot.ToString(),
        ["stateRoot"] = certificate.Header.StateRoot.ToString(), ["stateHeight"] = certificate.Header.StateHeight, ["previous"] = certificate.Header.Previous.ToString(),
        ["logPosition"] = certificate.Header.LogPosition, ["hash"] = certificate.Header.Hash.ToString(), ["attestations"] = certificate.Attestations.Count,
        ["canonical"] = Convert.ToHexStringLower(certificate.ToBytes()),
    };
}
