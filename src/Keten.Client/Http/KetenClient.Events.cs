namespace Keten.Client;

public sealed partial class KetenClient
{
    /// <summary>
    /// The events that this reader may read, after a place and from then on for ever. A stream that breaks is taken up again after the last event that was handed out, so that none is
    /// missed and none comes twice; when the node cannot be reached for as long as patience goes, it ends with an <see cref="UnreachableException"/>.
    /// </summary>
    /// <param name="after">The id of the last event that was seen; null: from now on; «0.0»: from the first.</param>
    /// <param name="cancel">Ends the stream.</param>
    public async IAsyncEnumerable<StreamEvent> EventsAsync(string? after = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        // Without a place a stream that breaks before its first event would lose what happens until it is taken up again.
        after ??= await HeadAsync(cancel) is { } head ? $"{head.Header.Height}.{uint.MaxValue}" : "0.0";
        for (var failures = 0; ;)
        {
            Exception? broken = null;
            await using var events = OneStreamAsync(after, cancel).GetAsyncEnumerator(cancel);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync()) break;
                }
                catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is ProblemException problem && Patience.MayPass((System.Net.HttpStatusCode)problem.Problem.Status)))
                {
                    broken = fault;
                    break;
                }
                (failures, after) = (0, events.Current.Id ?? after);
                yield return events.Current;
            }
            if (patience.After(++failures, null) is not { } pause) throw new UnreachableException($"The event stream of {Node} broke and cannot be taken up again.", broken);
            await Task.Delay(pause, cancel);
        }
    }

    private async IAsyncEnumerable<StreamEvent> OneStreamAsync(string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await transport.OpenAsync("v1/events", after, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var told in ServerSentEvents.ReadAsync(stream, cancel)) yield return told;
    }
}
