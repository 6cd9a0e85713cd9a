using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs.Networks;

/// <summary>What a local network is made of.</summary>
/// <param name="Validators">How many.</param>
/// <param name="Engine">"etcd" or "postgres".</param>
/// <param name="EtcdMembers">How many etcd servers, together one cluster.</param>
internal sealed record LocalNetworkOptions(int Validators, string Engine, int EtcdMembers = 1)
{
    /// <summary>More of each node's environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Told of each process that is started, so that another may end it.</summary>
    public Action<Process>? Started { get; init; }

    /// <summary>Told of each validator, from 0, before its process is started, and of how: to change that.</summary>
    public Action<int, ProcessStartInfo>? Prepare { get; init; }
}

/// <summary>Several validators on this machine, each a process with a folder of its own, on one ordering service.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    private readonly string folder;
    private readonly OrderingService order;
    private readonly LocalNetworkOptions options;
    private readonly int[] ports;
    private readonly Process?[] nodes;

    private LocalNetwork(string folder, OrderingService order, Genesis genesis, LocalNetworkOptions options)
    {
        (this.folder, this.order, Genesis, this.options, nodes) = (folder, order, genesis, options, new Process?[options.Validators]);
        ports = [.. nodes.Select(_ => OrderingService.FreePort())];
    }

    public Genesis Genesis { get; }

    public int Count => nodes.Length;

    public Uri UrlOf(int validator) => new($"http://127.0.0.1:{ports[validator]}/");

    /// <summary>Where a validator keeps what it holds.</summary>
    public string DataOf(int validator) => Path.Combine(HomeOf(validator), "data");

    public IReadOnlyList<Process> OrderingServers => order.Servers;

    /// <summary>The ordering service that it started.</summary>
    public OrderingService Order => order;

    public int? PidOf(int validator) => nodes[validator]?.Id;

    /// <summary>Makes keys and genesis, and starts the ordering service and all validators.</summary>
    public static async Task<LocalNetwork> StartAsync(string folder, LocalNetworkOptions options, PublicKey[] founders, CancellationToken cancel)
    {
        var keys = Enumerable.Range(0, options.Validators).Select(_ => SigningKey.Generate()).ToArray();
        var parties = Enumerable.Range(0, options.Validators).Select(_ => SigningKey.Generate()).ToArray();
        var set = new ValidatorSet([.. keys.Select((key, place) => new Validator($"Validator {place + 1}", key.Public, Party.Of(parties[place].Id)))]);
        var genesis = new Genesis(
            Hash.Of(Guid.NewGuid().ToByteArray()), new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), set, new Many<PublicKey>([.. founders, .. parties.Select(party => party.Public)]), true, Parameters.Default, Known.Catalogue.Hash);
        await File.WriteAllTextAsync(Path.Combine(folder, "genesis.json"), GenesisFile.Write(genesis), cancel);
        for (var each = 0; each < keys.Length; each++)
        {
            PrivateFiles.Write(Path.Combine(folder, $"v{each + 1}", "validator.pem"), keys[each].ExportPem());
            PrivateFiles.Write(Path.Combine(folder, $"v{each + 1}", "party.pem"), parties[each].ExportPem());
            keys[each].Dispose();
            parties[each].Dispose();
        }
        var network = new LocalNetwork(folder, await OrderingService.StartAsync(options.Engine, folder, set.Quorum, options.EtcdMembers, cancel, options.Started), genesis, options);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, options.Validators).Select(each => network.StartAsync(each, cancel)));
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a validator on its folder as it stands.</summary>
    public async Task StartAsync(int validator, CancellationToken cancel)
    {
        var home = HomeOf(validator);
        var start = OwnProgram.Start([
            "node", "--json", "--port", $"{ports[validator]}", "--data", DataOf(validator), "--genesis", Path.Combine(folder, "genesis.json"), "--validator-key", Path.Combine(home, "validator.pem")]);
        (start.RedirectStandardOutput, start.WorkingDirectory) = (true, home);
        foreach (var (name, value) in order.Settings.Concat(options.Settings)) start.Environment[name] = value;
        start.Environment["KETEN__LOG__LEVEL"] = "error";
        start.Environment["KETEN__ORDER__PEERS"] = string.Join(',', Enumerable.Range(0, Count).Where(each => each != validator).Select(each => UrlOf(each).ToString()));
        options.Prepare?.Invoke(validator, start);
        var node = Process.Start(start) ?? throw new ExitException(Exit.Unreachable, "A validator could not be started.");
        nodes[validator] = node;
        options.Started?.Invoke(node);
        while (await node.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (!line.StartsWith('{') || JsonNode.Parse(line)?["url"] is null) continue;
            // Read on, or it stops when the pipe is full.
            _ = node.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }
        throw new ExitException(Exit.Unreachable, $"Validator {validator + 1} did not start.");
    }

    /// <summary>Where a validator's keys are, and the folder that it keeps what it holds in.</summary>
    public string HomeOf(int validator) => Path.Combine(folder, $"v{validator + 1}");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(int validator)
    {
        if (Interlocked.Exchange(ref nodes[validator], null) is not { } node) return;
        node.Kill(entireProcessTree: true);
        await node.WaitForExitAsync();
        node.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        for (var each = 0; each < nodes.Length; each++) await KillAsync(each);
        await order.DisposeAsync();
    }
}
