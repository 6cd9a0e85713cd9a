using System.Collections.Frozen;
using Keten.Connectors.Invoices.Rules;

namespace Keten.Connectors.Invoices;

/// <summary>All rules of EN 16931 that are checked here, as one list: presence, reckoning, VAT categories, code lists, and those of UBL's syntax that the model needs.</summary>
public static class InvoiceRules
{
    /// <summary>The list, in the standard's order.</summary>
    public static IReadOnlyList<InvoiceRule> All { get; } = [.. PresenceRules.All, .. ReckoningRules.All, .. VatRules.All, .. CodeRules.All, .. SyntaxRules.All];

    /// <summary>The rules that are not checked: BR-CO-05 to -08 ask whether a code and a text mean the same, which takes a reader; the others' code lists are too long to stand in the source.</summary>
    public static IReadOnlyList<string> NotImplemented { get; } =
        ["BR-CO-05", "BR-CO-06", "BR-CO-07", "BR-CO-08", "BR-CL-07", "BR-CL-08", "BR-CL-13", "BR-CL-20", "BR-CL-22", "BR-CL-23"];

    private static readonly FrozenDictionary<string, InvoiceRule> byId = All.ToFrozenDictionary(rule => rule.Id, StringComparer.Ordinal);

    /// <summary>A rule; null where it is not checked here.</summary>
    public static InvoiceRule? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>The rules that an invoice breaks, in the list's order; none where it is a good one.</summary>
    public static IReadOnlyList<InvoiceBreach> Check(Group invoice) =>
        [.. All.Select(rule => new InvoiceBreach(rule, rule.Breaches(invoice).Count())).Where(breach => breach.Times > 0)];
}
