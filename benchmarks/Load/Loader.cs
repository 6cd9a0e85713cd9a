using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Bench.Load;

/// <summary>What became of a load.</summary>
internal sealed class Loaded
{
    private readonly Lock gate = new();
    private readonly List<double> waits = [], refusals = [];

    /// <summary>From the first request until the last answer.</summary>
    public double Seconds { get; set; }

    /// <summary>From the first request until the last was final, whether or not the views had caught up.</summary>
    public double FinalSeconds { get; set; }

    /// <summary>From the first request until the last was sent.</summary>
    public double SendingSeconds { get; set; }

    /// <summary>Transactions that were done.</summary>
    public int Done { get; private set; }

    /// <summary>Transactions that the node had no room for.</summary>
    public int Busy { get; private set; }

    /// <summary>Requests that were answered 503 as a whole, and of those the ones that said when to come again.</summary>
    public (int All, int WithRetryAfter) Refused { get; private set; }

    /// <summary>The highest block that was answered.</summary>
    public ulong Height { get; private set; }

    /// <summary>Transactions a second.</summary>
    public double PerSecond => Done / Seconds;

    /// <summary>Transactions a second, views aside.</summary>
    public double FinalPerSecond => Done / FinalSeconds;

    /// <summary>Of the requests' answers, in milliseconds.</summary>
    public double Percentile(double part)
    {
        lock (gate) return Figure.Percentile(waits, part);
    }

    /// <summary>Of the answers that said no to all or a part, in milliseconds.</summary>
    public double RefusedPercentile(double part)
    {
        lock (gate) return Figure.Percentile(refusals, part);
    }

    /// <summary>Takes an answer to a submission.</summary>
    public void Take(in Reply reply, double milliseconds)
    {
        var (done, busy, height) = reply.Status == 200 ? Count(reply.Body.Span) : default;
        lock (gate)
        {
            if (reply.Status == 503 || busy > 0) refusals.Add(milliseconds);
            if (reply.Status == 503) Refused = (Refused.All + 1, Refused.WithRetryAfter + (reply.RetryAfter >= 0 ? 1 : 0));
            else if (reply.Status == 200) waits.Add(milliseconds);
            else throw new InvalidOperationException($"The node answered {reply.Status}.");
            (Done, Busy, Height) = (Done + done, Busy + busy, Math.Max(Height, height));
        }
    }

    /// <summary>Takes the time of an answer of another kind.</summary>
    public void Take(double milliseconds)
    {
        lock (gate)
        {
            waits.Add(milliseconds);
            Done++;
        }
    }

    // [[id or null, status, refusal, call, height] …]
    private static (int Done, int Busy, ulong Height) Count(ReadOnlySpan<byte> body)
    {
        var reader = new CborReader(body);
        var (done, busy, height) = (0, 0, 0UL);
        for (var left = reader.Array(int.MaxValue); left > 0; left--)
        {
            reader.ArrayOf(5);
            if (!reader.TryNull()) reader.Hash();
            var (status, refusal, _, at) = ((SubmissionStatus)reader.Unsigned(), reader.Unsigned(), reader.Integer(), reader.Unsigned());
            if (status == SubmissionStatus.Done) done++;
            else if (refusal == KernelRefusal.Busy.Number || refusal == KernelRefusal.NotOrdered.Number) busy++;
            else throw new InvalidOperationException($"A transaction was refused: {refusal}.");
            height = Math.Max(height, at);
        }
        return (done, busy, height);
    }
}

/// <summary>Sends ready requests to a node, from this process to another.</summary>
internal static class Loader
{
    private const int ViewsAskedAtMost = 8;

