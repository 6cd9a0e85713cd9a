using Npgsql;

namespace Keten.Log;

/// <summary>How to reach a PostgreSQL (15 or later), and which log in it.</summary>
public sealed record PostgresOptions
{
    /// <summary>Npgsql's connection string. With several hosts (<c>Host=a,b</c>) the one that is the primary is used, whichever it is at the time.</summary>
    public required string Connection { get; init; }

    /// <summary>The schema that holds this ledger's and epoch's log: 1 to 48 lower-case letters, digits and <c>_</c>, beginning with a letter. Give each epoch a schema of its own.</summary>
    public string Schema { get; init; } = "keten";

    /// <summary>The largest entry in bytes, up to 16 MiB.</summary>
    public int MaxEntryBytes { get; init; } = LogLimits.EntryBytes;

    /// <summary>How many waiting entries make one transaction at most: 1 to 10,000.</summary>
    public int GroupEntries { get; init; } = 256;

    /// <summary>How many bytes of entries make one transaction at most; a larger entry goes alone.</summary>
    public int GroupBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How often followers look although nobody has notified them.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    internal PostgresOptions Checked()
    {
        if (Schema.Length is < 1 or > 48 || !char.IsAsciiLetterLower(Schema[0]) || !Schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            throw new ArgumentException("A schema is 1 to 48 lower-case letters, digits and _, and begins with a letter.", nameof(Schema));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEntryBytes, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxEntryBytes, 16 * 1024 * 1024, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(GroupEntries, 1, nameof(GroupEntries));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GroupEntries, 10_000, nameof(GroupEntries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(GroupBytes, nameof(GroupBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Poll, TimeSpan.FromMilliseconds(10), nameof(Poll));
        return this;
    }

    /// <summary>The connections: of several hosts the primary, unless the string says otherwise; and never without bounds in time.</summary>
    internal NpgsqlDataSource Connect()
    {
        var connection = new NpgsqlConnectionStringBuilder(Connection);
        if (connection.Host?.Contains(',', StringComparison.Ordinal) == true && !connection.ContainsKey("Target Session Attributes")) connection.TargetSessionAttributes = "primary";
        if (!connection.ContainsKey("Timeout")) connection.Timeout = 5;
        if (!connection.ContainsKey("Command Timeout")) connection.CommandTimeout = 30;
        if (!connection.ContainsKey("Keepalive")) connection.KeepAlive = 10;
        return NpgsqlDataSource.Create(connection);
    }
}
