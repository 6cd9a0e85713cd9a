namespace Keten.Log;

/// <summary>How to reach an etcd cluster, and as whom.</summary>
public sealed record EtcdOptions
{
    /// <summary>The members' client addresses, as <c>http://10.0.0.1:2379</c>; the next is tried when one fails. At least one, at most 16.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>What all keys of this ledger and epoch start with: 1 to 128 letters, digits and <c>. - _ /</c>, ending with <c>/</c>. Give each epoch a prefix of its own.</summary>
    public required string Prefix { get; init; }

    /// <summary>This validator's id, 40 lower-case hexadecimal digits; null for one who only reads.</summary>
    public string? Validator { get; init; }

    /// <summary>The etcd user; null where authentication is off.</summary>
    public string? User { get; init; }

    /// <summary>That user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>A folder of this node's own for the file <c>positions</c>; null: none is kept, and positions are counted again at every start.</summary>
    public string? Folder { get; init; }

    /// <summary>How many validators must have archived entries before they are compacted away: a certificate's worth. 1 to 128.</summary>
    public int PruneQuorum { get; init; } = 1;

    /// <summary>Where to count from when the servers have forgotten the start, as a peer that is trusted for it says: see <see cref="EtcdLog.Newest"/>. Null: by the validators' marks.</summary>
    public EtcdBase? Base { get; init; }

    /// <summary>The largest entry in bytes; at most what fits into etcd's request limit of 1.5 MiB.</summary>
    public int MaxEntryBytes { get; init; } = LogLimits.EntryBytes;

    /// <summary>How many bytes of the newest entries followers find in memory.</summary>
    public int TailBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long one request may take before the next member is tried.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a watch may be silent before it is asked whether it misses something.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sets up what carries the requests: client certificates, trusted roots, a proxy. Null: the system's own.</summary>
    public Action<SocketsHttpHandler>? Transport { get; init; }

    internal const int MostEntryBytes = 1_500_000;

    internal EtcdOptions Checked()
    {
        if (Endpoints.Count is < 1 or > 16) throw new ArgumentException("Between 1 and 16 endpoints are named.", nameof(Endpoints));
        if (Prefix.Length is < 1 or > 128 || Prefix[^1] != '/' || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/'))
            throw new ArgumentException("A prefix is 1 to 128 letters, digits and . - _ / and ends with /.", nameof(Prefix));
        if (Validator is not null && !ValidatorId.Is(Validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(Validator));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEntryBytes, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxEntryBytes, MostEntryBytes, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(TailBytes, nameof(TailBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(PruneQuorum, 1, nameof(PruneQuorum));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PruneQuorum, RegisterLimits.Validators, nameof(PruneQuorum));
        return this;
    }
}

/// <summary>Where positions are counted from: the entries up to and with a revision of etcd are <paramref name="Position"/> in number.</summary>
/// <param name="Position">The position of the last entry at or before the revision; 0 before the first.</param>
/// <param name="Revision">The revision.</param>
public readonly record struct EtcdBase(long Position, long Revision);
