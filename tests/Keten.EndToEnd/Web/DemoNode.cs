using Keten.Cli.Jobs;
using Keten.Node.Hosting;

namespace Keten.EndToEnd.Web;

/// <summary>The node of «keten run» on a free port, its demonstration founded and some sessions charged; more happen when a test asks.</summary>
public sealed class DemoNode : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-page-");
    private readonly SemaphoreSlim turn = new(1);
    private NodeHost? host;
    private HttpDoor? door;

    public string Address => host!.Url;

    public DemoWorld World { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!File.Exists(ChromiumFactAttribute.Chromium)) return;
        var data = new SettleFolder(Path.Combine(folder.FullName, "data"));
        var configuration = new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = data.Path }, Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" },
        };
        var demo = new DemoEndpoints();
        host = await NodeHost.StartAsync(configuration, await data.BeginAsync(), [Rooms.Open, demo.Map]);
        door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        World = await DemoWorld.FoundAsync(door, meters: 2);
        demo.Open(World);
        for (var each = 0; each < 8; each++) await ChargeAsync();
    }

    /// <summary>One more session.</summary>
    public async Task<ChargedSession> ChargeAsync()
    {
        await turn.WaitAsync();
        try
        {
            return await World.ChargeNextAsync() ?? throw new InvalidOperationException("Simulated time has caught up.");
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task DisposeAsync()
    {
        door?.Dispose();
        if (host is not null) await host.DisposeAsync();
        turn.Dispose();
        folder.Delete(recursive: true);
    }
}
