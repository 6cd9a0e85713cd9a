using System.Diagnostics;
using Keten.Kernel;
using Keten.Node.Pipeline;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>
/// The views of a ledger in one SQLite file: statements, agreements, events and time lines. Made from final blocks alone, and thrown away and made anew at will; what they say
/// is what the ledger says, or older. One writer, any number of readers.
/// </summary>
public sealed partial class ViewStore : IDisposable
{
    private const int RowsABatch = 50_000;

    // Each commit writes every page that it touched: under load a few blocks share one.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(200);

    private readonly string file;
    private readonly ViewSource source;
    private readonly SqliteConnection connection;
    private readonly ViewWriter writer;
    private TaskCompletionSource changed = New();
    private TaskCompletionSource asked = New();
    private long published;
    private long height;
    private int running;

    private ViewStore(string file, ViewSource source, SqliteConnection connection, ulong height)
    {
        (this.file, this.source, this.connection, this.height) = (file, source, connection, (long)height);
        writer = new ViewWriter(connection, source);
    }

    /// <summary>Up to which block the views say all.</summary>
    public ulong Height => (ulong)Volatile.Read(ref height);

    /// <summary>
    /// Opens the views. Where the file is another ledger's, another version's, damaged, or further than the ledger (a ledger put back from a backup), it begins anew from nothing.
    /// </summary>
    public static ViewStore Open(string file, ViewSource source)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        try
        {
            if (TryOpen(file, source) is { } store) return store;
        }
        catch (SqliteException)
        {
            // Damaged: views are never mended, they are made anew.
        }
        SqliteConnection.ClearAllPools();
        Schema.Delete(file);
        return TryOpen(file, source) ?? throw new InvalidOperationException("A new file of views does not fit its ledger.");
    }

    /// <summary>Throws the views away and makes them anew, up to a height of the ledger.</summary>
    public static async Task RebuildAsync(string file, ViewSource source, ulong height, IProgress<ulong>? progress = null, CancellationToken cancel = default)
    {
        // Beside the old ones, which are thrown away only for whole ones.
        var anew = file + ".new";
        Schema.Delete(anew);
        using (var store = Open(anew, source)) await store.CatchUpAsync(height, progress, cancel);
        SqliteConnection.ClearAllPools();
        Schema.Delete(file);
        File.Move(anew, file);
    }

    /// <summary>Throws the views of a node's data folder away, which nobody has open, and makes them anew up to the node's newest block.</summary>
    public static Task RebuildAsync(string file, LedgerNode node, IProgress<ulong>? progress = null, CancellationToken cancel = default) =>
        RebuildAsync(file, ViewSource.Of(node), node.Head?.Header.Height ?? 0, progress, cancel);

    /// <summary>Follows the ledger until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => FollowAsync(null, null, cancel);

    /// <summary>Follows the ledger up to a height.</summary>
    public Task CatchUpAsync(ulong toHeight, IProgress<ulong>? progress = null, CancellationToken cancel = default) =>
        Height >= toHeight ? Task.CompletedTask : FollowAsync(toHeight, progress, cancel);

    /// <summary>Waits until the views say all of a block. Blocks that came one soon after the other are told together, unless somebody waits.</summary>
    /// <param name="reached">The block's height.</param>
    /// <param name="patient">Waits for what comes by and by, and has nothing told sooner.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task WaitForAsync(ulong reached, bool patient = false, CancellationToken cancel = default)
    {
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            if (Height >= reached) return;
            if (!patient) Volatile.Read(ref asked).TrySetResult();
            await next.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        connection.Dispose();
    }

    private static ViewStore? TryOpen(string file, ViewSource source)
    {
        var connection = Schema.Open(file);
        try
        {
            if (HeightOf(connection, source) is { } height) return new ViewStore(file, source, connection, height);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        connection.Dispose();
        return null;
    }

    // Null where what the file says is not a beginning of this ledger.
    private static ulong? HeightOf(SqliteConnection connection, ViewSource source)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, ledger, height, header FROM head";
        using var row = command.ExecuteReader();
        if (!row.Read()) return 0;
        var (version, ledger, height, header) = (row.GetInt64(0), (byte[])row[1], (ulong)row.GetInt64(2), (byte[])row[3]);
        return version == Schema.Version && new Hash(ledger) == source.LedgerId && source.HeaderAt(height) == new Hash(header) ? height : null;
    }

    private async Task FollowAsync(ulong? until, IProgress<ulong>? progress, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref running, 1) != 0) throw new InvalidOperationException("The views are being followed already.");
        try
        {
            await using var blocks = source.Follow(Height, cancel).GetAsyncEnumerator(cancel);
            var more = blocks.MoveNextAsync().AsTask();
            while (until is null || Height < until)
            {
                // What has come is committed before waiting for what has not.
                if (!more.IsCompleted) await GatherAsync(more, cancel);
                if (!more.IsCompleted) Publish(progress);
                if (!await more) break;
                writer.Add(blocks.Current);
                if (writer.Rows >= RowsABatch || blocks.Current.Certificate.Header.Height == until) Publish(progress);
                if (Height != until) more = blocks.MoveNextAsync().AsTask();
            }
            Publish(progress);
        }
        catch
        {
            writer.RollBack();
            throw;
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }

    // Until there is more, or the last commit is long enough ago, or somebody waits.
    private async Task GatherAsync(Task more, CancellationToken cancel)
    {
        var left = Apart - Stopwatch.GetElapsedTime(published);
        if (writer.Rows > 0 && left > TimeSpan.Zero) await Task.WhenAny(more, Volatile.Read(ref asked).Task, Task.Delay(left, cancel));
    }

    private void Publish(IProgress<ulong>? progress)
    {
        Volatile.Write(ref asked, New());
        var reached = writer.Commit();
        published = Stopwatch.GetTimestamp();
        if (reached <= Height) return;
        Volatile.Write(ref height, (long)reached);
        progress?.Report(reached);
        Interlocked.Exchange(ref changed, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
