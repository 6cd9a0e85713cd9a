using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Commands;

/// <summary>Money from one ledger to another: sets a crossing up, sends, and carries what was sent.</summary>
internal static class CrossingCommand
{
    private const string OtherName = "--other", AgreementName = "--agreement";

    public static Command Create() => new("crossing", "Money from one ledger to another and back (docs/contracts/crossing.md).") { Open(), Send(), Carry() };

    private static Command Open()
    {
        var unit = new Option<uint>("--unit") { Description = "The unit that is to cross, by its number; it is at home at --node.", HelpName = "NUMBER", Required = true };
        var symbol = new Option<string>("--symbol") { Description = "What it is called on the other ledger, where a unit is made for it.", HelpName = "TEXT", Required = true };
        var command = Session.Adds(new Command("open", "Sets up both sides of a crossing and joins them: one at home, one on the other ledger. The key is of a party of both.") { Other(), unit, symbol }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var (wallet, client) = (await session.WalletAsync(cancel), session.Client);
            var (otherClient, otherWallet) = await session.AtAsync(NodeOf(parse), cancel);
            var party = await session.PartyAsync(wallet.Signer.Id, cancel);
            var decimals = (byte?)(int?)(await client.UnitAsync(new Unit(parse.GetValue(unit)), cancel))?["decimals"] ?? throw ExitException.Usage("The ledger has no such unit.");
            var home = await OpenAsync(client, wallet, new Crossing.BeginHome(party, new Unit(parse.GetValue(unit)), Proof.Of(await otherClient.GenesisAsync(cancel))), cancel);
            var abroad = await OpenAsync(otherClient, otherWallet, new Crossing.BeginAbroad(party, parse.GetRequiredValue(symbol), decimals, Proof.Of(await client.GenesisAsync(cancel))), cancel);
            var (here, there) = (new CrossingEnd(client, wallet, home), new CrossingEnd(otherClient, otherWallet, abroad));
            await JoinAsync(there, here, cancel);
            await JoinAsync(here, there, cancel);
            terminal.Plain($"Agreement {home} here and agreement {abroad} on the other ledger are joined.");
            terminal.Result(new JsonObject { ["home"] = home, ["abroad"] = abroad, ["unitAbroad"] = (await there.StateAsync(cancel)).Unit.Number });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Send()
    {
        var to = new Option<string>("--to") { Description = "Whom it is for, by their party on the other ledger: 40 hexadecimal digits, or the name of a key in the folder.", HelpName = "PARTY", Required = true };
        var amount = new Option<string>("--amount") { Description = "How much, as a decimal number: 12.50.", HelpName = "NUMBER", Required = true };
        var hours = new Option<uint>("--hours") { Description = "How many hours it can be received for.", HelpName = "NUMBER", DefaultValueFactory = _ => 24 };
        var command = Session.Adds(new Command("send", "Sends money to somebody on the other ledger. It arrives once it is carried there ('keten crossing carry').") { Side(), to, amount, hours }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            if (parse.GetValue(hours) is 0 or > 24 * 366) throw ExitException.Usage("--hours is from 1 to 8784.");
            var payee = Common.PartyOf(session.Folder, parse.GetRequiredValue(to));
            var wallet = await session.WalletAsync(cancel);
            var side = new CrossingEnd(session.Client, wallet, parse.GetRequiredValue<ulong>(AgreementName));
            var state = await side.StateAsync(cancel);
            var sum = await Amounts.ReadAsync(session.Client, state.Unit.Number, parse.GetRequiredValue(amount), cancel);
            var deadline = new Instant(TimeProvider.System.GetUtcNow().AddHours(parse.GetValue(hours)).ToUnixTimeSeconds());
            var answer = await side.DoAsync(new Crossing.Send(await session.PartyAsync(wallet.Signer.Id, cancel), payee, sum, deadline), sum, cancel);
            return terminal.Told(answer, new JsonObject { ["to"] = payee.ToString(), ["minor"] = sum.Minor, ["deadline"] = MomentText.Write(deadline) });
        });
        return command;
    }

    private static Command Carry()
    {
        var number = new Option<ulong?>("--transfer") { Description = "One transfer of the side at --node; by default all that are under way, either way.", HelpName = "NUMBER" };
        var command = Session.Adds(new Command("carry", "Brings each ledger what the other has certified: transfers are received and settled, or go back where their time is over. Anybody may.") { Other(), Side(), number }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var here = new CrossingEnd(session.Client, await session.WalletAsync(cancel), parse.GetRequiredValue<ulong>(AgreementName));
            var far = (await here.StateAsync(cancel)).Far ?? throw new ExitException(Exit.Failed, "That side is not joined to another yet.");
            var (otherClient, otherWallet) = await session.AtAsync(NodeOf(parse), cancel);
            var there = new CrossingEnd(otherClient, otherWallet, far.Agreement);
            var carried = new JsonArray();
            var refused = await CarryAsync(terminal, here, there, parse.GetValue(number) is { } one ? [one] : await here.UnderWayAsync(cancel), "away", carried, cancel);
            if (parse.GetValue(number) is null) refused += await CarryAsync(terminal, there, here, await there.UnderWayAsync(cancel), "back", carried, cancel);
            if (carried.Count == 0) terminal.Plain("Nothing is under way.");
            terminal.Result(new JsonObject { ["transfers"] = carried, ["refused"] = refused });
            return refused == 0 ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static async Task<int> CarryAsync(Terminal terminal, CrossingEnd from, CrossingEnd to, IReadOnlyList<ulong> numbers, string way, JsonArray carried, CancellationToken cancel)
    {
        var refused = 0;
        foreach (var number in numbers)
        {
            var (result, answer) = await new CrossingCarrier(from, to).CarryAsync(number, cancel);
            if (result == CarriedTo.Refused) refused++;
            var words = result switch { CarriedTo.Settled => "received", CarriedTo.TakenBack => "took too long, and went back", CarriedTo.Refused => Reports.Sentence(answer), _ => "not under way" };
            terminal.Plain(string.Create(CultureInfo.InvariantCulture, $"Transfer {number} {way}: {words}."));
            carried.Add((JsonNode)new JsonObject { ["transfer"] = number, ["way"] = way, ["result"] = result.ToString() });
        }
        return refused;
    }

    private static async Task<ulong> OpenAsync<TOpening>(KetenClient client, Wallet wallet, TOpening opening, CancellationToken cancel) where TOpening : notnull
    {
        var answer = await wallet.SendAsync((await wallet.BeginAsync(cancel: cancel)).Open(Crossing.Contents, opening), cancel: cancel);
        if (answer.Status != SubmissionStatus.Done) throw new ExitException(Exit.Failed, Reports.Sentence(answer));
        return OutcomeLeaf.Read(Receipt.FromBytes(await client.ReceiptAsync(answer.Id, cancel: cancel)).Outcomes[0].Leaf).Agreement;
    }

    private static async Task JoinAsync(CrossingEnd one, CrossingEnd other, CancellationToken cancel)
    {
        var shown = await other.ShowAsync([Kernel.State.RecordKeys.Agreement(other.Agreement)], cancel);
        var answer = await one.FollowAsync(shown, cancel) ?? await one.DoAsync(new Crossing.Join(other.Agreement, shown.Proof(0)), cancel: cancel);
        if (answer.Status != SubmissionStatus.Done) throw new ExitException(Exit.Failed, Reports.Sentence(answer));
    }

    private static Option<string> Other() => new(OtherName) { Description = "The address of a node of the other ledger.", HelpName = "URL", Required = true };

    private static Option<ulong> Side() => new(AgreementName) { Description = "The crossing at --node, by its number.", HelpName = "NUMBER", Required = true };

    private static Uri NodeOf(ParseResult parse) =>
        Uri.TryCreate(parse.GetRequiredValue<string>(OtherName), UriKind.Absolute, out var node) && node.Scheme is "http" or "https" ? node : throw ExitException.Usage($"{OtherName} is an address like http://localhost:5080.");
}
