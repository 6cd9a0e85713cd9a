using System.Text;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Writes blocks' events until the reader goes, its key is retired or the node stops; says that it lives when nothing happens.</summary>
internal sealed class EventStream(
    LedgerNode node, ReaderGuard guard, Reader reader, BlockEvents events, (ulong Height, long Index) position, RequestLimits limits, HttpSection section, HostState state,
    DoorMetrics metrics) : IResult
{
    private Task<bool> next = Task.FromResult(false);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var place = limits.EnterStream(httpContext.Connection.RemoteIpAddress);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, state.Stopping);
        var response = httpContext.Response;
        // The block in which the reader stopped is read again, from the place after.
        var from = position.Index == long.MaxValue || position.Height == 0 ? position.Height : position.Height - 1;
        var blocks = node.FollowAsync(from, ending.Token).GetAsyncEnumerator(ending.Token);
        next = blocks.MoveNextAsync().AsTask();
        if (next is { IsFaulted: true, Exception.InnerException: PrunedException }) throw new ProblemException(Problem.Pruned("The transactions after that position have been pruned."));
        response.ContentType = "text/event-stream";
        (response.Headers.CacheControl, response.Headers["X-Accel-Buffering"]) = ("no-store", "no");
        metrics.Stream(1);
        try
        {
            await Write(response, ": Keten\nretry: 2000\n\n", ending.Token);
            await Follow(response, blocks, ending.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException && ending.IsCancellationRequested || fault is NodeStoppedException)
        {
            // The reader has gone, or the node stops: a stream has no other end.
        }
        finally
        {
            metrics.Stream(-1);
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await blocks.DisposeAsync();
        }
    }

    private async Task Follow(HttpResponse response, IAsyncEnumerator<FinalBlock> blocks, CancellationToken cancel)
    {
        var text = new StringBuilder();
        while (guard.IsCurrent(reader))
        {
            if (!await Comes(next, cancel))
            {
                await Write(response, ":\n\n", cancel);
                continue;
            }
            if (!await next) return;
            var block = blocks.Current;
            events.Write(block, block.Certificate.Header.Height == position.Height ? position.Index : -1, text.Clear());
            if (text.Length > 0) await Write(response, text.ToString(), cancel);
            next = blocks.MoveNextAsync().AsTask();
        }
    }

    private async Task<bool> Comes(Task next, CancellationToken cancel)
    {
        try
        {
            await next.WaitAsync(TimeSpan.FromSeconds(section.HeartbeatSeconds), cancel);
            return true;
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            return false;
        }
    }

    private static async Task Write(HttpResponse response, string text, CancellationToken cancel)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
        await response.Body.FlushAsync(cancel);
    }
}
