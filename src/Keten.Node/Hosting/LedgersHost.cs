using System.Buffers;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keten.Node.Hosting;

/// <summary>
/// Several ledgers in this process behind one address: each a whole node with a folder, an order, a key and limits of its own, under /ledgers/NAME/…; the first also where a single one is.
/// They share nothing but the address: one that stops with a fault leaves the others as they are.
/// </summary>
public sealed class LedgersHost : IAsyncDisposable
{
    private const string Root = "/ledgers";
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly List<(string Name, NodeHost Host, InnerServer Server)> ledgers = [];
    private WebApplication? front;
    private int stopped;

    private LedgersHost()
    {
    }

    /// <summary>Where it listens, with the port that it was given.</summary>
    public string Url => front!.Urls.First();

    /// <summary>The ledgers by their names, the first first.</summary>
    public IEnumerable<(string Name, NodeHost Host)> Ledgers
    {
        get
        {
            foreach (var (name, host, _) in ledgers) yield return (name, host);
        }
    }

    /// <summary>Opens the ledgers, and then the doors.</summary>
    /// <param name="configuration">The first ledger's, which says where to listen and names the others.</param>
    /// <param name="catalogue">The contracts.</param>
    /// <param name="more">Parts that stand on each node.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConfigurationException">A setting of one of them cannot be followed.</exception>
    public static async Task<LedgersHost> StartAsync(
        NodeConfiguration configuration, Catalogue catalogue, IReadOnlyList<Func<WebApplication, IAsyncDisposable?>>? more = null, CancellationToken cancel = default)
    {
        var host = new LedgersHost();
        try
        {
            foreach (var (name, one) in Configurations(configuration))
            {
                var server = new InnerServer();
                host.ledgers.Add((name, await NodeHost.StartAsync(one, catalogue, server, more, cancel), server));
            }
            host.front = host.Listen(configuration);
            await host.front.StartAsync(cancel);
            foreach (var (name, _, server) in host.ledgers) server.StandsAt($"{host.Url}{Root}/{name}");
            return host;
        }
        catch
        {
            await host.StopAsync();
            throw;
        }
    }

    /// <summary>Stops: at once for who comes, after a while for who is being answered.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0) return;
        foreach (var (_, host, _) in ledgers) await host.BeginToStopAsync();
        if (front is not null) await front.StopAsync();
        foreach (var (_, host, _) in ledgers) await host.StopAsync();
        if (front is not null) await front.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static List<(string Name, NodeConfiguration Configuration)> Configurations(NodeConfiguration first)
    {
        var all = new List<(string Name, NodeConfiguration Configuration)> { (first.Ledger.Name, first) };
        foreach (var entry in first.Ledger.More)
        {
            var (place, parts) = (first.PlaceOf("ledger.more"), entry.Split('=', 2));
            if (parts.Length != 2) throw new ConfigurationException(place, "«ledger.more» is a list of «NAME=FILE».");
            var one = ConfigurationFile.Load(parts[1], environment: new Dictionary<string, string>());
            if (one.Ledger.More.Count > 0) throw new ConfigurationException(one.PlaceOf("ledger.more"), "A further ledger names none itself.");
            all.Add((parts[0], one));
        }
        foreach (var (name, one) in all)
        {
            if (name.Length is 0 or > 32 || name.AsSpan().ContainsAnyExcept(NameCharacters))
                throw new ConfigurationException(first.PlaceOf("ledger.more"), $"«{name}» names no ledger: a name has 1 to 32 small letters, digits and dashes.");
            if (all.Count(other => other.Name == name) > 1) throw new ConfigurationException(first.PlaceOf("ledger.more"), $"Two ledgers are called «{name}».");
            if (all.Count(other => Path.GetFullPath(other.Configuration.Ledger.Data) == Path.GetFullPath(one.Ledger.Data)) > 1)
                throw new ConfigurationException(one.PlaceOf("ledger.data"), $"Two ledgers would be kept in {one.Ledger.Data}.");
        }
        return all;
    }

    private WebApplication Listen(NodeConfiguration configuration)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Telemetry.AddLog(builder.Logging, configuration.Log);
        builder.WebHost.UseKestrel(kestrel => Listening.Configure(kestrel, configuration));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(configuration.Http.DrainSeconds));
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments(Root, StringComparison.Ordinal, out var rest))
        {
            await ledgers[0].Server.AnswerAsync(context);
            return;
        }
        if (!rest.HasValue || rest == "/")
        {
            await context.Response.WriteAsync(List(), context.RequestAborted);
            return;
        }
        foreach (var (name, _, server) in ledgers)
        {
            if (!rest.StartsWithSegments("/" + name, StringComparison.Ordinal, out var inner)) continue;
            (request.PathBase, request.Path) = (request.PathBase + Root + "/" + name, inner.HasValue ? inner : "/");
            await server.AnswerAsync(context);
            return;
        }
        await new Problem(404, "unknown-ledger", "This node serves no ledger of that name.", "GET /ledgers lists those that it serves.").ExecuteAsync(context);

        string List()
        {
            context.Response.ContentType = "application/json";
            var all = new JsonArray();
            foreach (var (name, host, _) in ledgers)
                all.Add((JsonNode)new JsonObject { ["name"] = name, ["ledger"] = host.Node.LedgerId.ToString(), ["height"] = host.Node.Head?.Header.Height ?? 0, ["stopped"] = host.Node.Fault is not null });
            return new JsonObject { ["ledgers"] = all }.ToJsonString();
        }
    }
}
