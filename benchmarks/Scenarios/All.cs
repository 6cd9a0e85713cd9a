using Keten.Bench.Harness;
using Keten.Bench.Parts;
using Keten.Bench.Peers;

namespace Keten.Bench.Scenarios;

/// <summary>What can be measured, by hand: a new scenario is one file and one line here.</summary>
internal static class All
{
    public static readonly Scenario[] Scenarios =
    [
        new("signed", "transfers each with its own signature, until final and the views have caught up", Signed.MeasureAsync),
        new("peers", "PostgreSQL, Redis and Anvil doing the same transfers", SideBySide.MeasureAsync),
        new("batched", "one signature over thousands of transfers: the kernel's stages, a node, PostgreSQL's sets", Batched.MeasureAsync),
        new("ticks", "micro-payment ticks checked by a device, on one core", Ticks.MeasureAsync),
        new("clauses", "metered use with tariff and OCMF check, beside what its signatures cost", Clauses.MeasureAsync),
        new("loans", "the monthly run of a million loans, in the kernel", Loans.MeasureAsync),
        new("proofs", "receipts and state proofs served, and checked", Proofs.MeasureAsync),
        new("grow", "throughput and memory over more and more accounts; a long history", Grow.MeasureAsync),
        new("restart", "from snapshot and log with many accounts; how long a snapshot holds the writer", Restart.MeasureAsync),
        new("overload", "five times as much as the node can do, and how it comes back", Overload.MeasureAsync),
        new("soak", "seven tenths of what the node can do, for a while", Soak.MeasureAsync),
        new("visa-day", "a day of Visa's transfers on a node's disk, projected", VisaDay.MeasureAsync),
        new("network", "four validators on three etcd servers, all on this machine", Network.MeasureAsync),
        new("simulate", "whole networks in simulation, from one seed each (--seeds N); and broken ones, which must be found", Simulate.MeasureAsync),
        new("faults", "real faults on real processes under load, and what is lost without each protection (--only NAME,…)", Faults.MeasureAsync),
        new("parts", "the small parts that every transaction goes through, by BenchmarkDotNet", SmallPartsScenario.MeasureAsync),
    ];

    /// <summary>What «all» does: what is timed. Faults take minutes, and what they find is no speed.</summary>
    public static IEnumerable<Scenario> Timed => Scenarios.Where(scenario => scenario.Name != "faults");

    public static Scenario? Find(string name) => Array.Find(Scenarios, scenario => scenario.Name == name);
}
