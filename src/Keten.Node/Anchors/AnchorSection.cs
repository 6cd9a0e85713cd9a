using Keten.Node.Hosting;

namespace Keten.Node.Anchors;

/// <summary>Where the hash of the newest certified header is put outside the ledger.</summary>
public sealed record AnchorSection
{
    [Setting("Minutes between two anchors.", Min = 1, Max = 10_080)]
    public int EveryMinutes { get; init; } = 60;

    [Setting("A file that a web server serves: a line for each anchor is written behind those that are there.")]
    public string? File { get; init; }

    [Setting("A time-stamping authority (RFC 3161) that stamps the header's hash; its tokens are kept in «anchors» in the data folder.")]
    public string? Timestamp { get; init; }
}
