using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Bench.Harness;
using Npgsql;

namespace Keten.Bench.Peers;

/// <summary>Transfers in PostgreSQL: one each in a function, by 32 clients; a thousand at a time, each checked in the function; a thousand at a time as sets.</summary>
internal static partial class PostgresPeer
{
    private const int Clients = 32;
    private const int BatchClients = 4;
    private const int ABatch = 1_000;

    private const string Schema = """
        create table accounts (id int primary key, balance bigint not null check (balance >= 0));
        create table transfers (id bigint generated always as identity primary key, payer int not null, payee int not null, amount bigint not null);
        insert into accounts select id, 100000000 from generate_series(1, :accounts) id;

        create function transfer(payer int, payee int, amount bigint) returns void language plpgsql as $$
        begin
            if payer = payee then return; end if;
            perform 1 from accounts where id in (payer, payee) order by id for update;
            update accounts set balance = balance - amount where id = payer and balance >= amount;
            if not found then raise exception 'insufficient funds'; end if;
            update accounts set balance = balance + amount where id = payee;
            if not found then raise exception 'no such account'; end if;
            insert into transfers (payer, payee, amount) values (payer, payee, amount);
        end $$;

        -- Each is checked and booked by itself; accounts are locked in their order first, so that two batches never wait for each other in a circle.
        create function transfer_each(payers int[], payees int[], amounts bigint[]) returns void language plpgsql as $$
        begin
            perform 1 from accounts where id = any (payers || payees) order by id for update;
            for i in 1 .. cardinality(payers) loop
                update accounts set balance = balance - amounts[i] where id = payers[i] and balance >= amounts[i];
                if not found then raise exception 'insufficient funds'; end if;
                update accounts set balance = balance + amounts[i] where id = payees[i];
                if not found then raise exception 'no such account'; end if;
                insert into transfers (payer, payee, amount) values (payers[i], payees[i], amounts[i]);
            end loop;
        end $$;

        -- As sets: the table's check holds at the end of the batch only.
        create function transfer_sets(payers int[], payees int[], amounts bigint[]) returns void language sql as $$
            select 1 from accounts where id = any (payers || payees) order by id for update;
            with net as (select id, sum(change) as change from (
                select unnest(payers) as id, -unnest(amounts) as change union all select unnest(payees), unnest(amounts)) each group by id)
            update accounts set balance = balance + net.change from net where accounts.id = net.id;
            insert into transfers (payer, payee, amount) select * from unnest(payers, payees, amounts);
        $$;
        """;

    /// <summary>All three ways.</summary>
    public static Task<string?> MeasureAsync(Run run) => WithServerAsync(run, async server =>
    {
        await OnesAsync(run, server);
        await BatchesAsync(run, server, "transfer_each", "postgresBatched");
        await BatchesAsync(run, server, "transfer_sets", "postgresSets");
    });

    /// <summary>Only one each: what signed transfers are held against.</summary>
    public static Task<string?> MeasureOnesAsync(Run run) => WithServerAsync(run, server => OnesAsync(run, server));

    /// <summary>Only the set-based batches: what batched transfers are held against.</summary>
    public static Task<string?> MeasureSetsAsync(Run run) => WithServerAsync(run, server => BatchesAsync(run, server, "transfer_sets", "postgresSets"));

    private static async Task<string?> WithServerAsync(Run run, Func<PostgresServer, Task> measure)
    {
        await using var server = await StartAsync(run);
        if (server is null) return "there is no PostgreSQL here.";
        await measure(server);
        return null;
    }

    private static async Task<PostgresServer?> StartAsync(Run run)
    {
        if (await PostgresServer.StartAsync() is not { } server) return null;
        run.Say("PostgreSQL " + await VersionAsync(server));
        await server.DoAsync(Schema.Replace(":accounts", SideBySide.Accounts.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await server.DoAsync("vacuum analyze accounts");
        return server;
    }

    private static async Task<string> VersionAsync(PostgresServer server)
    {
        await using var command = server.Source.CreateCommand("show server_version");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    // pgbench is the lightest client there is for it.
    private static async Task OnesAsync(Run run, PostgresServer server)
    {
        var seconds = run.Pick(2, 4, 15);
        if (server.Program("pgbench") is not { } pgbench) throw new InvalidOperationException("there is no pgbench here.");
        var script = Path.Combine(Path.GetTempPath(), $"keten-{Guid.NewGuid():n}.sql");
        await File.WriteAllTextAsync(script, FormattableString.Invariant($"""
            \set payer random(1, {SideBySide.Accounts})
            \set payee random(1, {SideBySide.Accounts})
            select transfer(:payer, :payee, 7);

            """));
        try
        {
            var before = await SizesAsync(server);
            for (var round = 0; round < run.Rounds; round++)
            {
                var said = Tool.Must(pgbench, "-h", server.Host, "-U", "postgres", "-n", "-M", "prepared", "-c", $"{Clients}", "-j", "2", "-T", $"{seconds}", "-f", script, "postgres");
                run.Add("postgresPerSecond", "/s", double.Parse(Tps().Match(said).Groups["tps"].Value, CultureInfo.InvariantCulture));
            }
            AddSizes(run, "postgres", before, await SizesAsync(server));
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task BatchesAsync(Run run, PostgresServer server, string function, string name)
    {
        for (var round = 0; round <= run.Rounds; round++) await BatchesAsync(round == 0 ? null : run, server, function, name, run.Pick(40, 100, 400));
    }

    private static async Task BatchesAsync(Run? run, PostgresServer server, string function, string name, int batches)
    {
        var ready = Enumerable.Range(0, batches).Select(batch => Batch(new Random(batch))).ToArray();
        var (before, next) = (await SizesAsync(server), -1);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, BatchClients).Select(async _ =>
        {
            await using var connection = await server.Source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand($"select {function}($1, $2, $3)", connection) { Parameters = { new(), new(), new() } };
            for (int at; (at = Interlocked.Increment(ref next)) < batches;)
            {
                (command.Parameters[0].Value, command.Parameters[1].Value, command.Parameters[2].Value) = ready[at];
                await command.ExecuteNonQueryAsync();
            }
        }));
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        run?.Add(name + "PerSecond", "/s", batches * ABatch / seconds);
        if (run is not null) AddSizes(run, name, before, await SizesAsync(server));
    }

    private static (int[] Payers, int[] Payees, long[] Amounts) Batch(Random random)
    {
        var (payers, payees, amounts) = (new int[ABatch], new int[ABatch], new long[ABatch]);
        for (var each = 0; each < ABatch; each++)
            (payers[each], payees[each], amounts[each]) = (random.Next(1, SideBySide.Accounts + 1), random.Next(1, SideBySide.Accounts + 1), random.Next(1, 100));
        return (payers, payees, amounts);
    }

    private static async Task<(long Rows, long Heap, long Wal)> SizesAsync(PostgresServer server) => (
        await server.NumberAsync("select count(*) from transfers"), await server.NumberAsync("select pg_total_relation_size('transfers')"),
        await server.NumberAsync("select (pg_current_wal_lsn() - '0/0')::bigint"));

    private static void AddSizes(Run run, string name, (long Rows, long Heap, long Wal) before, (long Rows, long Heap, long Wal) after)
    {
        if (after.Rows == before.Rows) return;
        run.Add(name + "BytesPerRow", "B", (after.Heap - before.Heap) / (double)(after.Rows - before.Rows));
        run.Add(name + "WalBytesPerTransfer", "B", (after.Wal - before.Wal) / (double)(after.Rows - before.Rows));
    }

    [GeneratedRegex(@"tps = (?<tps>[0-9.]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Tps();
}
