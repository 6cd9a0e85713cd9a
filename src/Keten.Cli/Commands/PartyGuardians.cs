using System.CommandLine;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Who together can replace a lost key.</summary>
internal static class PartyGuardians
{
    public static Command Set()
    {
        var guardians = new Option<string[]>("--guardian") { Description = "Another party, or the name of its first key in the folder. Once for each, 1 to 16.", HelpName = "PARTY", Required = true };
        var needed = new Option<byte>("--needed") { Description = "How many of them together.", HelpName = "NUMBER", Required = true };
        var delay = new Option<long>("--delay-hours") { Description = "How long the owner has to stop them, from 1 hour to 90 days; later changes wait as long.", HelpName = "HOURS", DefaultValueFactory = _ => 72 };
        var emergency = new Option<string[]>("--emergency") { Description = "What may still leave in a day while a recovery is pending: UNIT:AMOUNT. A unit that is not named: nothing.", HelpName = "LIMIT", DefaultValueFactory = _ => [] };
        return PartyCommand.One("guardians", "Names who together can replace a lost key.", [guardians, needed, delay, emergency], _ => [],
            async (transaction, of, session, parse, cancel) =>
            {
                if (parse.GetValue(delay) is < 1 or > 90 * 24) throw ExitException.Usage("--delay-hours is from 1 hour to 90 days.");
                var perDay = new List<Amount>();
                foreach (var text in parse.GetRequiredValue(emergency)) perDay.AddRange(await Amounts.ReadListedAsync(session.Client, text, 1, cancel));
                var named = new Many<Party>(Array.ConvertAll(parse.GetRequiredValue(guardians), text => Common.PartyOf(session.Folder, text)));
                return transaction.Do(new KernelCalls.SetGuardians(of, named, parse.GetValue(needed), parse.GetValue(delay) * 3_600, new Many<Amount>([.. perDay])));
            });
    }

    public static Command Recover()
    {
        var lost = new Option<string>("--of") { Description = "Whose key is lost: the party, or the name of its first key in the folder.", HelpName = "PARTY", Required = true };
        var added = PartyCommand.NewKey();
        var others = new Option<string[]>("--with") { Description = "More guardians' keys of this folder that sign too. Once for each.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        return PartyCommand.One("recover", "Guardians have a party's lost key replaced, after their delay. --key is a guardian's; the new key signs too.", [lost, added, others],
            parse => [.. parse.GetRequiredValue(others), parse.GetRequiredValue(added)],
            (transaction, _, session, parse, _) => Task.FromResult(transaction.Do(
                new KernelCalls.Recover(Common.PartyOf(session.Folder, parse.GetRequiredValue(lost)), session.Folder.Show(parse.GetRequiredValue(added)).Public))));
    }

    public static Command Stop() =>
        PartyCommand.One("stop-recovery", "The owner stops a recovery that is pending, once, for one delay.", [], _ => [],
            (transaction, of, _, _, _) => Task.FromResult(transaction.Do(new KernelCalls.StopRecovery(of))));
}
