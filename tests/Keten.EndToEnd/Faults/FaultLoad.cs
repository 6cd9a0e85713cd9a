using System.Diagnostics;
using Keten.Client;
using Keten.Kernel;
using UnreachableException = Keten.Client.UnreachableException;

namespace Keten.EndToEnd.Faults;

/// <summary>What was answered final.</summary>
/// <param name="Id">Which transaction.</param>
/// <param name="Height">In which block.</param>
internal readonly record struct Acknowledged(Hash Id, ulong Height);

/// <summary>
/// Signed transfers through all validators, one sender each, until told to stop. What a validator does not answer goes, the same bytes, to the next one, until it is final: as clients do who
/// know more than one node. What was answered final is what must never be lost.
/// </summary>
internal sealed class FaultLoad
{
    private const int ARequest = 50;
    private static readonly Patience Once = new() { Attempts = 1, Each = TimeSpan.FromSeconds(4) };
    private static readonly TimeSpan AloneAtLeast = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly List<Acknowledged> acknowledged = [];
    private readonly CancellationTokenSource stop = new(), abandon = new();
    private readonly KetenClient[] clients;
    private readonly long[] awayUntil;
    private readonly Payers payers;
    private readonly TimeSpan pause;
    private readonly Task[] senders;
    private long latest = Stopwatch.GetTimestamp();
    private TimeSpan silence;

    /// <summary>Begins to send.</summary>
    /// <param name="nodes">The validators' addresses; the sender of each signs for the group of payers of that number.</param>
    /// <param name="payers">Who pays.</param>
    /// <param name="perSecond">At most so many transfers a second, all together.</param>
    public FaultLoad(IReadOnlyList<Uri> nodes, Payers payers, int perSecond)
    {
        (this.payers, pause, awayUntil) = (payers, TimeSpan.FromSeconds((double)ARequest * nodes.Count / perSecond), new long[nodes.Count]);
        clients = [.. nodes.Select(node => new KetenClient(node, patience: Once))];
        senders = [.. nodes.Select((_, sender) => Task.Run(() => SendAsync(sender)))];
    }

    public int Count
    {
        get
        {
            lock (gate) return acknowledged.Count;
        }
    }

    /// <summary>What is final so far.</summary>
    public Acknowledged[] SoFar()
    {
        lock (gate) return [.. acknowledged];
    }

    /// <summary>The longest that nothing became final, so far.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (gate) return Longer(silence, Stopwatch.GetElapsedTime(latest));
        }
    }

    /// <summary>Waits until so many are final.</summary>
    public async Task ReachAsync(int count, CancellationToken cancel)
    {
        while (Count < count)
        {
            if (senders.FirstOrDefault(sender => sender.IsFaulted) is { } failed) await failed;
            await Task.Delay(20, cancel);
        }
    }

    /// <summary>Sends no more, waits until what is under way is final, and says what is.</summary>
    public async Task<Acknowledged[]> StopAsync(CancellationToken cancel)
    {
        await stop.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(cancel);
        foreach (var client in clients) client.Dispose();
        return [.. acknowledged];
    }

    /// <summary>Gives up what is under way, where the network will not go on; and says what was acknowledged.</summary>
    public async Task<Acknowledged[]> AbandonAsync(CancellationToken cancel)
    {
        await abandon.CancelAsync();
        return await StopAsync(cancel);
    }

    private async Task SendAsync(int home)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var left = payers.Transfers(home, ARequest);
            for (var node = home; left.Length > 0 && !abandon.IsCancellationRequested; node = (node + 1) % clients.Length) left = await LeftAsync(node, left);
            if (pause - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early) await Task.Delay(early);
        }
    }

    // Those that this validator has not answered.
    private async Task<byte[][]> LeftAsync(int node, byte[][] some)
    {
        if (Stopwatch.GetTimestamp() < Volatile.Read(ref awayUntil[node]))
        {
            await Task.Delay(10);
            return some;
        }
        try
        {
            var answers = await clients[node].SubmitAsync(Array.ConvertAll(some, one => (ReadOnlyMemory<byte>)one), cancel: abandon.Token);
            if (answers.FirstOrDefault(answer => answer.Status == SubmissionStatus.Refused) is { Refusal: not 0 } refused) throw new InvalidOperationException($"A transfer was refused: {refused.Refusal}.");
            Take([.. answers.Where(answer => answer.Status == SubmissionStatus.Done).Select(answer => new Acknowledged(answer.Id, answer.Height))]);
            if (!Array.Exists(answers, answer => answer.Status == SubmissionStatus.Done)) await Task.Delay(20);
            // Rejected is turned away for now, or, where the one that had it before was lost on the way, decided and pruned here: the next one knows.
            return [.. some.Where((_, place) => answers[place].Status != SubmissionStatus.Done)];
        }
        catch (Exception fault) when (fault is UnreachableException or UnexpectedAnswerException or ProblemException or HttpRequestException or IOException or OperationCanceledException)
        {
            Volatile.Write(ref awayUntil[node], Stopwatch.GetTimestamp() + (long)(AloneAtLeast.TotalSeconds * Stopwatch.Frequency));
            return some;
        }
    }

    private void Take(Acknowledged[] some)
    {
        if (some.Length == 0) return;
        lock (gate)
        {
            silence = Longer(silence, Stopwatch.GetElapsedTime(latest));
            latest = Stopwatch.GetTimestamp();
            acknowledged.AddRange(some);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
