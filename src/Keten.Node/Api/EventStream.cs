using System.Text;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Writes blocks' events until the reader goes, its key is retired or the node stops; says that it lives when nothing happens.</summary>
internal sealed class EventStream(
    LedgerNode node, ReaderGuard guard, Reader reader, BlockEvents events, (ulong Height, long Index) position, RequestLimits limits, HttpSection section, HostState state,
    NodeMetrics metrics) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var place = limits.EnterStream(httpContext.Connection.RemoteIpAddress);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, state.Stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        (response.Headers.CacheControl, response.Headers["X-Accel-Buffering"]) = ("no-store", "no");
        metrics.Stream(1);
        try
        {
            await Write(response, ": Keten\nretry: 2000\n\n", ending.Token);
            await Follow(response, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has gone, or the node stops: a stream has no other end.
        }
        finally
        {
            metrics.Stream(-1);
        }
    }

    private async Task Follow(HttpResponse response, CancellationTokenSource ending)
    {
        // The block in which the reader stopped is read again, from the place after.
        var from = position.Index == long.MaxValue || position.Height == 0 ? position.Height : position.Height - 1;
        var blocks = node.FollowAsync(from, ending.Token).GetAsyncEnumerator(ending.Token);
        var next = blocks.MoveNextAsync().AsTask();
        try
        {
            var text = new StringBuilder();
            while (guard.IsCurrent(reader))
            {
                if (!await Comes(next, ending.Token))
                {
                    await Write(response, ":\n\n", ending.Token);
                    continue;
                }
                if (!await next) return;
                events.Write(blocks.Current, blocks.Current.Certificate.Header.Height == position.Height ? position.Index : -1, text.Clear());
                if (text.Length > 0) await Write(response, text.ToString(), ending.Token);
                next = blocks.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await blocks.DisposeAsync();
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
