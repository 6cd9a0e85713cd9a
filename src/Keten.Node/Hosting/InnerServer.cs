using Keten.Node.Api;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Node.Hosting;

/// <summary>Stands where an application has its server, and listens to nothing: who listens for several ledgers hands it the requests.</summary>
internal sealed class InnerServer : IServer
{
    private Func<IFeatureCollection, Task>? answer;

    public InnerServer() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature());

    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Says where the application is found.</summary>
    public void StandsAt(string address) => Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Add(address);

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        answer = async features =>
        {
            var context = application.CreateContext(features);
            try
            {
                await application.ProcessRequestAsync(context);
                application.DisposeContext(context, null);
            }
            catch (Exception fault)
            {
                application.DisposeContext(context, fault);
                throw;
            }
        };
        return Task.CompletedTask;
    }

    /// <summary>Has the application answer a request that came in elsewhere, as if it had come to it.</summary>
    public async Task AnswerAsync(HttpContext outer)
    {
        if (Volatile.Read(ref answer) is not { } asked)
        {
            await Problem.Busy("This ledger has been closed on this node.", 30).ExecuteAsync(outer);
            return;
        }
        var features = new FeatureCollection();
        // All but what belongs to the application that it came to: its services.
        foreach (var (type, feature) in outer.Features)
            if (type != typeof(IServiceProvidersFeature)) features[type] = feature;
        await asked(features);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref answer, null);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
