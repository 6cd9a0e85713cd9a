using Keten.Bench.Harness;
using Keten.Bench.Peers;

namespace Keten.Bench.Scenarios;

/// <summary>What can be measured, by hand: a new scenario is one file and one line here.</summary>
internal static class All
{
    public static readonly Scenario[] Scenarios =
    [
        new("signed", "transfers each with its own signature, until final and the views have caught up", Signed.MeasureAsync),
        new("peers", "PostgreSQL, Redis and Anvil doing the same transfers", SideBySide.MeasureAsync),
    ];

    public static Scenario? Find(string name) => Array.Find(Scenarios, scenario => scenario.Name == name);
}
