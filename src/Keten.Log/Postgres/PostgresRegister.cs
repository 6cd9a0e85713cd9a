using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;

namespace Keten.Log;

/// <summary>The register of attestations in PostgreSQL, beside the log and in the same schema, in tables that a crash of the server empties. A server that cannot be reached is waited for.
/// docs/log-postgres.md.</summary>
public sealed class PostgresRegister : IRegister, IAsyncDisposable
{
    private readonly PostgresOptions options;
    private readonly NpgsqlDataSource source;
    private volatile string? trouble;
    private volatile bool made;

    /// <summary>Connects when it is first asked.</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public PostgresRegister(PostgresOptions options) => (this.options, source) = (options.Checked(), options.Connect());

    /// <summary>What stands in the way at present, in a sentence; null while all is well.</summary>
    public string? Trouble => trouble;

    /// <inheritdoc/>
    /// <exception cref="PostgresRefusedException">The server refused: this role may not publish for that validator.</exception>
    public async ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        ValidatorId.CheckStatements(validator, statements);
        try
        {
            return await AskAsync(async token =>
            {
                // All of them in one transaction, and one round trip.
                await using var batch = source.CreateBatch();
                foreach (var (height, bytes) in statements)
                    batch.BatchCommands.Add(new($"select {options.Schema}.publish($1, $2, $3)") { Parameters = { new() { Value = validator }, new() { Value = height }, new() { Value = bytes } } });
                var all = true;
                await using var rows = await batch.ExecuteReaderAsync(token);
                do
                {
                    while (await rows.ReadAsync(token)) all &= rows.GetBoolean(0);
                }
                while (await rows.NextResultAsync(token));
                return all;
            }, cancel);
        }
        catch (PostgresException full) when (full.SqlState == PostgresSchema.Full)
        {
            throw new RegisterFullException();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (height < 0) return [];
        return await AskAsync(async token =>
        {
            await using var command = source.CreateCommand($"""
                select s.validator, s.bytes from {options.Schema}.statement s join {options.Schema}.newest n on n.validator = s.validator
                where s.place = $1 and s.height = $2 and s.height > n.height - {RegisterLimits.Heights} order by s.validator collate "C"
                """);
            command.Parameters.Add(new() { Value = (int)(height % RegisterLimits.Heights) });
            command.Parameters.Add(new() { Value = height });
            var found = new List<Statement>();
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token)) found.Add(new Statement(rows.GetString(0), height, (byte[])rows[1]));
            return found;
        }, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Statement> FollowAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var arrived = Channel.CreateBounded<Statement>(new BoundedChannelOptions(RegisterLimits.Heights) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var listening = ListenAsync(arrived.Writer, ending.Token);
        try
        {
            await foreach (var statement in arrived.Reader.ReadAllAsync(cancel)) yield return statement;
        }
        finally
        {
            await ending.CancelAsync();
            await listening;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    // Until it is cancelled; a connection that breaks is made again. What goes wrong otherwise ends the following.
    private async Task ListenAsync(ChannelWriter<Statement> arrived, CancellationToken cancel)
    {
        try
        {
            await AskAsync<bool>(async token =>
            {
                await using var connection = await source.OpenConnectionAsync(token);
                connection.Notification += (_, told) =>
                {
                    if (Read(told.Payload) is { } statement) arrived.TryWrite(statement);
                };
                await using (var listen = new NpgsqlCommand($"listen {PostgresSchema.StatementChannel(options)}", connection)) await listen.ExecuteNonQueryAsync(token);
                while (true) await connection.WaitAsync(token);
            }, cancel);
        }
        catch (Exception ended)
        {
            arrived.TryComplete(ended);
        }
    }

    // Anybody who may connect can notify anything.
    private static Statement? Read(string payload)
    {
        var parts = payload.Split(' ');
        if (parts.Length != 3 || !ValidatorId.Is(parts[0]) || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)) return null;
        var bytes = new byte[parts[2].Length / 2];
        return Convert.FromHexString(parts[2], bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == bytes.Length ? new Statement(parts[0], height, bytes) : null;
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel) => await PostgresErrors.RepeatAsync(async token =>
    {
        if (!made)
        {
            await using var there = source.CreateCommand($"select to_regclass('{options.Schema}.head') is not null");
            if (await there.ExecuteScalarAsync(token) is not true) await PostgresSetup.CreateAsync(source, options, pruneQuorum: 1, token);
            made = true;
        }
        return await ask(token);
    }, why => trouble = why, cancel);
}
