using Keten.Kernel.Cbor;

namespace Keten.Client;

public sealed partial class KetenClient
{
    /// <summary>Most transactions of one request; more are sent in several, one after the other.</summary>
    public const int BatchAtMost = 500;

    private const int BatchBytesAtMost = 8 << 20;

    /// <summary>Submits a transaction in its COSE form.</summary>
    public async Task<Submission> SubmitAsync(ReadOnlyMemory<byte> transaction, WaitUntil wait = WaitUntil.Final, CancellationToken cancel = default) =>
        (await SubmitAsync([transaction], wait, null, cancel))[0];

    /// <summary>
    /// Submits transactions in their COSE form; each gets its own answer, in their order. A request that the node had no room for, which it takes whole or not at all, is sent again as
    /// far as patience goes; so is a single transaction that was not ordered.
    /// </summary>
    /// <param name="transactions">Each of at most 1 MiB.</param>
    /// <param name="wait">How long to wait for each answer.</param>
    /// <param name="progress">Told how many have been answered.</param>
    /// <param name="cancel">Ends the waiting; what was sent may still be decided.</param>
    /// <exception cref="ProblemException">The node refused a request as a whole.</exception>
    /// <exception cref="UnreachableException">The node did not answer, or had no room each time; the same bytes, all of them, may be submitted again without fear.</exception>
    public async Task<Submission[]> SubmitAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> transactions, WaitUntil wait = WaitUntil.Final, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        var answers = new Submission[transactions.Count];
        for (var from = 0; from < transactions.Count;)
        {
            var to = EndOfBatch(transactions, from);
            await SubmitBatchAsync(transactions, [.. Enumerable.Range(from, to - from)], answers, wait, cancel);
            from = to;
            progress?.Report(from);
        }
        return answers;
    }

    private async Task SubmitBatchAsync(IReadOnlyList<ReadOnlyMemory<byte>> transactions, int[] which, Submission[] answers, WaitUntil wait, CancellationToken cancel)
    {
        var path = "v1/transactions?wait=" + (wait == WaitUntil.Final ? "final" : "accepted");
        for (var attempt = 1; ; attempt++)
        {
            var body = BodyOf(transactions, which);
            var read = Submission.Read(await transport.SendAsync(HttpMethod.Post, path, cancel, body, Cbor, accept: Cbor), which.Length);
            for (var each = 0; each < which.Length; each++) answers[which[each]] = read[each];
            which = [.. which.Where(index => answers[index].MayPass)];
            if (which.Length == 0 || patience.After(attempt, null) is not { } pause) return;
            await Task.Delay(pause, cancel);
        }
    }

    private static int EndOfBatch(IReadOnlyList<ReadOnlyMemory<byte>> transactions, int from)
    {
        var (to, bytes) = (from, 0L);
        while (to < transactions.Count && to - from < BatchAtMost && (to == from || bytes + transactions[to].Length <= BatchBytesAtMost)) bytes += transactions[to++].Length;
        return to;
    }

    private static byte[] BodyOf(IReadOnlyList<ReadOnlyMemory<byte>> transactions, int[] which)
    {
        var writer = new CborWriter(which.Sum(index => transactions[index].Length + 5) + 5);
        writer.Array(which.Length);
        foreach (var index in which) writer.Bytes(transactions[index].Span);
        return writer.ToArray();
    }
}
