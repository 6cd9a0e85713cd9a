using System.Security.Cryptography;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Hosting;
using Npgsql;

namespace Keten.Cli.Jobs.Invitations;

/// <summary>What a member's settings say of its ledger, as far as a newcomer needs it.</summary>
internal static class Inviting
{
    // The rest of a connection is a user's own, or a secret.
    private static readonly string[] Shared = ["Host", "Port", "Database", "SSL Mode", "Target Session Attributes"];

    public static Invitation Of(NodeConfiguration configuration, PublicKey by, IEnumerable<string> peers, Instant until)
    {
        string[] addresses = [.. peers.Concat(configuration.Order.Peers).Select(InvitationFile.Address).Distinct(StringComparer.Ordinal)];
        if (addresses.Length is 0 or > Invitation.AddressesAtMost) throw ExitException.Usage($"A newcomer needs 1 to {Invitation.AddressesAtMost} nodes to catch up from: --peer URL, where others reach this one.");
        return new Invitation(GenesisOf(configuration), by, until, addresses, OrderOf(configuration));
    }

    private static Genesis GenesisOf(NodeConfiguration configuration)
    {
        var kept = Path.Combine(configuration.Ledger.Data, "genesis.cbor");
        return File.Exists(kept) ? GenesisFile.Load(kept) : configuration.Ledger.Genesis is { } file ? GenesisFile.Load(file)
            : throw ExitException.Usage("There is no ledger yet: neither in «ledger.data», nor does «ledger.genesis» begin one.");
    }

    private static InvitedOrder OrderOf(NodeConfiguration configuration)
    {
        var order = configuration.Order;
        return order.Engine switch
        {
            "etcd" => new InvitedOrder("etcd", [.. order.Endpoints.Select(InvitationFile.Address)], order.Prefix, null, null),
            "postgres" => new InvitedOrder("postgres", [], null, WithoutSecrets(order.Connection ?? ""), order.Schema),
            _ => throw ExitException.Usage("Only a validator of a network invites: «order.engine» is etcd or postgres. A ledger on a node's own log is moved to such a service first (docs/epochs.md)."),
        };
    }

    private static string WithoutSecrets(string connection)
    {
        try
        {
            var (own, shared) = (new NpgsqlConnectionStringBuilder(connection), new NpgsqlConnectionStringBuilder());
            foreach (var name in own.Keys.Where(name => Shared.Contains(name, StringComparer.OrdinalIgnoreCase))) shared[name] = own[name];
            return shared.ConnectionString;
        }
        catch (ArgumentException fault)
        {
            throw ExitException.Usage("«order.connection» cannot be read: " + fault.Message);
        }
    }

    /// <summary>The validator's key that the settings name.</summary>
    public static SigningKey KeyOf(NodeConfiguration configuration)
    {
        var path = configuration.Ledger.ValidatorKey ?? throw ExitException.Usage("Only a validator invites: its settings name its key, «ledger.validatorKey».");
        try
        {
            var pem = File.ReadAllText(path);
            return pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? SigningKey.FromPem(pem, Environment.GetEnvironmentVariable(NodeHost.PasswordVariable)) : SigningKey.FromPem(pem);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw ExitException.Usage($"{path} is no P-256 private key in PEM that can be read; of an encrypted one {NodeHost.PasswordVariable} is the password. {fault.Message}");
        }
    }
}
