using Keten.Cli.Jobs;

namespace Keten.Tests.Jobs;

/// <summary>A small settlement, made once for all tests that look at it: 20 cents a kWh, at any time.</summary>
public sealed class Settled : IAsyncLifetime
{
    public const string Tariff = """
        {"name": "Flat", "schedule": [{"id": "All", "effective_start": "01-01", "effective_end": "12-31", "dow_mask": "ALL", "times": [0], "tariffs": [0.2]}]}
        """;

    public const string Header = "sessionId,kwhTotal,created,ended,userId,stationId,locationId\n";

    private const string Rows = """
        s1,25,0015-03-02 10:00:00,0015-03-02 12:00:00,ada,st1,loc
        s2,12.5,0015-03-02 11:00:00,0015-03-02 13:00:00,bob,st1,loc
        s3,0,0015-03-02 14:00:00,0015-03-02 14:00:00,ada,st1,loc
        cut off,
        s4,1,0015-02-30 10:00:00,0015-03-02 12:00:00,ada,st1,loc
        s5,1,0015-03-02 12:00:00,0015-03-02 10:00:00,ada,st1,loc
        s6,7.125,0015-03-01 08:00:00,0015-03-01 09:00:00,ada,st1,loc

        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-settled-");

    public SettleFolder Folder => new(Path.Combine(folder.FullName, "data"));

    public SettleReport Report { get; private set; } = null!;

    public EvidenceBundle Bundle { get; private set; } = null!;

    public EvidenceBundle Other { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Report = await SettleJob.RunAsync(Folder, SessionFile.Read(new StringReader(Header + Rows)), System.Text.Encoding.UTF8.GetBytes(Tariff));
        Bundle = await EvidenceExport.OfAsync(Folder, "s1");
        Other = await EvidenceExport.OfAsync(Folder, "s2");
    }

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
