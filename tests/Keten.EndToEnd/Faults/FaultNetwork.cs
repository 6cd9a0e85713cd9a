using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Keten.Cli.Jobs.Networks;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using UnreachableException = Keten.Client.UnreachableException;

namespace Keten.EndToEnd.Faults;

/// <summary>
/// Four validators as processes on an etcd of three servers or a PostgreSQL, made so that faults can strike: the last one's line to all others can be cut, the second one's disk is small where
/// this machine lets one mount it, and the third one's clock can be set where there is libfaketime.
/// </summary>
internal sealed class FaultNetwork : IAsyncDisposable
{
    public const int Count = 4;

    /// <summary>Whose disk is small, whose clock can be set, and whose line can be cut.</summary>
    public const int SmallDisk = 1, OwnClock = 2, Distant = 3;

    private const int ChecksAtOnce = 8;
    private static readonly Patience Short = new() { Attempts = 1, Each = TimeSpan.FromSeconds(4) };
    private static readonly HttpClient Plain = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory(NetworkNote.FolderPrefix);
    private readonly List<Process> started = [];
    private readonly EventHandler last;
    private LocalNetwork? nodes;

    private FaultNetwork()
    {
        // Whatever ends this process, but for a SIGKILL: nothing that it has started is left.
        last = (_, _) =>
        {
            End();
            try
            {
                folder.Delete(recursive: true);
            }
            catch (IOException)
            {
                // A file of one that is still ending.
            }
        };
        AppDomain.CurrentDomain.ProcessExit += last;
    }

    public Line Line { get; } = new();

    public Payers Payers { get; } = new(2 * Count);

    public SmallDisk? Disk { get; private set; }

    public SetClock? Clock { get; private set; }

    public LocalNetwork Nodes => nodes!;

    public Uri[] Urls => [.. Enumerable.Range(0, Count).Select(Nodes.UrlOf)];

    public string FileNamed(string name) => Path.Combine(folder.FullName, name);

