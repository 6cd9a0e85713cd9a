namespace Keten.Node.Hosting;

/// <summary>All settings of a node. The defaults run a node for oneself; <see cref="ConfigurationFile"/> reads the file and the environment.</summary>
public sealed record NodeConfiguration
{
    /// <summary>The ledger and its pipeline.</summary>
    [Setting("The ledger and its pipeline.")]
    public LedgerSection Ledger { get; init; } = new();

    /// <summary>Where the order comes from.</summary>
    [Setting("Where the order of the entries comes from: the node itself, or a service that validators share.")]
    public Network.OrderSection Order { get; init; } = new();

    /// <summary>The doors.</summary>
    [Setting("The doors: addresses, TLS, limits.")]
    public HttpSection Http { get; init; } = new();

    /// <summary>What is written to standard output.</summary>
    [Setting("What is written to standard output.")]
    public LogSection Log { get; init; } = new();

    /// <summary>Where measurements go.</summary>
    [Setting("Where measurements go.")]
    public MetricsSection Metrics { get; init; } = new();

    /// <summary>Who is told of events.</summary>
    [Setting("Webhooks: who is told of events.")]
    public Webhooks.WebhookSection Webhooks { get; init; } = new();

    /// <summary>Who is warned.</summary>
    [Setting("Alarms: who is warned of theft, arrears and the like.")]
    public Alarms.AlarmSection Alarms { get; init; } = new();

    /// <summary>Source documents.</summary>
    [Setting("The vault: source documents beside the ledger.")]
    public Vault.VaultSection Vault { get; init; } = new();

    /// <summary>What is put outside the ledger.</summary>
    [Setting("Anchors: where the hash of the newest certified header is put outside the ledger.")]
    public Anchors.AnchorSection Anchors { get; init; } = new();

    /// <summary>Where a setting was said: keten.json:12, or the name of a variable; where nobody said it, the setting's own name.</summary>
    public string PlaceOf(string setting) => Places?.GetValueOrDefault(setting, setting) ?? setting;

    internal IReadOnlyDictionary<string, string>? Places { get; set; }
}

/// <summary>The ledger and its pipeline.</summary>
public sealed record LedgerSection
{
    [Setting("The folder that everything is kept in.")]
    public string Data { get; init; } = "data";

    [Setting("What the ledger is called where the node serves several: it is under /ledgers/NAME/.")]
    public string Name { get; init; } = "main";

    [Setting("Further ledgers that this node serves, each as NAME=FILE with a configuration file of its own; of «http» it takes the limits alone, and variables of the environment are not for it.")]
    public IReadOnlyList<string> More { get; init; } = [];

    [Setting("The genesis file; needed at the first start, and checked against the data folder later.")]
    public string? Genesis { get; init; }

    [Setting("The validator's private key in PEM; without it the node takes and signs nothing: it shows what it has, and where validators share an order it follows them.")]
    public string? ValidatorKey { get; init; }

    [Setting("Transactions that may wait for the log before the door answers 503. Above 8000 no more than the node does in half a second.", Min = 1, Max = 10_000_000)]
    public int QueueAtMost { get; init; } = 50_000;

    [Setting("Transactions in one entry of the log.", Min = 1, Max = 10_000)]
    public int BatchAtMost { get; init; } = 2_000;

    [Setting("Threads that check signatures; 0: as many as the machine has processors.", Min = 0, Max = 1_024)]
    public int Verifiers { get; init; }

    [Setting("Public keys that are kept ready to verify with, some 2.6 KB each.", Min = 1, Max = 10_000_000)]
    public int KeysKept { get; init; } = 50_000;

    [Setting("A snapshot is taken after so many blocks.", Min = 1, Max = 100_000_000)]
    public int SnapshotEvery { get; init; } = 10_000;

    [Setting("Blocks whose transactions are kept; those before them are pruned when views and webhooks have them and two snapshots are newer. 0: all are kept.", Min = 0, Max = int.MaxValue)]
    public int KeepBlocks { get; init; }
}

/// <summary>The doors.</summary>
public sealed record HttpSection
{
    [Setting("The address to listen on; port 0 takes a free one.", IsAddress = true)]
    public string Listen { get; init; } = "http://127.0.0.1:5080";

    [Setting("The host names, with ports, under which the node is asked; a request for another is refused. Empty: any. Set it where keys read on more than one node.")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    [Setting("The TLS certificate with its chain, in PEM; needed where the address begins with https.")]
    public string? Certificate { get; init; }

    [Setting("The certificate's private key, in PEM; where it is encrypted, KETEN_PASSWORD is the password.")]
    public string? CertificateKey { get; init; }

    [Setting("The longest body of a request, in bytes.", Min = 1_024, Max = 1 << 30)]
    public int BodyAtMost { get; init; } = 16 << 20;

    [Setting("The longest header of a request, all fields together, in bytes.", Min = 1_024, Max = 1 << 20)]
    public int HeaderAtMost { get; init; } = 16 << 10;

    [Setting("Transactions in one request.", Min = 1, Max = 10_000)]
    public int TransactionsAtMost { get; init; } = 1_000;

    [Setting("Connections that are open at once.", Min = 1, Max = 1_000_000)]
    public int ConnectionsAtMost { get; init; } = 10_000;

    [Setting("Requests that are answered at once, event streams apart.", Min = 1, Max = 1_000_000)]
    public int RequestsAtMost { get; init; } = 2_000;

    [Setting("Seconds that a request may take, one that waits for «final» too.", Min = 1, Max = 3_600)]
    public int TimeoutSeconds { get; init; } = 30;

    [Setting("Requests a second from one address, on average (an IPv6 network of 64 bits counts as one).", Min = 1, Max = 10_000_000)]
    public int PerAddress { get; init; } = 10_000;

    [Setting("Signed requests a second of one reader, on average.", Min = 1, Max = 10_000_000)]
    public int PerReader { get; init; } = 200;

    [Setting("Event streams that are open at once.", Min = 1, Max = 1_000_000)]
    public int StreamsAtMost { get; init; } = 1_000;

    [Setting("Event streams that one address has open at once.", Min = 1, Max = 1_000_000)]
    public int StreamsPerAddress { get; init; } = 100;

    [Setting("Seconds after which a silent event stream shows that it lives.", Min = 1, Max = 3_600)]
    public int HeartbeatSeconds { get; init; } = 15;

    [Setting("Seconds that requests under way have to end when the node stops.", Min = 0, Max = 3_600)]
    public int DrainSeconds { get; init; } = 10;
}

/// <summary>What is written to standard output.</summary>
public sealed record LogSection
{
    [Setting("The least that is written.", OneOf = "debug|information|warning|error|none")]
    public string Level { get; init; } = "information";

    [Setting("A JSON object a line for programs, or plain text for people.", OneOf = "json|plain")]
    public string Format { get; init; } = "json";
}

/// <summary>Where measurements go.</summary>
public sealed record MetricsSection
{
    [Setting("The OpenTelemetry collector (OTLP) that measurements are sent to; without it they stay in the process.", IsAddress = true)]
    public string? Otlp { get; init; }

    [Setting("How the collector is spoken to.", OneOf = "grpc|http")]
    public string Protocol { get; init; } = "grpc";

    [Setting("Seconds between two sendings.", Min = 1, Max = 3_600)]
    public int EverySeconds { get; init; } = 15;
}
