using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Devices;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Doors;
using Keten.Kernel;
using Keten.Node.Hosting;

namespace Keten.Tests.Doors;

/// <summary>
/// A node over HTTP on a new ledger, an operator with a register of devices and a charge point in it, and Ada, who pays 0.60 a kWh, VAT included; and doors that can be opened, closed and killed.
/// </summary>
internal sealed class DoorsRig : IAsyncDisposable
{
    public const string Password = "correct-horse-battery", KeyPassword = "keys";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-doors-");
    private readonly ECDsa meterKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<DoorsHost> open = [];
    private readonly List<DoorKeys> keys = [];
    private NodeHost node = null!;
    private HttpDoor ledger = null!;
    private int folders;

    public ChargingNetwork Network { get; private set; } = null!;

    public Actor Ada { get; } = Actor.Named("ada");

    /// <summary>The charge point's key on the ledger.</summary>
    public Actor Point { get; } = Actor.Named("cp1");

    public Actor Sensor { get; } = Actor.Named("sensor");

    /// <summary>The charge point's meter, which signs OCMF and nothing else.</summary>
    public MeterSimulator Meter { get; private set; } = null!;

    public Agreement<DeviceRegister> Register { get; private set; }

    public Agreement<MeteredUse> Agreement { get; private set; }

    public Agreement<SensorLog> Log { get; private set; }

    public Hash LedgerId => ledger.LedgerId;

    public Clerk Clerk => Network.Clerk;

    public static async Task<DoorsRig> StartAsync()
    {
        var rig = new DoorsRig();
        await rig.FoundAsync();
        return rig;
    }

