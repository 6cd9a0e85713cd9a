using Keten.Node.Hosting;

namespace Keten.Node.Webhooks;

/// <summary>Webhooks.</summary>
public sealed record WebhookSection
{
    [Setting("Subscriptions that the node keeps.", Min = 0, Max = 10_000)]
    public int AtMost { get; init; } = 64;

    [Setting("Subscriptions that a party may have.", Min = 0, Max = 10_000)]
    public int AtMostOfParty { get; init; } = 8;

    [Setting("Seconds that a subscriber has to answer.", Min = 1, Max = 60)]
    public int TimeoutSeconds { get; init; } = 10;

    [Setting("Whether subscribers may be on this machine, with http too: for development.")]
    public bool AllowLoopback { get; init; }

    [Setting("Whether subscribers may be in private networks: for a node whose subscribers are in its own.")]
    public bool AllowPrivate { get; init; }

    /// <summary>As the dispatcher takes them.</summary>
    public WebhookOptions ToOptions(TimeProvider clock) => new()
    {
        AtMost = AtMost, AtMostOfParty = AtMostOfParty, TimeoutSeconds = TimeoutSeconds, AllowLoopback = AllowLoopback, AllowPrivate = AllowPrivate, Clock = clock,
    };
}
