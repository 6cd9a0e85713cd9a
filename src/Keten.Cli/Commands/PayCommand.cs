using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>One party pays another.</summary>
internal static class PayCommand
{
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "Who is paid: 40 hexadecimal digits, or the name of a key in the folder.", HelpName = "PARTY", Required = true };
        var amount = new Option<string>("--amount") { Description = "How much, as a decimal number: 12.50.", HelpName = "NUMBER", Required = true };
        var unit = new Option<uint>("--unit") { Description = "In which unit, by its number ('keten show units').", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var reference = new Option<string?>("--reference") { Description = "Your own reference, unique for the payment: 32 hexadecimal digits; drawn where none is given.", HelpName = "HEX" };
        var command = Session.Adds(new Command("pay", "Pays: moves an amount to another party, and waits until that is final.") { to, amount, unit, reference }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var payee = Common.PartyOf(session.Folder, parse.GetRequiredValue(to));
            var named = ReferenceOf(parse.GetValue(reference));
            var wallet = await session.WalletAsync(cancel);
            var moved = await Amounts.ReadAsync(session.Client, parse.GetValue(unit), parse.GetRequiredValue(amount), cancel);
            if (moved.Minor <= 0) throw ExitException.Usage("A payment is of more than nothing.");
            var answer = await wallet.PayAsync(payee, moved, named, cancel);
            return terminal.Told(answer, new JsonObject { ["to"] = payee.ToString(), ["unit"] = moved.Unit.Number, ["minor"] = moved.Minor, ["reference"] = named.ToString() });
        });
        return command;
    }

    private static Reference ReferenceOf(string? text) =>
        text is null ? new Reference(RandomNumberGenerator.GetBytes(Reference.Size))
        : Reference.TryParse(text, out var reference) ? reference : throw ExitException.Usage("--reference is 32 hexadecimal digits.");
}
