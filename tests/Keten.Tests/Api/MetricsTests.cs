using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Keten.Node.Hosting;
using Keten.Testing;
using Keten.Tests.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Keten.Tests.Api;

/// <summary>Meters are of the process: nothing else may count meanwhile.</summary>
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed class MetricsCollection;

[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    [Fact]
    public async Task Whatever_is_refused_is_counted_by_why()
    {
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, it) => { if (instrument.Meter.Name is "Keten.Node" or "Keten.Api") it.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.AddOrUpdate(tags.Length > 0 ? $"{instrument.Name} {tags[0].Value}" : instrument.Name, value, (_, sum) => sum + value));
        listener.Start();
        await using var rig = await ApiRig.Start();
        var ledger = rig.Ledger;
        var forged = ledger.Pay(ledger.Ada, ledger.Bob, 1);
        forged[^1] ^= 1;
        await rig.Post([0xff]);
        await rig.Post(forged);
        await rig.Post(ledger.Pay(ledger.Bob, ledger.Ada, 77));
        await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1));
        await ApiRig.Get(rig.Nobody, "/v1/accounts/1", 401);
        await ApiRig.Get(rig.As(ledger.Bob), "/v1/accounts/1", 404);
        await ApiRig.Get(rig.Nobody, "/v1/nothing", 404);
        await ApiRig.Get(rig.Nobody, "/v1/units/x", 400);
        await rig.Host.StopAsync();
        foreach (var (name, count) in ((string, long)[])
            [("keten.submitted", 6), ("keten.rejected Malformed", 1), ("keten.rejected BadSignature", 1), ("keten.refused 113", 1), ("keten.decided", 3), ("keten.entries.skipped", 0),
             ("keten.api.problems 400", 2), ("keten.api.problems 401", 1), ("keten.api.problems 404", 2), ("keten.api.problems 422", 2)])
            Assert.True(counted.GetValueOrDefault(name) == count, $"{name}: {counted.GetValueOrDefault(name)} and not {count}");
    }

    [Fact]
    public async Task Measurements_are_sent_to_the_collector_that_is_configured()
    {
        var bodies = new ConcurrentQueue<(string Path, string? Type, byte[] Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            bodies.Enqueue((http.Request.Path, http.Request.ContentType, body.ToArray()));
        });
        await collector.StartAsync();

        await using var rig = new NodeRig(new SimulatedDisk(8));
        await rig.Open();
        var configuration = ConfigurationFile.Parse(
            Encoding.UTF8.GetBytes($$"""{ "http": { "listen": "http://127.0.0.1:0" }, "log": { "level": "none" }, "metrics": { "otlp": "{{collector.Urls.First()}}", "protocol": "http", "everySeconds": 1 } }"""),
            "keten.json", new Dictionary<string, string>());
        await using (var host = await NodeHost.StartAsync(configuration, rig.Node, clock: rig.Clock))
        {
            await rig.Fund();
            using var nobody = new HttpClient { BaseAddress = new Uri(host.Url) };
            await ApiRig.Get(nobody, "/v1/agreements/1", 401);
            for (var left = 600; left > 0 && !Came("keten.api.problems"); left--) await Task.Delay(50);
        }
        foreach (var name in (string[])["keten.decided", "keten.finality.duration", "keten.height", "keten.api.problems"]) Assert.True(Came(name), name);
        Assert.All(bodies, sent => Assert.Equal(("/v1/metrics", "application/x-protobuf"), (sent.Path, sent.Type)));

        bool Came(string name) => bodies.Any(sent => sent.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0);
    }
}
