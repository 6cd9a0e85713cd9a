using Keten.Node.Api;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Hosting;

/// <summary>What every request passes: limits and time before it, and whatever goes wrong becomes a problem document after it.</summary>
public sealed class Doorway(RequestDelegate next, HttpSection http, RequestLimits limits, HostState state, DoorMetrics metrics, ILogger<Doorway> log)
{
    private readonly HashSet<string> hosts = new(http.Hosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        var gone = context.RequestAborted;
        Problem? problem;
        try
        {
            Check(context);
            if (context.GetEndpoint()?.Metadata.GetMetadata<StreamMark>() is not null)
            {
                await next(context);
                return;
            }
            using var place = limits.Enter(context.Connection.RemoteIpAddress);
            using var time = CancellationTokenSource.CreateLinkedTokenSource(gone);
            time.CancelAfter(TimeSpan.FromSeconds(http.TimeoutSeconds));
            context.RequestAborted = time.Token;
            await next(context);
            problem = Unanswered(context);
            if (context.Response.ContentType == Problem.MediaType) metrics.Refused(context.Response.StatusCode);
        }
        catch (Exception fault)
        {
            problem = ProblemOf(fault, context, gone);
        }
        if (problem is null) return;
        metrics.Refused(problem.StatusCode!.Value);
        if (context.Response.HasStarted) context.Abort();
        else
        {
            context.Response.Clear();
            context.Response.Headers.XContentTypeOptions = "nosniff";
            // What is left of a body that is too long is not read: the connection ends, and the client is told so before it asks again on it.
            if (problem.StatusCode == 413 && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
            context.RequestAborted = gone;
            await Write(problem, context);
        }
    }

    private void Check(HttpContext context)
    {
        if (state.IsStopping) throw new ProblemException(Problem.Busy("The node is stopping.", 5));
        if (hosts.Count > 0 && !hosts.Contains(context.Request.Host.Value ?? "")) throw new ProblemException(new Problem(421, "misdirected", "This node does not answer under that host name."));
        var bodyless = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (bodyless && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) throw new ProblemException(Problem.BadRequest("A request that reads has no body."));
    }

    // What routing answered by itself, with a status and nothing else.
    private static Problem? Unanswered(HttpContext context) => context.Response.HasStarted || context.Response.ContentType is not null ? null : context.Response.StatusCode switch
    {
        404 => new Problem(404, "unknown-route", "There is nothing at this address.", "GET /openapi/v1.json lists what there is."),
        405 => new Problem(405, "method-not-allowed", "This address is not asked in that way."),
        415 => new Problem(415, "unsupported-media-type", "The body is of a media type that is not read here."),
        >= 400 and < 500 => Problem.BadRequest("The request's parameters cannot be read."),
        _ => null,
    };

    private Problem? ProblemOf(Exception fault, HttpContext context, CancellationToken gone)
    {
        switch (fault)
        {
            case ProblemException known:
                return known.Problem;
            case BadHttpRequestException { StatusCode: 413 }:
                return SubmittedBody.TooLong;
            case BadHttpRequestException { StatusCode: 408 }:
                return new Problem(408, "too-slow", "The body came too slowly.");
            case BadHttpRequestException or EndOfStreamException:
                return Problem.BadRequest("The request or its body cannot be read.");
            case OperationCanceledException or IOException when gone.IsCancellationRequested:
                return null;
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return Problem.Busy("This takes too long. What was submitted may be decided still: ask for it by its id.");
            case NodeBusyException busy:
                return Problem.Busy(busy.Message);
            case NodeStoppedException stop:
                log.LogError(stop, "The ledger has stopped.");
                return Problem.Busy("The ledger has stopped on this node.", 30);
            case { } when state.IsStopping:
                return Problem.Busy("The node is stopping.", 5);
            default:
                log.LogError(fault, "A request failed: {Method} {Route}", context.Request.Method, context.GetEndpoint()?.DisplayName);
                return new Problem(500, "fault", "The node failed to answer; the fault is in its log.");
        }
    }

    private static async Task Write(Problem problem, HttpContext context)
    {
        try
        {
            await problem.ExecuteAsync(context);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }
}

/// <summary>Marks an endpoint whose answer has no end: it has limits of its own.</summary>
internal sealed class StreamMark;
