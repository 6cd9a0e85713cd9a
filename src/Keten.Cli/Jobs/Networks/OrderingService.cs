using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keten.Cli.Terminals;
using Keten.Log;

namespace Keten.Cli.Jobs.Networks;

/// <summary>An etcd or a PostgreSQL of a local network's own, on the loopback, in a folder of the network's.</summary>
internal sealed class OrderingService : IAsyncDisposable
{
    private static readonly TimeSpan StartAtMost = TimeSpan.FromSeconds(60);
    private readonly Server[] all;
    private readonly Process[] servers;
    private readonly Action<Process>? started;

    private OrderingService(Server[] all, Process[] servers, Action<Process>? started, IReadOnlyDictionary<string, string> settings) =>
        (this.all, this.servers, this.started, Settings) = (all, servers, started, settings);

    /// <summary>How a server is started, and the folder of its data.</summary>
    private sealed record Server(string Program, string[] Words, string Data)
    {
        public Process Start(params IEnumerable<string> more) => OrderingService.Start(Program, [.. Words, .. more]);
    }

    /// <summary>The servers' processes, in the order in which they were started.</summary>
    public IReadOnlyList<Process> Servers => servers;

    /// <summary>What a node's environment says to use it.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Starts one, and makes an empty log in it.</summary>
    /// <exception cref="ExitException">The program is not on this machine, or does not start.</exception>
    public static Task<OrderingService> StartAsync(string engine, string folder, int quorum, int members, CancellationToken cancel, Action<Process>? started = null) =>
        engine == "etcd" ? EtcdAsync(folder, members, started, cancel) : PostgresAsync(folder, quorum, started, cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            Kill([server]);
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    /// <summary>Where a server keeps its data.</summary>
    public string DataOf(int server) => all[server].Data;

    /// <summary>SIGKILL, and of PostgreSQL all that it has started.</summary>
    public async Task KillAsync(int server)
    {
        Kill([servers[server]]);
        await servers[server].WaitForExitAsync();
    }

    /// <summary>Starts a server that was killed on its folder as it stands; it may take a while until it answers.</summary>
    /// <param name="server">Which, from 0.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="more">More words of its command line.</param>
    public async Task StartAgainAsync(int server, CancellationToken cancel, params string[] more)
    {
        // Those whom a killed PostgreSQL had started must be gone before another may start: it ends at once until they are.
        for (var tries = 0; tries < 20; tries++)
        {
            servers[server].Dispose();
            servers[server] = all[server].Start(more);
            started?.Invoke(servers[server]);
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            if (!servers[server].HasExited) return;
        }
        throw new ExitException(Exit.Unreachable, "A server of the ordering service does not start again.");
    }

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static async Task<OrderingService> EtcdAsync(string folder, int members, Action<Process>? started, CancellationToken cancel)
    {
        var program = Find("etcd", "/usr/bin") ?? throw ExitException.Usage("There is no etcd on this machine: apt-get install etcd-server.");
        var (clients, peers) = (Addresses(members), Addresses(members));
        var cluster = string.Join(',', peers.Select((peer, place) => $"m{place}={peer}"));
        var all = clients.Select((client, place) => new Server(
            program,
            ["--name", $"m{place}", "--data-dir", Path.Combine(folder, $"etcd{place}"), "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peers[place],
            "--initial-advertise-peer-urls", peers[place], "--initial-cluster", cluster, "--logger", "zap", "--log-level", "error"],
            Path.Combine(folder, $"etcd{place}"))).ToArray();
        var servers = all.Select(server => server.Start()).ToArray();
        foreach (var server in servers) started?.Invoke(server);
        var options = new EtcdOptions { Endpoints = [.. clients.Select(client => new Uri(client))], Prefix = "keten/" };
        await UntilAsync(servers, () => EtcdSetup.CreateLogAsync(options, cancel), cancel);
        return new OrderingService(all, servers, started, new Dictionary<string, string> { ["KETEN__ORDER__ENGINE"] = "etcd", ["KETEN__ORDER__ENDPOINTS"] = string.Join(',', clients) });

        static string[] Addresses(int count) => [.. Enumerable.Range(0, count).Select(_ => $"http://127.0.0.1:{FreePort()}")];
    }

    private static async Task<OrderingService> PostgresAsync(string folder, int quorum, Action<Process>? started, CancellationToken cancel)
    {
        var binaries = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin")).LastOrDefault() : null;
        var (initdb, server) = (Find("initdb", binaries), Find("postgres", binaries));
        if (initdb is null || server is null) throw ExitException.Usage("There is no PostgreSQL on this machine: apt-get install postgresql.");
        var data = Path.Combine(folder, "postgres");
        Directory.CreateDirectory(data);
        // PostgreSQL does not run as root.
        string[] asUser = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : [];
        if (asUser.Length > 0)
        {
            await RunAsync(["chmod", "711", folder], cancel);
            await RunAsync(["chown", "-R", "postgres", data], cancel);
        }
        await RunAsync([.. asUser, initdb, "-D", data, "-U", "keten", "--auth=trust", "-E", "UTF8", "--locale=C"], cancel);
        var port = FreePort();
        string[] words = [.. asUser, server, "-D", data, "-h", "127.0.0.1", "-p", $"{port}", "-c", "unix_socket_directories=", "-c", "logging_collector=off"];
        var one = new Server(words[0], words[1..], data);
        var process = one.Start();
        started?.Invoke(process);
        var connection = $"Host=127.0.0.1;Port={port};Username=keten;Database=postgres";
        var options = new PostgresOptions { Connection = connection };
        await UntilAsync([process], () => PostgresSetup.CreateAsync(options, quorum, cancel), cancel);
        return new OrderingService([one], [process], started, new Dictionary<string, string> { ["KETEN__ORDER__ENGINE"] = "postgres", ["KETEN__ORDER__CONNECTION"] = connection });
    }

    // Whatever goes wrong, a Ctrl-C too: a server that is not handed on is not left running.
    private static async Task UntilAsync(Process[] servers, Func<Task> ready, CancellationToken cancel)
    {
        var (began, started) = (Stopwatch.StartNew(), false);
        try
        {
            while (!started) started = await TryAsync(ready, () => began.Elapsed < StartAtMost && !servers.Any(server => server.HasExited), cancel);
        }
        finally
        {
            if (!started) Kill(servers);
        }
    }

    private static void Kill(Process[] servers)
    {
        foreach (var server in servers)
            if (!server.HasExited) server.Kill(entireProcessTree: true);
    }

    private static async Task<bool> TryAsync(Func<Task> ready, Func<bool> hope, CancellationToken cancel)
    {
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            soon.CancelAfter(TimeSpan.FromSeconds(5));
            await ready().WaitAsync(soon.Token);
            return true;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!hope()) throw new ExitException(Exit.Unreachable, "The ordering service did not start: " + fault.Message);
            await Task.Delay(200, cancel);
            return false;
        }
    }

    private static string? Find(string program, string? more) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append(more).Where(folder => folder is not null).Select(folder => Path.Combine(folder!, program)).FirstOrDefault(File.Exists);

    private static async Task RunAsync(string[] words, CancellationToken cancel)
    {
        using var process = Start(words[0], words[1..]);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0) throw new ExitException(Exit.Unreachable, $"'{string.Join(' ', words)}' failed.");
    }

    private static Process Start(string program, string[] words)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var word in words) start.ArgumentList.Add(word);
        var process = Process.Start(start)!;
        // Read, or it stops when the pipe is full.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
