using Keten.Node.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.EndToEnd.Web;

/// <summary>The page's files alone, without a node behind them.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private PageHost(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<PageHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new PageHost(builder.Build());
        host.app.UseMiddleware<WebPages>();
        await host.app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
