using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Keten.Log;

namespace Keten.Tests.Log;

/// <summary>An etcd cluster of this run's own, on the loopback, in a temporary folder.</summary>
public class EtcdServer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-etcd-");
    private readonly int[] ports;
    private readonly Process?[] members;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };

    public EtcdServer() : this(1) { }

    private protected EtcdServer(int count) => (members, ports) = (new Process?[count], Programs.FreePorts(2 * count));

    /// <summary>The members' client addresses.</summary>
    public Uri[] Endpoints => [.. members.Select((_, i) => new Uri($"http://127.0.0.1:{ports[2 * i]}"))];

    public async Task InitializeAsync()
    {
        if (Programs.Find("etcd") is null) return;
        for (var i = 0; i < members.Length; i++) Start(i);
        await HealthyAsync();
    }

    public Task DisposeAsync()
    {
        for (var i = 0; i < members.Length; i++) Kill(i);
        folder.Delete(recursive: true);
        http.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Options for a log of its own.</summary>
    internal EtcdOptions Options(string prefix, char validator = 'a') =>
        new() { Endpoints = Endpoints, Prefix = prefix, Validator = new string(validator, 40), RequestTimeout = TimeSpan.FromSeconds(2), Silence = TimeSpan.FromSeconds(1) };

    internal static string NewPrefix() => $"test/{Guid.NewGuid():N}/";

    public void Start(int member)
    {
        string Peer(int i) => $"http://127.0.0.1:{ports[2 * i + 1]}";
        var client = Endpoints[member].ToString().TrimEnd('/');
        members[member] = Programs.Start(Programs.Find("etcd")!,
        [
            "--name", $"m{member}", "--data-dir", Path.Combine(folder.FullName, $"m{member}"), "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", Peer(member), "--initial-advertise-peer-urls", Peer(member), "--initial-cluster", string.Join(',', members.Select((_, i) => $"m{i}={Peer(i)}")),
            "--initial-cluster-state", "new", "--logger", "zap", "--log-level", "error",
        ], folder.FullName);
    }

    public void Kill(int member)
    {
        if (members[member] is { } process) Programs.Kill(process);
        members[member] = null;
    }

    /// <summary>Kills a member and takes its data away, as a lost disk does.</summary>
    public void Lose(int member)
    {
        Kill(member);
        Directory.Delete(Path.Combine(folder.FullName, $"m{member}"), recursive: true);
    }

    /// <summary>Which member leads.</summary>
    public async Task<int> LeaderAsync()
    {
        while (true)
        {
            for (var i = 0; i < members.Length; i++)
            {
                if (members[i] is null || await StatusAsync(i) is not { } status) continue;
                if (status.GetProperty("header").GetProperty("member_id").GetString() == status.GetProperty("leader").GetString()) return i;
            }
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until the cluster answers.</summary>
    public async Task HealthyAsync()
    {
        for (var tries = 0; tries < 300; tries++)
        {
            for (var i = 0; i < members.Length; i++)
                if (members[i] is not null && await StatusAsync(i) is { } status && status.TryGetProperty("leader", out var leader) && leader.GetString() != "0") return;
            await Task.Delay(50);
        }
        throw new InvalidOperationException("etcd does not answer.");
    }

    /// <summary>Asks the gateway itself, as somebody who keeps to no rules would.</summary>
    internal async Task<JsonElement> AskAsync(string path, object body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Endpoints[0], path)) { Content = JsonContent.Create(body) };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", token);
        using var response = await http.SendAsync(request);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).Clone();
    }

    private async Task<JsonElement?> StatusAsync(int member)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(new Uri(Endpoints[member], "/v3/maintenance/status"), new { });
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : null;
        }
        catch (Exception absent) when (absent is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>Three members: one may be lost.</summary>
public sealed class EtcdCluster() : EtcdServer(3);

/// <summary>All tests on the one server, one after another: compaction is the whole server's.</summary>
[CollectionDefinition(Name)]
public sealed class EtcdCollection : ICollectionFixture<EtcdServer>
{
    public const string Name = "etcd";
}
