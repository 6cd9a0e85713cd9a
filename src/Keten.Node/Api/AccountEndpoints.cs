using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Accounts, for their owner; those of an agreement for its readers.</summary>
internal static class AccountEndpoints
{
    private const string What = "There is no such account, or it is not for this reader.";

    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/accounts/{owner}", Accounts).About("Accounts", "All accounts of a party, or of an agreement by its number");
        app.MapGet("/v1/accounts/{owner}/{unit}", Account)
            .About("Accounts", "What an owner has of a unit; with proof=true and the evidence (of the lot that ends at «until», or of what does not expire)", "application/json", Answers.Cbor);
    }

    private static async Task<IResult> Accounts(HttpContext http, string owner, LedgerNode node, ReaderGuard guard, UnitNames units)
    {
        var whose = OwnerOf(owner);
        if (Readable(await guard.ReaderOf(http), whose, node) is { } problem) return problem;
        var (accounts, height, time) = node.Read(ledger => (ledger.State.AccountsOf(whose).ToArray(), ledger.State.Height, ledger.State.Now));
        return Answers.Json(new JsonObject
        {
            ["owner"] = Show.Owner(whose), ["accounts"] = Show.List(accounts, account => Of(account.Key, account.Value, units)), ["height"] = height, ["time"] = Show.Time(time),
        });
    }

    private static async Task<IResult> Account(HttpContext http, string owner, string unit, string? proof, string? until, LedgerNode node, ReaderGuard guard, UnitNames units)
    {
        var (whose, number, proven) = (OwnerOf(owner), Answers.Number(unit, "unit"), Answers.Flag(proof, "proof"));
        var end = until is null ? default : MomentOf(until);
        if (Readable(await guard.ReaderOf(http), whose, node) is { } problem) return problem;
        var of = new Unit(number <= uint.MaxValue ? (uint)number : 0);
        if (units.Of(of) is null) return Problem.NotFound("There is no such unit.");
        return proven ? await Proofs.Answer(http, () => Of(whose, of, node, units), RecordKeys.Account(new AccountKey(whose, of, end)), node) : Answers.Json(Of(whose, of, node, units));
    }

    private static JsonObject Of(Owner whose, Unit of, LedgerNode node, UnitNames units)
    {
        var (lots, balance, available, height, time) = node.Read(ledger => (
            ledger.State.AccountsOf(whose).Where(account => account.Key.Unit == of).ToArray(), ledger.State.Balance(whose, of), ledger.State.Available(whose, of),
            ledger.State.Height, ledger.State.Now));
        return new JsonObject
        {
            ["owner"] = Show.Owner(whose), ["balance"] = Show.Amount(balance, of, units), ["available"] = Show.Amount(available, of, units),
            ["accounts"] = Show.List(lots, account => Of(account.Key, account.Value, units)), ["height"] = height, ["time"] = Show.Time(time),
        };
    }

    internal static JsonObject Of(AccountKey key, Account account, UnitNames units)
    {
        var json = new JsonObject { ["balance"] = Show.Amount(account.Balance, key.Unit, units) };
        if (account.Credit > 0) json["credit"] = Show.Amount(account.Credit, key.Unit, units);
        if (key.Until != default) json["until"] = Show.Time(key.Until);
        return json;
    }

    private static Problem? Readable(Reader reader, Owner owner, LedgerNode node)
    {
        if (owner.Party is { } party) return reader.Is(party) ? null : reader.Refuse(What);
        return AgreementEndpoints.Readable(reader, owner.Agreement, node);
    }

    private static Owner OwnerOf(string text) => text.Length == 2 * Party.Size ? Owner.Of(Answers.PartyOf(text, "owner"))
        : Answers.Number(text, "owner") is > 0 and var agreement ? Owner.Of(agreement)
        : throw new ProblemException(Problem.BadRequest("«owner» is a party's 40 hexadecimal digits, or an agreement's number."));

    private static Instant MomentOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.ToUnixTimeSeconds() > 0
            ? new Instant(moment.ToUnixTimeSeconds())
            : throw new ProblemException(Problem.BadRequest("«until» is a moment such as 2027-01-01T00:00:00Z."));
}
