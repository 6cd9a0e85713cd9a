using System.Security.Cryptography;
using Npgsql;

namespace Keten.Log;

/// <summary>Reads the entries after a position, page by page, and checks that each follows from the one before.</summary>
internal sealed class PostgresReader(NpgsqlDataSource source, PostgresOptions options, long start)
{
    private const int PageBytes = 4 * 1024 * 1024;
    private long after = start;
    private byte[]? link;       // the chained hash at the position that was read last
    private int most = 16;      // so many rows that a page stays small

    /// <summary>The next entries; none where there are none yet. Where it fails it may be asked again.</summary>
    public async Task<List<LogEntry>> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("begin isolation level repeatable read read only"));
        batch.BatchCommands.Add(new($"select first, last, case when first = $1 + 1 then first_chain else (select chain from {options.Schema}.entry where position = $1) end from {options.Schema}.head")
        { Parameters = { new() { Value = after } } });
        batch.BatchCommands.Add(new($"select position, chain, bytes from {options.Schema}.entry where position > $1 order by position limit $2")
        { Parameters = { new() { Value = after }, new() { Value = most } } });
        batch.BatchCommands.Add(new("commit"));
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        var (last, before) = await HeadAsync(rows, cancel);
        await rows.NextResultAsync(cancel);
        var page = new List<LogEntry>();
        while (await rows.ReadAsync(cancel))
        {
            var entry = new LogEntry(rows.GetInt64(0), (byte[])rows[2]);
            if (entry.Position != after + page.Count + 1) throw Missing(after + page.Count + 1);
            before = Chain(before, entry.Bytes.Span);
            if (!before.AsSpan().SequenceEqual((byte[])rows[1])) throw new LogCorruptException("entry", entry.Position, "It, or the one before it, is not what was appended: its chained hash differs.");
            page.Add(entry);
        }
        if (page.Count < Math.Min(most, last - after)) throw Missing(after + page.Count + 1);
        (link, after) = (before, after + page.Count);
        if (page.Count > 0) most = (int)Math.Clamp(PageBytes / (page.Sum(entry => (long)entry.Bytes.Length) / page.Count + 1), 4, 1024);
        return page;
    }

    public static byte[] Chain(byte[] before, ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>The last position, and the chained hash at the one that was read last: it must be there, and be what it was.</summary>
    private async Task<(long Last, byte[] Before)> HeadAsync(NpgsqlDataReader rows, CancellationToken cancel)
    {
        if (!await rows.ReadAsync(cancel)) throw new LogCorruptException("head", 0, "The row is missing.");
        var (first, last) = (rows.GetInt64(0), rows.GetInt64(1));
        if (after > last) throw new LogRolledBackException(after, last);
        if (after + 1 < first) throw new LogPrunedException(after + 1, first);
        if (await rows.IsDBNullAsync(2, cancel)) throw Missing(after);
        var before = (byte[])rows[2];
        // The chain is whole, but it is another one: the server was set back, and has gone on from there.
        if (link is not null && !link.AsSpan().SequenceEqual(before)) throw new LogRolledBackException(after, after - 1);
        return (last, before);
    }

    private static LogCorruptException Missing(long position) => new("entry", position, "The row is missing.");
}
