using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Npgsql;

namespace Keten.Cli.Jobs.Invitations;

/// <summary>What a newcomer says of itself.</summary>
/// <param name="Folder">Where its node is to live.</param>
/// <param name="Listen">Where it is to listen; null as usual.</param>
/// <param name="PeerKey">With which key it asks the others while it observes; null where the ledger is open to read.</param>
/// <param name="OrderUser">Its user at the ordering service; null where that asks for none.</param>
/// <param name="OrderPassword">The file with that user's password.</param>
/// <param name="Password">Of its node's key; null leaves that in the clear, for its owner alone.</param>
internal sealed record Newcomer(DirectoryInfo Folder, string? Listen, FileInfo? PeerKey, string? OrderUser, FileInfo? OrderPassword, string? Password)
{
    /// <summary>The settings of now: it follows.</summary>
    public const string Observing = "keten.json";

    /// <summary>The settings of later: it signs.</summary>
    public const string Signing = "validator.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2 };

    private string this[string name] => Path.Combine(Folder.FullName, name);

    /// <summary>Makes folder, key, genesis and settings.</summary>
    /// <exception cref="ExitException">Some of it is there already.</exception>
    public SigningKey Settle(Invitation invitation)
    {
        if (((string[])[Observing, Signing, "genesis.json", "validator.pem", "data"]).FirstOrDefault(name => Path.Exists(this[name])) is { } there)
            throw ExitException.Usage($"{this[there]} is there already: a newcomer begins with a folder of its own.");
        PrivateFiles.Folder(Folder.FullName);
        var key = SigningKey.Generate();
        try
        {
            Files.WriteNew(this["validator.pem"], Encoding.UTF8.GetBytes((Password is { } password ? key.ExportEncryptedPem(password) : key.ExportPem()) + "\n"), ownerOnly: true);
            Files.WriteNew(this["genesis.json"], Encoding.UTF8.GetBytes(GenesisFile.Write(invitation.Genesis)));
            Write(Observing, Settings(invitation, new JsonObject { ["engine"] = "peers", ["peers"] = Texts(invitation.Peers), ["peerKey"] = PeerKey?.FullName }, null));
            Write(Signing, Settings(invitation, Order(invitation), this["validator.pem"]));
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private JsonObject Settings(Invitation invitation, JsonObject order, string? key)
    {
        var ledger = new JsonObject { ["data"] = this["data"], ["genesis"] = this["genesis.json"] };
        if (key is not null) ledger["validatorKey"] = key;
        foreach (var name in order.Where(member => member.Value is null).Select(member => member.Key).ToArray()) order.Remove(name);
        var settings = new JsonObject { ["ledger"] = ledger, ["order"] = order };
        if (Listen is not null) settings["http"] = new JsonObject { ["listen"] = Listen };
        return settings;
    }

    private JsonObject Order(Invitation invitation)
    {
        var order = invitation.Order;
        return order.Engine == "etcd"
            ? new JsonObject { ["engine"] = "etcd", ["endpoints"] = Texts(order.Endpoints), ["prefix"] = order.Prefix, ["user"] = OrderUser, ["passwordFile"] = OrderPassword?.FullName, ["peers"] = Texts(invitation.Peers) }
            : new JsonObject { ["engine"] = "postgres", ["connection"] = AsUser(order.Connection ?? ""), ["schema"] = order.Schema, ["passwordFile"] = OrderPassword?.FullName, ["peers"] = Texts(invitation.Peers) };
    }

    private string AsUser(string connection)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connection);
            if (OrderUser is not null) builder.Username = OrderUser;
            return builder.ConnectionString;
        }
        catch (ArgumentException fault)
        {
            throw new FormatException("The invitation's connection to PostgreSQL cannot be read: " + fault.Message, fault);
        }
    }

    private void Write(string name, JsonObject settings) => Files.WriteNew(this[name], Encoding.UTF8.GetBytes(settings.ToJsonString(Indented) + "\n"));

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