    /// <summary>As fast as the node answers: each connection sends the next request when its last is answered. The clock stops when the views have caught up.</summary>
    public static async Task<Loaded> ClosedAsync(Uri node, byte[][] requests, int connections)
    {
        var (loaded, next, clock) = (new Loaded(), -1, new Stopwatch());
        await Each(node, connections, clock, async connection =>
        {
            for (int at; (at = Interlocked.Increment(ref next)) < requests.Length;)
            {
                var began = Stopwatch.GetTimestamp();
                var reply = await connection.SendAsync(requests[at]);
                loaded.Take(reply, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        });
        loaded.FinalSeconds = clock.Elapsed.TotalSeconds;
        await ViewsAsync(node, loaded.Height);
        loaded.Seconds = clock.Elapsed.TotalSeconds;
        return loaded;
    }

    /// <summary>So many requests a second whether or not the node keeps up; an answer's time counts from when its request was due, not from when it could be sent.</summary>
    /// <param name="node">Which.</param>
    /// <param name="requests">In order.</param>
    /// <param name="perSecond">How many requests are due a second.</param>
    /// <param name="connections">So many can be under way.</param>
    /// <param name="watch">Told of each answer: when it was due, in seconds, and what it took, in milliseconds. From several threads.</param>
    public static async Task<Loaded> OpenAsync(Uri node, byte[][] requests, double perSecond, int connections, Action<double, double>? watch = null)
    {
        var (loaded, next, clock) = (new Loaded(), -1, new Stopwatch());
        await Each(node, connections, clock, async connection =>
        {
            for (int at; (at = Interlocked.Increment(ref next)) < requests.Length;)
            {
                var due = TimeSpan.FromSeconds(at / perSecond);
                if (due - clock.Elapsed is { TotalMilliseconds: > 0.5 } early) await Task.Delay(early);
                if (at == requests.Length - 1) loaded.SendingSeconds = clock.Elapsed.TotalSeconds;
                var reply = await connection.SendAsync(requests[at]);
                var took = (clock.Elapsed - due).TotalMilliseconds;
                loaded.Take(reply, took);
                watch?.Invoke(due.TotalSeconds, took);
            }
        });
        loaded.Seconds = clock.Elapsed.TotalSeconds;
        return loaded;
    }

    /// <summary>Asks for something, over and over on several connections.</summary>
    public static async Task<Loaded> AskAsync(Uri node, byte[][] requests, int connections, Action<int, Reply> take)
    {
        var (loaded, next, clock) = (new Loaded(), -1, new Stopwatch());
        await Each(node, connections, clock, async connection =>
        {
            for (int at; (at = Interlocked.Increment(ref next)) < requests.Length;)
            {
                var began = Stopwatch.GetTimestamp();
                var reply = await connection.SendAsync(requests[at]);
                if (reply.Status != 200) throw new InvalidOperationException($"The node answered {reply.Status}: {System.Text.Encoding.UTF8.GetString(reply.Body.Span)}");
                loaded.Take(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                take(at, reply);
            }
        });
        loaded.Seconds = clock.Elapsed.TotalSeconds;
        return loaded;
    }

    /// <summary>Submits what a scenario rests on.</summary>
    public static async Task MustAsync(Uri node, byte[][] transactions)
    {
        using var connection = await Connection.OpenAsync(node);
        var loaded = new Loaded();
        loaded.Take(await connection.SendAsync(Request.Submit(node, transactions)), 0);
        if (loaded.Done != transactions.Length) throw new InvalidOperationException("What the scenario rests on was not done.");
    }

    /// <summary>Waits until the views are so far.</summary>
    public static async Task ViewsAsync(Uri node, ulong height)
    {
        // A request is answered within a minute or two, and the views of ten million new accounts take longer.
        for (var asked = 0; asked < ViewsAskedAtMost; asked++)
        {
            using var connection = await Connection.OpenAsync(node);
            var reply = await connection.SendAsync(Request.Get(node, FormattableString.Invariant($"v1/views?height={height}"), "application/json"));
            if (reply.Status == 200) return;
        }
        throw new InvalidOperationException($"The views did not get to block {height}.");
    }

    private static async Task Each(Uri node, int connections, Stopwatch clock, Func<Connection, Task> work)
    {
        // What was made ready before is not to be collected while it is measured.
        GC.Collect();
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Connection.OpenAsync(node)));
        clock.Start();
        try
        {
            await Task.WhenAll(all.Select(connection => Task.Run(() => work(connection))));
        }
        finally
        {
            foreach (var connection in all) connection.Dispose();
        }
    }
}
