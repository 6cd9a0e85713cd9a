using System.Diagnostics;
using Keten.Doors;
using Keten.Tests.Log;

namespace Keten.Tests.Doors;

/// <summary>A RabbitMQ of this run's own with its MQTT plugin, on the loopback, in a temporary folder.</summary>
public sealed class RabbitServer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-rabbit-");
    private readonly int[] ports = Programs.FreePorts(4);
    private Process? server;

    /// <summary>Why there is none; null where there is.</summary>
    public static string? Missing => Find() is null ? "rabbitmq-server is not installed." : Programs.Find("mosquitto_pub") is null ? "mosquitto-clients is not installed." : null;

    public Uri Amqp => new($"amqp://guest:guest@127.0.0.1:{ports[0]}/");

    public async Task InitializeAsync()
    {
        if (Missing is not null) return;
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{ports[0]}
            mqtt.listeners.tcp.1 = 127.0.0.1:{ports[1]}
            mqtt.exchange = amq.topic
            mqtt.default_user = guest
            mqtt.default_pass = guest
            mqtt.allow_anonymous = true
            log.console = false

            """);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "enabled_plugins"), "[rabbitmq_mqtt].\n");
        Start();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(2); await Task.Delay(200))
        {
            if (server!.HasExited) throw new InvalidOperationException($"RabbitMQ ended with {server.ExitCode}.");
            if (await AnswersAsync(ports[0]) && await AnswersAsync(ports[1])) return;
        }
        throw new InvalidOperationException("RabbitMQ does not answer.");
    }

    public Task DisposeAsync()
    {
        if (server is not null)
        {
            server.Kill(entireProcessTree: true);
            Programs.Kill(server);
            // Erlang's name server goes on by itself otherwise.
            if (Programs.Find("epmd") is { } names) Programs.Run(names, ["-port", $"{ports[3]}", "-kill"], "/");
        }
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Publishes by MQTT with quality of service 1: when it returns, the broker has it.</summary>
    public void Publish(string topic, byte[] content)
    {
        var file = Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(file, content);
        Programs.Run(Programs.Find("mosquitto_pub")!, ["-h", "127.0.0.1", "-p", $"{ports[1]}", "-q", "1", "-t", topic, "-f", file], folder.FullName);
    }

    private void Start()
    {
        var start = new ProcessStartInfo(Find()!) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var settings = new Dictionary<string, string>
        {
            ["HOME"] = folder.FullName, ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder.FullName, "rabbitmq"), ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder.FullName, "enabled_plugins"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder.FullName, "data"), ["RABBITMQ_LOG_BASE"] = Path.Combine(folder.FullName, "logs"), ["RABBITMQ_NODENAME"] = $"keten{ports[0]}@localhost",
            ["RABBITMQ_DIST_PORT"] = $"{ports[2]}", ["RABBITMQ_PID_FILE"] = Path.Combine(folder.FullName, "pid"), ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder.FullName, "none"), ["ERL_EPMD_PORT"] = $"{ports[3]}",
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        server = Process.Start(start)!;
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
    }

    // Debian's wrapper wants to be its own user; the program behind it does not mind.
    private static string? Find() => new[] { "/usr/lib/rabbitmq/bin/rabbitmq-server" }.FirstOrDefault(File.Exists) ?? Programs.Find("rabbitmq-server");

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}

/// <summary>A fact that needs the broker and a client for it.</summary>
public sealed class BrokerFactAttribute : FactAttribute
{
    public BrokerFactAttribute() => Skip = RabbitServer.Missing;
}

/// <summary>Sensors that publish by MQTT to a real broker, from which the doors read.</summary>
public sealed class BrokerTests(RabbitServer server) : IClassFixture<RabbitServer>, IAsyncLifetime
{
    private DoorsRig rig = null!;

    public async Task InitializeAsync() => rig = RabbitServer.Missing is null ? await DoorsRig.StartAsync() : null!;

    public async Task DisposeAsync()
    {
        if (rig is not null) await rig.DisposeAsync();
    }

    [BrokerFact]
    public async Task What_a_sensor_publishes_is_recorded_once_and_in_order()
    {
        var doors = await OpenAsync("a");
        server.Publish("a/hall/7", Events.Reading(rig, 1, 100));
        server.Publish("a/hall/7", Events.Reading(rig, 2, 200));
        server.Publish("a/hall/7", Events.Reading(rig, 2, 200));
        server.Publish("a/hall/7", "21.5"u8.ToArray());
        server.Publish("b/hall/7", Events.Reading(rig, 3, 300));
        await Wait.UntilAsync(() => doors.Counts is { Waiting: 0, Done: 2, Apart: 2 }, () => doors.Counts.ToString());
        var log = await rig.LogAsync();
        Assert.Equal((2u, 200), (log.Number, log.Shown.Minor));
        Assert.Equal([ApartReason.Unsigned, ApartReason.Doubled], doors.Apart().Select(apart => apart.Reason).Order());
        Assert.All(doors.Apart(), apart => Assert.Equal("mqtt:a.hall.7", apart.Source));
    }

    [BrokerFact]
    public async Task What_came_while_the_doors_were_closed_waited_in_the_queue()
    {
        var doors = await OpenAsync("c");
        await doors.DisposeAsync();
        server.Publish("c/1", Events.Reading(rig, 1, 100));
        server.Publish("c/1", Events.Reading(rig, 2, 200));
        doors = await OpenAsync("c");
        await Wait.UntilAsync(() => doors.Counts is { Waiting: 0, Done: 2 }, () => doors.Counts.ToString());
        Assert.Equal(2u, (await rig.LogAsync()).Number);
        Assert.Empty(doors.Apart());
    }

    private async Task<DoorsHost> OpenAsync(string topic)
    {
        var doors = await rig.OpenAsync(configuration => configuration with { Broker = new Broker(server.Amqp, "doors." + topic, Topics: [topic + ".#"]) });
        using var http = new HttpClient();
        await Wait.UntilAsync(async () => (await http.GetAsync(doors.Url + "/health")).IsSuccessStatusCode);
        return doors;
    }
}
