namespace Keten.Bench;

/// <summary>What <see cref="SignedScenario"/> measured.</summary>
/// <param name="TransfersPerSecond">Each signed by its own signer, many a request, awaited until final and until the views have caught up: the median round.</param>
/// <param name="P50Ms">Of a request's answers, half came within.</param>
/// <param name="P99Ms">Of a request's answers, ninety-nine of a hundred came within.</param>
/// <param name="BytesPerTransfer">On disk, for log, blocks, state and index; views apart. What the log has filled with zeros ahead does not count.</param>
/// <param name="ViewBytesPerTransfer">On disk, for the views.</param>
/// <param name="VerifyRatePerSecond">Raw P-256 checks on all cores, the node at rest, in this run.</param>
/// <param name="RatioToVerifyRate">The first over the last.</param>
/// <param name="OneARequestPerSecond">The same, one transfer a request.</param>
/// <param name="Rounds">Transfers a second of each round.</param>
public sealed record SignedResult(
    int TransfersPerSecond, double P50Ms, double P99Ms, int BytesPerTransfer, int ViewBytesPerTransfer, int VerifyRatePerSecond, double RatioToVerifyRate, int OneARequestPerSecond,
    IReadOnlyList<int> Rounds)
{
    /// <summary>For people.</summary>
    public void Print()
    {
        Console.WriteLine($"signed transfers      {TransfersPerSecond,10:N0} /s    (rounds: {string.Join(", ", Rounds)})");
        Console.WriteLine($"  one a request       {OneARequestPerSecond,10:N0} /s");
        Console.WriteLine($"  answered within     {P50Ms,10:N1} ms   p50, {P99Ms:N1} ms p99");
        Console.WriteLine($"  on disk             {BytesPerTransfer,10:N0} B    views {ViewBytesPerTransfer:N0} B");
        Console.WriteLine($"raw P-256 checks      {VerifyRatePerSecond,10:N0} /s    ratio {RatioToVerifyRate:N2}");
    }
}
