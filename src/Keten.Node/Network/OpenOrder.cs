using Keten.Kernel;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Node.Joining;
using Npgsql;

namespace Keten.Node.Network;

/// <summary>A shared order that was opened by the settings, with all that is to be closed behind the node.</summary>
internal sealed class OpenOrder : IAsyncDisposable
{
    private readonly Peers peers;

    private OpenOrder(ILog log, IRegister register, Peers peers)
    {
        this.peers = peers;
        Shared = new SharedOrder(log, register) { CertificatesOf = peers.CertificatesOf, Peers = peers };
    }

    public SharedOrder Shared { get; }

    /// <summary>Opens what the settings name; null where the node has its own log.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="quorum">How many validators make a certificate.</param>
    /// <param name="validator">Whose entries and statements are written; none of an observer's.</param>
    /// <param name="signer">What requests to other nodes are signed with; none where they are open to all.</param>
    /// <param name="clock">The clock of those signatures.</param>
    /// <exception cref="ConfigurationException">A setting cannot be followed.</exception>
    public static OpenOrder? By(NodeConfiguration configuration, int quorum, KeyId? validator, Signer? signer, TimeProvider clock)
    {
        var order = configuration.Order;
        if (order.Engine == "file") return null;
        var peers = new Peers([.. order.Peers.Select(peer => new HttpPeer(Address(configuration, "order.peers", peer), signer, clock))]);
        return order.Engine switch
        {
            "etcd" => Etcd(configuration, quorum, validator, peers),
            "postgres" => Postgres(configuration, peers),
            _ when validator is not null => throw new ConfigurationException(configuration.PlaceOf("order.engine"), "«order.engine» «peers» is for a node that observes; a validator appends to an etcd or a PostgreSQL."),
            _ when peers.All.Count == 0 => throw new ConfigurationException(configuration.PlaceOf("order.peers"), "«order.peers» names the nodes that are followed."),
            _ => new OpenOrder(new NoSharedLog(), new MemoryRegister(), peers),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Shared.Log.DisposeAsync();
        if (Shared.Register is IAsyncDisposable register) await register.DisposeAsync();
        else (Shared.Register as IDisposable)?.Dispose();
        peers.Dispose();
    }

    private static OpenOrder Etcd(NodeConfiguration configuration, int quorum, KeyId? validator, Peers peers)
    {
        var order = configuration.Order;
        if (order.Endpoints.Count == 0) throw new ConfigurationException(configuration.PlaceOf("order.endpoints"), "«order.endpoints» names the members of the etcd cluster.");
        // Each epoch has an order of its own; that of the first has the plain name.
        var epoch = Epochs.NewestIn(configuration.Ledger.Data);
        var folder = Path.Combine(configuration.Ledger.Data, epoch == 0 ? "order" : FormattableString.Invariant($"order-e{epoch}"));
        Directory.CreateDirectory(folder);
        var options = new EtcdOptions
        {
            Endpoints = [.. order.Endpoints.Select(endpoint => Address(configuration, "order.endpoints", endpoint))], Prefix = PrefixOf(order.Prefix, epoch), Validator = validator?.ToString(), User = order.User,
            Password = Password(configuration) ?? "", Folder = folder, PruneQuorum = quorum,
        };
        return Followed(configuration, "order.prefix", () => new OpenOrder(EtcdLog.Open(options), new EtcdRegister(options), peers));
    }

    private static OpenOrder Postgres(NodeConfiguration configuration, Peers peers)
    {
        var order = configuration.Order;
        if (order.Connection is not { } text) throw new ConfigurationException(configuration.PlaceOf("order.connection"), "«order.connection» says how PostgreSQL is reached.");
        var connection = Followed(configuration, "order.connection", () => new NpgsqlConnectionStringBuilder(text));
        if (connection.Password is null && Password(configuration) is { } password) connection.Password = password;
        var options = new PostgresOptions { Connection = connection.ConnectionString, Schema = SchemaOf(order.Schema, Epochs.NewestIn(configuration.Ledger.Data)) };
        return Followed(configuration, "order.schema", () => new OpenOrder(PostgresLog.Open(options), new PostgresRegister(options), peers));
    }

    /// <summary>What the keys of an epoch's order begin with: keten/ and then keten-e1/.</summary>
    internal static string PrefixOf(string prefix, ulong epoch) => epoch == 0 ? prefix : FormattableString.Invariant($"{prefix.TrimEnd('/')}-e{epoch}/");

    /// <summary>The schema of an epoch's order: keten and then keten_e1.</summary>
    internal static string SchemaOf(string schema, ulong epoch) => epoch == 0 ? schema : FormattableString.Invariant($"{schema}_e{epoch}");

    private static T Followed<T>(NodeConfiguration configuration, string setting, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (ArgumentException fault)
        {
            throw new ConfigurationException(configuration.PlaceOf(setting), $"«{setting}» cannot be followed: {fault.Message}");
        }
    }

    private static Uri Address(NodeConfiguration configuration, string setting, string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address!
        : throw new ConfigurationException(configuration.PlaceOf(setting), $"«{setting}» holds addresses with http or https.");

    private static string? Password(NodeConfiguration configuration)
    {
        if (configuration.Order.PasswordFile is not { } path) return null;
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(configuration.PlaceOf("order.passwordFile"), "«order.passwordFile» cannot be read: " + fault.Message);
        }
    }
}
