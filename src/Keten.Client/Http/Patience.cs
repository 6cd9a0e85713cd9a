using System.Net;

namespace Keten.Client;

/// <summary>
/// How often and how long a request is sent again. Every request of this client may be: reading changes nothing, a document is kept under its own hash, and a transaction is decided
/// once however often the same bytes arrive.
/// </summary>
public sealed record Patience
{
    /// <summary>How many times in all, 1 to 100.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long a single attempt may take; waiting until a transaction is final is a part of it.</summary>
    public TimeSpan Each { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait between two attempts: a node that asks for more is taken as not reachable.</summary>
    public TimeSpan WaitAtMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait, doubled from then on, where the node does not say how long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Never again: for tests, and for callers who do it themselves.</summary>
    public static Patience None { get; } = new() { Attempts = 1 };

    /// <summary>How long to wait after so many attempts; null: no more.</summary>
    internal TimeSpan? After(int attempts, TimeSpan? asked)
    {
        if (attempts >= Attempts) return null;
        var own = TimeSpan.FromTicks(Math.Min(WaitAtMost.Ticks, FirstWait.Ticks << Math.Min(attempts - 1, 16)));
        // Up to a quarter more, so that many clients that were turned away together do not come back together.
        var wait = asked ?? own + own * (Random.Shared.NextDouble() / 4);
        return wait <= WaitAtMost + WaitAtMost / 4 ? wait : null;
    }

    internal static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;
}
