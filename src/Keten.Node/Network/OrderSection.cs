using Keten.Node.Hosting;

namespace Keten.Node.Network;

/// <summary>Where the order of the ledger's entries comes from.</summary>
public sealed record OrderSection
{
    [Setting("What orders the entries: the node's own log, for a ledger of one validator; or a service that its validators share.", OneOf = "file|etcd|postgres")]
    public string Engine { get; init; } = "file";

    [Setting("etcd: the members' client addresses.")]
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    [Setting("etcd: what all keys of this ledger begin with; letters, digits and . - _ /, with / at the end. Each later epoch has its own: keten-e1/.")]
    public string Prefix { get; init; } = "keten/";

    [Setting("etcd: this validator's user; none where the cluster asks for none.")]
    public string? User { get; init; }

    [Setting("A file with the password: of the etcd user, or of the PostgreSQL role where the connection names none.")]
    public string? PasswordFile { get; init; }

    [Setting("PostgreSQL: the connection, as Npgsql writes it: Host=a,b;Database=keten;Username=v1.")]
    public string? Connection { get; init; }

    [Setting("PostgreSQL: the schema of this ledger's log. Each later epoch has its own: keten_e1.")]
    public string Schema { get; init; } = "keten";

    [Setting("Other nodes of the ledger: asked for certificates that were made while this one was away.")]
    public IReadOnlyList<string> Peers { get; init; } = [];
}
