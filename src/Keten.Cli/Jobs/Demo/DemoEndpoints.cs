using System.Net;
using System.Text.Json.Nodes;
using Keten.Node.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Cli.Jobs;

/// <summary>
/// Tells the page who plays in the demonstration, with the private keys of those whose side a visitor can take. The keys are made anew with each start and hold play money; they are
/// told to this machine only, and no node but the one of «keten run» has this door.
/// </summary>
public sealed class DemoEndpoints
{
    private const string Note = "These are play keys: whoever opens this page on this machine can use them, and they end with the demo.";

    private volatile IReadOnlyList<DemoParty>? parties;

    /// <summary>From now on these play.</summary>
    public void Open(DemoWorld world) => parties = world.Parties;

    /// <summary>One of the parts that a node's host is started with.</summary>
    public IAsyncDisposable? Map(WebApplication app)
    {
        app.MapGet("/demo/parties", Parties).ExcludeFromDescription();
        return null;
    }

    private IResult Parties(HttpContext http)
    {
        if (!IsHere(http)) return Problem.NotFound("There is no demo for other machines.");
        if (parties is not { } players) return Problem.Busy("The demo is being set up.");
        return Answers.Json(new JsonObject { ["note"] = Note, ["parties"] = new JsonArray([.. players.Select(Of)]) });
    }

    // A page of somewhere else that has this machine's address under a name of its own is told nothing.
    private static bool IsHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && http.Request.Host.Host is ("localhost" or "127.0.0.1" or "[::1]");

    private static JsonNode Of(DemoParty player)
    {
        var (role, actor) = player;
        var json = new JsonObject { ["name"] = NameOf(player), ["role"] = role, ["party"] = actor.Party.ToString() };
        if (role is not ("driver" or "operator")) return json;
        json["publicKey"] = actor.Key.Public.ToString();
        json["privateKey"] = Pkcs8(actor.Key.ExportPem());
        return json;
    }

    private static string NameOf(DemoParty player) => player.Role is "driver" or "meter" ? player.Actor.Name : char.ToUpperInvariant(player.Actor.Name[0]) + player.Actor.Name[1..];

    // The base64 between the lines that PEM puts around it.
    private static string Pkcs8(string pem) => string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-')).Select(line => line.Trim()));
}
