using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Hosting;
using Npgsql;

namespace Keten.Node.Network;

/// <summary>A shared order that was opened by the settings, with all that is to be closed behind the node.</summary>
internal sealed class OpenOrder : IAsyncDisposable
{
    private readonly PeerCertificates? peers;
    private readonly IAsyncDisposable? register;

    private OpenOrder(ILog log, IRegister register, PeerCertificates? peers)
    {
        (this.peers, this.register) = (peers, register as IAsyncDisposable);
        Shared = new SharedOrder(log, register) { Peers = peers is null ? null : peers.FindAsync };
    }

    public SharedOrder Shared { get; }

    /// <summary>Opens what the settings name; null where the node has its own log.</summary>
    /// <exception cref="ConfigurationException">A setting cannot be followed.</exception>
    public static OpenOrder? By(NodeConfiguration configuration, Genesis? genesis, KeyId? validator)
    {
        var order = configuration.Order;
        if (order.Engine == "file") return null;
        var peers = order.Peers.Count == 0 ? null : new PeerCertificates([.. order.Peers.Select(peer => Address(configuration, "order.peers", peer))]);
        try
        {
            return order.Engine == "etcd" ? Etcd(configuration, genesis, validator, peers) : Postgres(configuration, peers);
        }
        catch (ArgumentException fault)
        {
            peers?.Dispose();
            throw new ConfigurationException(configuration.PlaceOf("order.engine"), fault.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Shared.Log.DisposeAsync();
        if (register is not null) await register.DisposeAsync();
        else (Shared.Register as IDisposable)?.Dispose();
        peers?.Dispose();
    }

    private static OpenOrder Etcd(NodeConfiguration configuration, Genesis? genesis, KeyId? validator, PeerCertificates? peers)
    {
        var order = configuration.Order;
        if (order.Endpoints.Count == 0) throw new ConfigurationException(configuration.PlaceOf("order.endpoints"), "«order.endpoints» names the members of the etcd cluster.");
        var folder = Path.Combine(configuration.Ledger.Data, "order");
        Directory.CreateDirectory(folder);
        var options = new EtcdOptions
        {
            Endpoints = [.. order.Endpoints.Select(endpoint => Address(configuration, "order.endpoints", endpoint))], Prefix = order.Prefix, Validator = validator?.ToString(), User = order.User,
            Password = Password(configuration) ?? "", Folder = folder, PruneQuorum = genesis?.Validators.Quorum ?? 1,
        };
        return new OpenOrder(EtcdLog.Open(options), new EtcdRegister(options), peers);
    }

    private static OpenOrder Postgres(NodeConfiguration configuration, PeerCertificates? peers)
    {
        var order = configuration.Order;
        if (order.Connection is not { } text) throw new ConfigurationException(configuration.PlaceOf("order.connection"), "«order.connection» says how PostgreSQL is reached.");
        var connection = new NpgsqlConnectionStringBuilder(text);
        if (connection.Password is null && Password(configuration) is { } password) connection.Password = password;
        var options = new PostgresOptions { Connection = connection.ConnectionString, Schema = order.Schema };
        return new OpenOrder(PostgresLog.Open(options), new PostgresRegister(options), peers);
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