    /// <summary>Opens the doors; by default where they were closed before.</summary>
    public async Task<DoorsHost> OpenAsync(Func<DoorsConfiguration, DoorsConfiguration>? change = null, HttpMessageHandler? inner = null, string data = "doors", List<string>? told = null)
    {
        var configuration = new DoorsConfiguration
        {
            Node = new Uri(node.Url), Register = Register.Number, Key = "operator", Data = Path.Combine(folder.FullName, data), Listen = "http://127.0.0.1:0",
            ChargePoints = [new ChargePoint("CP1", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Password))), "cp1")],
            Cards = [new Card("ADA-1", Agreement.Number), new Card("LOST", Agreement.Number, Blocked: true)],
        };
        var opened = new DoorKeys(new KeyFolder(Path.Combine(folder.FullName, "keys")), KeyPassword);
        keys.Add(opened);
        var doors = await DoorsHost.StartAsync(change?.Invoke(configuration) ?? configuration, opened, told is null ? null : line => { lock (told) told.Add(line); }, inner: inner);
        open.Add(doors);
        return doors;
    }

    /// <summary>The doors' data folder as a power cut would leave it now.</summary>
    public string CopyAsAfterPowerCut(string data = "doors")
    {
        var copy = $"copy-{++folders}";
        Directory.CreateDirectory(Path.Combine(folder.FullName, copy));
        foreach (var file in Directory.GetFiles(Path.Combine(folder.FullName, data)))
        {
            if (file.EndsWith(".lock", StringComparison.Ordinal) || file.EndsWith("-shm", StringComparison.Ordinal)) continue;
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = File.Create(Path.Combine(folder.FullName, copy, Path.GetFileName(file)));
            from.CopyTo(to);
        }
        return copy;
    }

    /// <summary>The agreement with Ada as it stands.</summary>
    public async Task<MeteredUse> StateAsync() => NodeRecords.Read<MeteredUse>(MeteredUse.Contents.StateCodec, (await ledger.As(Network.Operator).AgreementAsync(Agreement.Number))?["state"]);

    /// <summary>What Ada has, in cents.</summary>
    public async Task<long> AdaHasAsync()
    {
        var account = await ledger.As(Ada).AccountAsync(Owner.Of(Ada.Party), Network.Currency);
        return AmountText.TryParse((string?)account!["available"]!["amount"] ?? (string?)account["available"], 2, out var minor) ? minor : throw new InvalidOperationException(account.ToJsonString());
    }

    /// <summary>The sessions that have been charged.</summary>
    public async Task<List<Session>> ChargedAsync() =>
        [.. (await ledger.As(Network.Operator).RecordsAsync(Agreement.Number, 2))!["records"]!.AsArray().Select(row => NodeRecords.Read<Session>(MeteredUse.Contents.Tables[1].ValueCodec, row!["record"]))];

    public Task<JsonObject?> DocumentsAsync() => ledger.As(Ada).DocumentsAsync(Agreement.Number);

    public async Task<Device> DeviceAsync(Actor device)
    {
        var key = new byte[Party.KeySize];
        device.Party.WriteKey(key);
        return NodeRecords.Read<Device>(DeviceRegister.Contents.Tables[0].ValueCodec, (await ledger.As(Network.Operator).RecordAsync(Register.Number, 1, key))!["record"]);
    }

    public async Task<SensorLog> LogAsync() => NodeRecords.Read<SensorLog>(SensorLog.Contents.StateCodec, (await ledger.As(Network.Operator).AgreementAsync(Log.Number))?["state"]);

    /// <summary>Calls of the operator, with others who sign too.</summary>
    public async Task DoAsync(Func<TransactionBuilder, TransactionBuilder> calls, params Actor[] others)
    {
        Actor[] signers = [Network.Operator, .. others];
        await Clerk.MustAsync([calls(Clerk.Begin(signers)).Sign([.. signers.Select(signer => (Signer)signer.Key)])]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var doors in open) await doors.DisposeAsync();
        foreach (var each in keys) each.Dispose();
        ledger.Dispose();
        await node.DisposeAsync();
        meterKey.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task FoundAsync()
    {
        var data = new SettleFolder(Path.Combine(folder.FullName, "node"));
        var configuration = new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = data.Path }, Http = new HttpSection { Listen = "http://127.0.0.1:0", PerReader = 100_000 }, Log = new LogSection { Level = "none" },
        };
        node = await NodeHost.StartAsync(configuration, await data.BeginAsync(), [Rooms.Open]);
        ledger = new HttpDoor(new Uri(node.Url), node.Node.LedgerId);
        var clerk = new Clerk(ledger);
        Network = await ChargingNetwork.FoundAsync(clerk, ("EUR", 2), [], [Ada, Point, Sensor], Terms, clerk.Now.PlusDays(-60));
        await Network.IssueAsync([(Ada, 10_000)]);
        Meter = new MeterSimulator("M1", meterKey);
        Register = new(await OpenedAsync(clerk.Begin(Network.Operator).Open(DeviceRegister.Contents, new DeviceRegister.Begin(Network.Operator.Party)), Network.Operator));
        var calibration = new Calibration(Hash.Of("certificate"u8), clerk.Now.PlusDays(365));
        await DoAsync(calls => calls.Call(DeviceRegister.Contents, Register, new DeviceRegister.Enrol(Point.Party, DeviceKind.ChargePoint, Hash.Of(Meter.PublicKey.Spki.Span), calibration, "1.0")), Point);
        await DoAsync(calls => calls.Call(DeviceRegister.Contents, Register, new DeviceRegister.Enrol(Sensor.Party, DeviceKind.Sensor, null, calibration, "1.0")), Sensor);
        Log = new(await OpenedAsync(clerk.Begin(Network.Operator).Open(
            SensorLog.Contents, new SensorLog.Begin(Network.Operator.Party, Ada.Party, Register, Sensor.Party, Network.Energy)), Network.Operator));
        var (leave, until) = (Network.Currency.Of(5_000), clerk.Now.PlusDays(365));
        Agreement = new(await OpenedAsync(clerk.Begin(Network.Operator, Ada).Open(MeteredUse.Contents, new MeteredUse.Agree(
            Network.Operator.Party, Ada.Party, Network.Arbiter.Party, Network.Prices, new Many<Party>(Point.Party), Network.Currency.Of(0), new Mandate(leave, leave, until), new Mandate(leave, leave, until)))
            .AtMost(Network.Operator.Key.Id, leave).AtMost(Ada.Key.Id, leave), Network.Operator, Ada));
        var keyFolder = new KeyFolder(Path.Combine(folder.FullName, "keys"));
        keyFolder.Keep("operator", Network.Operator.Key, KeyPassword);
        keyFolder.Keep("cp1", Point.Key, KeyPassword);
    }

    private static TariffTerms Terms(Unit currency, Unit energy) =>
        new(currency, 2, energy, new Many<TariffElement>(new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 500_000, 1, new Rate(200_000))))));

    private async Task<ulong> OpenedAsync(TransactionBuilder opening, params Actor[] signers) =>
        (await Clerk.MustAsync(opening.Sign([.. signers.Select(signer => (Signer)signer.Key)]), signers[0])).Outcome.Agreement;
}

/// <summary>A line to the node that can be cut: before a request, or before its answer.</summary>
internal sealed class CutLine() : DelegatingHandler(new SocketsHttpHandler())
{
    public bool IsCut { get; set; }

    public bool LosesAnswersToSubmissions { get; set; }

    public int Lost { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsCut) throw new HttpRequestException("The line is cut.");
        var answer = await base.SendAsync(request, cancellationToken);
        if (!LosesAnswersToSubmissions || !request.RequestUri!.AbsolutePath.EndsWith("/v1/transactions", StringComparison.Ordinal)) return answer;
        answer.Dispose();
        Lost++;
        throw new HttpRequestException("The answer is lost.");
    }
}