    public static async Task<FaultNetwork> StartAsync(string engine, int etcdMembers, CancellationToken cancel)
    {
        var network = new FaultNetwork();
        try
        {
            network.Clock = SetClock.Find(network.FileNamed("clock"));
            network.Disk = Faults.SmallDisk.Mount(Path.Combine(network.FileNamed($"v{SmallDisk + 1}"), "data"));
            var options = new LocalNetworkOptions(Count, engine, etcdMembers)
            {
                Settings = new Dictionary<string, string> { ["KETEN__HTTP__PERADDRESS"] = "10000000", ["KETEN__LOG__LEVEL"] = "none" },
                Started = network.Add,
                Prepare = network.Prepare,
            };
            network.nodes = await LocalNetwork.StartAsync(network.folder.FullName, options, [network.Payers.Bank.Public], cancel);
            using var client = new KetenClient(network.Urls[0]);
            await network.Payers.FoundAsync(network.Nodes.Genesis.LedgerId, client, cancel);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a transfer through each of some validators is final.</summary>
    public Task EachFinalAsync(CancellationToken cancel, params ReadOnlySpan<int> only) =>
        Task.WhenAll((only.Length > 0 ? only.ToArray() : [0, 1, 2, 3]).Select(async validator =>
        {
            using var client = new KetenClient(Nodes.UrlOf(validator), patience: Short);
            ReadOnlyMemory<byte> one = Payers.Transfers(Count + validator, 1)[0];
            for (; ; await Task.Delay(50, cancel))
            {
                try
                {
                    if ((await client.SubmitAsync(one, cancel: cancel)).Status == SubmissionStatus.Done) return;
                }
                catch (Exception fault) when (fault is UnreachableException or UnexpectedAnswerException or ProblemException or HttpRequestException or IOException)
                {
                    // Not yet.
                }
            }
        }));

    /// <summary>What each validator says of itself, for whoever looks for what is stuck.</summary>
    public async Task<string> ConditionAsync()
    {
        var said = await Task.WhenAll(Urls.Select(async url =>
        {
            try
            {
                return await Plain.GetStringAsync(new Uri(url, "health/condition"));
            }
            catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
            {
                return $"{url} does not answer: {silent.Message}";
            }
        }));
        return string.Join('\n', said);
    }

    /// <summary>Which of the etcd servers leads.</summary>
    public async Task<int> EtcdLeaderAsync(CancellationToken cancel)
    {
        var endpoints = Nodes.Order.Settings["KETEN__ORDER__ENDPOINTS"].Split(',');
        for (; ; await Task.Delay(50, cancel))
        {
            for (var each = 0; each < endpoints.Length; each++)
            {
                try
                {
                    using var response = await Plain.PostAsJsonAsync(new Uri(new Uri(endpoints[each]), "/v3/maintenance/status"), new { }, cancel);
                    var status = await response.Content.ReadFromJsonAsync<JsonElement>(cancel);
                    if (status.GetProperty("header").GetProperty("member_id").GetString() == status.GetProperty("leader").GetString()) return each;
                }
                catch (Exception absent) when (absent is HttpRequestException or JsonException or KeyNotFoundException)
                {
                    // It does not answer, or does not know.
                }
            }
        }
    }

    /// <summary>Holds what a fault must not touch: the same headers on all nodes, every acknowledged transaction shown by a receipt that holds, and no money made or lost. How many are lost.</summary>
    /// <exception cref="InvalidOperationException">Headers or money differ.</exception>
    public async Task<int> CheckAsync(IReadOnlyList<Acknowledged> acknowledged, CancellationToken cancel)
    {
        var clients = Urls.Select(url => new KetenClient(url, patience: new Patience { Attempts = 10, Each = TimeSpan.FromSeconds(10) })).ToArray();
        try
        {
            await SameHeadersAsync(clients, acknowledged, cancel);
            await SameMoneyAsync(clients, cancel);
            return await LostAsync(clients, acknowledged, cancel);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Line.Dispose();
        if (nodes is not null) await nodes.DisposeAsync();
        End();
        Payers.Dispose();
        folder.Delete(recursive: true);
        // Last: until then an end of this process must end the rest.
        AppDomain.CurrentDomain.ProcessExit -= last;
    }

    private void Prepare(int validator, ProcessStartInfo start)
    {
        if (validator == OwnClock) Clock?.Prepare(start);
        var environment = start.Environment;
        var peers = environment["KETEN__ORDER__PEERS"]!.Split(',');
        environment["KETEN__ORDER__PEERS"] = string.Join(',', validator == Distant ? peers.Select(Line.Through) : [.. peers[..^1], Line.Through(peers[^1])]);
        if (validator != Distant) return;
        if (environment.TryGetValue("KETEN__ORDER__ENDPOINTS", out var etcd)) environment["KETEN__ORDER__ENDPOINTS"] = string.Join(',', etcd!.Split(',').Select(Line.Through));
        if (environment.TryGetValue("KETEN__ORDER__CONNECTION", out var postgres))
        {
            var port = postgres!.Split(';').Single(part => part.StartsWith("Port=", StringComparison.Ordinal));
            environment["KETEN__ORDER__CONNECTION"] = postgres.Replace(port, $"Port={Line.To(int.Parse(port[5..], CultureInfo.InvariantCulture))}", StringComparison.Ordinal);
        }
    }

    private void Add(Process process)
    {
        lock (started) started.Add(Process.GetProcessById(process.Id));
    }

    // Twice: one that ends while it is looked at makes the look fail.
    private void End()
    {
        lock (started)
        {
            foreach (var process in started.Concat(started))
            {
                try
                {
                    if (!process.HasExited) process.Kill(entireProcessTree: true);
                }
                catch (Exception gone) when (gone is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception or IOException)
                {
                    // The next one.
                }
            }
            foreach (var process in started) process.Dispose();
            started.Clear();
        }
        Disk?.Dispose();
        Disk = null;
    }

    private static async Task SameHeadersAsync(KetenClient[] clients, IReadOnlyList<Acknowledged> acknowledged, CancellationToken cancel)
    {
        var top = acknowledged.Max(one => one.Height);
        foreach (var height in Enumerable.Range(0, 10).Select(each => Math.Max(1, top - top * (ulong)each / 10)).Distinct())
        {
            var headers = await Task.WhenAll(clients.Select(client => HeaderAsync(client, height, height == top, cancel)));
            if (headers.OfType<Hash>().Distinct().Count() != 1) throw new InvalidOperationException($"The nodes' headers of block {height} are not the same.");
        }
    }

    // A node that has joined by a snapshot has no blocks from before it; the newest all must have.
    private static async Task<Hash?> HeaderAsync(KetenClient client, ulong height, bool must, CancellationToken cancel)
    {
        for (; ; await Task.Delay(50, cancel))
            if (await client.BlockAsync(height, cancel) is { } certificate) return certificate.Header.Hash;
            else if (!must) return null;
    }

    private async Task SameMoneyAsync(KetenClient[] clients, CancellationToken cancel)
    {
        var all = await Task.WhenAll(clients.Select(client => Task.WhenAll(Payers.Parties.Select(async party =>
            decimal.Parse((string)(await client.AccountAsync(Owner.Of(party), Payers.Unit, cancel))!["balance"]!["amount"]!, CultureInfo.InvariantCulture)))));
        if (Array.Exists(all, balances => balances.Sum() * 100 != Payers.Funds * Payers.Parties.Length)) throw new InvalidOperationException("Money was made or lost.");
        if (all.Select(balances => string.Join(' ', balances)).Distinct(StringComparer.Ordinal).Count() != 1) throw new InvalidOperationException("The nodes' balances are not the same.");
    }

    // Each is asked of another node; where that has it no more, of the next.
    private async Task<int> LostAsync(KetenClient[] clients, IReadOnlyList<Acknowledged> acknowledged, CancellationToken cancel)
    {
        var lost = 0;
        await Task.WhenAll(acknowledged.OrderBy(one => one.Height).Chunk((acknowledged.Count + ChecksAtOnce - 1) / ChecksAtOnce).Select((some, place) => Task.Run(async () =>
        {
            var known = new KnownCertificates(Nodes.Genesis);
            foreach (var one in some)
                if (!await IsThereAsync(clients, place, one, known, cancel)) Interlocked.Increment(ref lost);
        }, cancel)));
        return lost;
    }

    private static async Task<bool> IsThereAsync(KetenClient[] clients, int first, Acknowledged one, KnownCertificates known, CancellationToken cancel)
    {
        for (var tries = 0; tries < clients.Length; tries++)
        {
            try
            {
                var receipt = await clients[(first + tries) % clients.Length].ReceiptAsync(one.Id, cancel: cancel);
                if (ReceiptVerdict.Of(receipt, known) is { Holds: true, Receipt: { } read } && read.Transaction.Id == one.Id) return true;
            }
            catch (Exception fault) when (fault is ProblemException or UnreachableException)
            {
                // The next one.
            }
        }
        return false;
    }
}
