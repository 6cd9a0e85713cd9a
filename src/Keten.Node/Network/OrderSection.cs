using Keten.Node.Hosting;

namespace Keten.Node.Network;

/// <summary>Where the order of the ledger's entries comes from.</summary>
public sealed record OrderSection
{
    [Setting("What orders the entries: the node's own log, for a ledger of one validator; or a service that its validators share. An observer without access to it takes all from «order.peers»: peers.", OneOf = "file|etcd|postgres|peers")]
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

    [Setting("Other nodes of the ledger: asked for what this one lacks, blocks and certificates, and a snapshot where it is new or was away for long.")]
    public IReadOnlyList<string> Peers { get; init; } = [];

    [Setting("The private key, in PEM, with which an observer signs what it asks of «order.peers»; a validator signs with its own. A party's key that the peers' «order.observers» name.")]
    public string? PeerKey { get; init; }

    [Setting("Parties whose nodes may follow this one: they are given all blocks, as validators are. Of a ledger that is open to read, everybody may.")]
    public IReadOnlyList<string> Observers { get; init; } = [];

    [Setting("Entries that a node that is new, or was away, takes one by one; where it lacks more it takes a snapshot.", Min = 1, Max = int.MaxValue)]
    public int ReplayAtMost { get; init; } = 10_000;

    [Setting("Archived entries that are left in the shared log; older ones are forgotten there once a certificate's worth of validators has them.", Min = 1, Max = int.MaxValue)]
    public int Keep { get; init; } = 1_000;
}
