using System.Text.Json.Nodes;

namespace Keten.Cli.Jobs;

/// <summary>One link of an invoice's chain.</summary>
/// <param name="Name">Which: agreement, bill, invoice, session-1/meter-signature and so on, lines, announcement, handover, file, bank-1 and so on, answers.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Says">What was found, in a sentence.</param>
public sealed record InvoiceLink(string Name, bool Holds, string Says);

/// <summary>What holds, and the first thing that does not: nothing is said of the links after it.</summary>
/// <param name="Links">Those that were checked.</param>
public sealed record InvoiceTraceReport(IReadOnlyList<InvoiceLink> Links)
{
    /// <summary>Whether all holds that there is.</summary>
    public bool Holds => Broken is null;

    /// <summary>The first link that does not hold; null where all do.</summary>
    public InvoiceLink? Broken => Links.FirstOrDefault(link => !link.Holds);

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["holds"] = Holds, ["broken"] = Broken?.Name, ["last"] = Links[^1].Name,
        ["links"] = new JsonArray([.. Links.Select(link => (JsonNode)new JsonObject { ["name"] = link.Name, ["holds"] = link.Holds, ["says"] = link.Says })]),
    };
}
