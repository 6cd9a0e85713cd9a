using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Keten.Node.Views;

/// <summary>
/// One prepared statement, bound by place and without an allocation: ADO.NET looks each parameter up by its name for each row, which costs more than the row.
/// Not for use by two threads at once.
/// </summary>
internal sealed class Prepared : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly (Bound As, long Value)[] bound;

    public Prepared(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(database, sql, out statement));
        bound = new (Bound, long)[raw.sqlite3_bind_parameter_count(statement) + 1];
    }

    // What is bound stays so from row to row, and a call into the platform costs more than to look.
    private enum Bound
    {
        Null = 0,
        Number = 1,
        Bytes = 2,
    }

    public Prepared Bind(int place, long value)
    {
        if (bound[place] == (Bound.Number, value)) return this;
        Check(raw.sqlite3_bind_int64(statement, place, value));
        bound[place] = (Bound.Number, value);
        return this;
    }

    public Prepared Bind(int place, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, place, 0) : raw.sqlite3_bind_blob(statement, place, value));
        bound[place] = (Bound.Bytes, 0);
        return this;
    }

    public Prepared BindNull(int place)
    {
        if (bound[place].As == Bound.Null) return this;
        Check(raw.sqlite3_bind_null(statement, place));
        bound[place] = default;
        return this;
    }

    public Prepared BindOrNull(int place, long value) => value == 0 ? BindNull(place) : Bind(place, value);

    /// <summary>Runs to the end.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE) Check(code);
    }

    /// <summary>The first column of the only row as a number, or null where there is no row.</summary>
    public long? Number()
    {
        var code = raw.sqlite3_step(statement);
        long? found = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(statement, 0) : null;
        raw.sqlite3_reset(statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(code);
        return found;
    }

    /// <summary>The first columns of the only row as numbers; false where there is no row.</summary>
    public bool Numbers(Span<long> into)
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
            for (var each = 0; each < into.Length; each++) into[each] = raw.sqlite3_column_int64(statement, each);
        raw.sqlite3_reset(statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>The first column of the only row as bytes, or null where there is no row.</summary>
    public byte[]? Blob()
    {
        var code = raw.sqlite3_step(statement);
        var found = code == raw.SQLITE_ROW ? raw.sqlite3_column_blob(statement, 0).ToArray() : null;
        raw.sqlite3_reset(statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(code);
        return found;
    }

    public void Dispose() => statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), code);
    }
}
