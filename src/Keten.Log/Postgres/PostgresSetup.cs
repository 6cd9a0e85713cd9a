using Npgsql;

namespace Keten.Log;

/// <summary>Sets a PostgreSQL up for a ledger: by its operator, once, before the validators connect. Every step may be repeated.</summary>
public static class PostgresSetup
{
    /// <summary>Creates the schema with its tables and functions; nothing where it is there already.</summary>
    /// <param name="options">Where, as one who may create schemas. The creator owns the tables; the functions work with the creator's rights.</param>
    /// <param name="pruneQuorum">How many validators must have archived entries before they are deleted: a certificate's worth.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PostgresException">The server refuses.</exception>
    public static async Task CreateAsync(PostgresOptions options, int pruneQuorum = 1, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pruneQuorum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pruneQuorum, RegisterLimits.Validators);
        await using var source = options.Checked().Connect();
        await CreateAsync(source, options, pruneQuorum, cancel);
    }

    /// <summary>Gives a validator a role of its own, without rights on any table: it reads the log, and appends, prunes and publishes through the functions alone, publishing only for its own id.</summary>
    /// <param name="options">Where, as one who may create roles.</param>
    /// <param name="validator">The validator's id.</param>
    /// <param name="role">The role that it logs in with: a name as a schema's.</param>
    /// <param name="password">Its password; null: it logs in by certificate or another way that the server is set up for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PostgresException">The server refuses.</exception>
    public static async Task AddValidatorAsync(PostgresOptions options, string validator, string role, string? password, CancellationToken cancel = default)
    {
        if (!ValidatorId.Is(validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(validator));
        _ = (options with { Schema = role }).Checked();
        await using var source = options.Checked().Connect();
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var names = new NpgsqlCommand("select exists(select from pg_roles where rolname = $1), quote_literal($2)", connection) { Parameters = { new() { Value = role }, new() { Value = password ?? "" } } };
        bool known;
        string quoted;
        await using (var row = await names.ExecuteReaderAsync(cancel))
        {
            await row.ReadAsync(cancel);
            (known, quoted) = (row.GetBoolean(0), row.GetString(1));
        }
        // Neither a role's name nor its password can be a parameter: the one is checked above, the other is quoted by the server.
        var schema = options.Schema;
        await DoAsync(connection, $"""
            {(known ? "" : $"create role {role};")}
            alter role {role} login nosuperuser nocreatedb nocreaterole noreplication {(password is null ? "" : $"password {quoted}")};
            alter role {role} set idle_in_transaction_session_timeout = '10s';
            alter role {role} set statement_timeout = '60s';
            grant usage on schema {schema} to {role};
            grant select on {schema}.head, {schema}.entry, {schema}.newest, {schema}.statement to {role};
            grant execute on all functions in schema {schema} to {role};
            insert into {schema}.validator (role, id) values ('{role}', '{validator}') on conflict (role) do update set id = excluded.id;
            """, cancel);
        await transaction.CommitAsync(cancel);
    }

    internal static async Task CreateAsync(NpgsqlDataSource source, PostgresOptions options, int pruneQuorum, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Two who create it at once: the second waits, and finds it made.
        await DoAsync(connection, "select pg_advisory_xact_lock(hashtext('keten'))", cancel);
        // Not by to_regclass, which may answer from before the lock was had.
        await using var there = new NpgsqlCommand("select exists(select from pg_tables where schemaname = $1 and tablename = 'head')", connection) { Parameters = { new() { Value = options.Schema } } };
        if (await there.ExecuteScalarAsync(cancel) is true) return;
        await DoAsync(connection, PostgresSchema.Of(options, pruneQuorum), cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
