using System.Security.Cryptography;
using System.Text.Json;

namespace Keten.Log;

/// <summary>Sets an etcd cluster up for a ledger: by its operators, once, before the validators connect. Every step may be repeated.</summary>
public static class EtcdSetup
{
    /// <summary>Names the log of a prefix, if it has no name yet. Positions count from here.</summary>
    /// <param name="options">Where, and as which user (root, where authentication is on).</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EtcdException">The user may not.</exception>
    public static async Task CreateLogAsync(EtcdOptions options, CancellationToken cancel = default)
    {
        using var gateway = new EtcdGateway(options.Checked());
        await CreateLogAsync(gateway, new EtcdKeys(options.Prefix), cancel);
    }

    /// <summary>Gives a validator a user and a role of its own: it reads all of the ledger's prefix, and writes only its own entries, mark and statements. Turn authentication on afterwards
    /// (<see cref="RequireUsersAsync"/>).</summary>
    /// <param name="options">Where, and as which user.</param>
    /// <param name="validator">The validator's id; its role is called so.</param>
    /// <param name="user">The validator's user.</param>
    /// <param name="password">That user's password.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EtcdException">The user may not.</exception>
    public static async Task AddValidatorAsync(EtcdOptions options, string validator, string user, string password, CancellationToken cancel = default)
    {
        if (!ValidatorId.Is(validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(validator));
        using var gateway = new EtcdGateway(options.Checked());
        var (keys, role) = (new EtcdKeys(options.Prefix), options.Prefix + validator);
        await TryAsync(gateway, "/v3/auth/role/add", json => json.WriteString("name", role), cancel);
        await GrantAsync(gateway, role, "READ", json => json.KeysUnder(options.Prefix), cancel);
        await GrantAsync(gateway, role, "READWRITE", json => json.KeysUnder(keys.Entries(validator)), cancel);
        await GrantAsync(gateway, role, "READWRITE", json => json.Key(keys.Mark(validator)), cancel);
        await GrantAsync(gateway, role, "READWRITE", json => json.Key(keys.NewestOf(validator)), cancel);
        await GrantAsync(gateway, role, "READWRITE", json => json.KeysUnder(keys.Statements(validator)), cancel);
        await AddUserAsync(gateway, user, password, role, cancel);
    }

    /// <summary>Takes a validator's user, role and mark away: it writes and reads no more, and its word on what may be pruned no longer counts. What it has appended stays.</summary>
    /// <param name="options">Where, and as which user.</param>
    /// <param name="validator">The validator's id.</param>
    /// <param name="user">The validator's user.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EtcdException">The user may not.</exception>
    public static async Task RemoveValidatorAsync(EtcdOptions options, string validator, string user, CancellationToken cancel = default)
    {
        if (!ValidatorId.Is(validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(validator));
        using var gateway = new EtcdGateway(options.Checked());
        await TryAsync(gateway, "/v3/auth/user/delete", json => json.WriteString("name", user), cancel);
        await TryAsync(gateway, "/v3/auth/role/delete", json => json.WriteString("role", options.Prefix + validator), cancel);
        await gateway.AskAsync("/v3/kv/deleterange", EtcdJson.Object(json => json.Key(new EtcdKeys(options.Prefix).Mark(validator))), cancel);
    }

    /// <summary>Creates the user root, who may everything, and turns authentication on: from then on nobody reads or writes without a user.</summary>
    /// <param name="options">Where.</param>
    /// <param name="rootPassword">The password that root gets; root's user is not used again by any node.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EtcdException">Authentication is on already.</exception>
    public static async Task RequireUsersAsync(EtcdOptions options, string rootPassword, CancellationToken cancel = default)
    {
        using var gateway = new EtcdGateway(options.Checked());
        await TryAsync(gateway, "/v3/auth/role/add", json => json.WriteString("name", "root"), cancel);
        await AddUserAsync(gateway, "root", rootPassword, "root", cancel);
        await gateway.AskAsync("/v3/auth/enable", "{}"u8.ToArray(), cancel);
    }

    internal static async Task CreateLogAsync(EtcdGateway gateway, EtcdKeys keys, CancellationToken cancel)
    {
        var name = RandomNumberGenerator.GetBytes(16);
        await gateway.AskAsync("/v3/kv/txn", EtcdJson.Object(json =>
        {
            json.Members("compare", EtcdJson.IsAbsent(keys.Origin));
            json.Members("success", EtcdJson.Put(keys.Origin, name));
        }), cancel);
    }

    private static async Task AddUserAsync(EtcdGateway gateway, string user, string password, string role, CancellationToken cancel)
    {
        await TryAsync(gateway, "/v3/auth/user/add", json =>
        {
            json.WriteString("name", user);
            json.WriteString("password", password);
        }, cancel);
        await gateway.AskAsync("/v3/auth/user/grant", EtcdJson.Object(json =>
        {
            json.WriteString("user", user);
            json.WriteString("role", role);
        }), cancel);
    }

    private static Task GrantAsync(EtcdGateway gateway, string role, string right, Action<Utf8JsonWriter> range, CancellationToken cancel) =>
        gateway.AskAsync("/v3/auth/role/grant", EtcdJson.Object(json =>
        {
            json.WriteString("name", role);
            json.Member("perm", perm =>
            {
                perm.WriteString("permType", right);
                range(perm);
            });
        }), cancel);

    /// <summary>What is there already is as good as made, and what is gone as good as taken away.</summary>
    private static async Task TryAsync(EtcdGateway gateway, string path, Action<Utf8JsonWriter> members, CancellationToken cancel)
    {
        try
        {
            await gateway.AskAsync(path, EtcdJson.Object(members), cancel);
        }
        catch (EtcdException done) when (done.Code == 9 && (done.Message.Contains("already exists", StringComparison.Ordinal) || done.Message.Contains("not found", StringComparison.Ordinal)))
        {
            // From an earlier attempt.
        }
    }
}
