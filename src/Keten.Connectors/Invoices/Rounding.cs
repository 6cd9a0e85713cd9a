namespace Keten.Connectors.Invoices;

/// <summary>How EN 16931 reckons: exact decimals, and a half is rounded up, as XPath's round does.</summary>
public static class Rounding
{
    private const decimal Cent = 0.01m;

    /// <summary>To two digits behind the point.</summary>
    public static decimal ToCents(decimal value) => decimal.Floor(value * 100 + 0.5m) * Cent;

    /// <summary>The VAT on an amount.</summary>
    /// <param name="taxable">On what.</param>
    /// <param name="percent">The rate, in hundredths.</param>
    public static decimal Vat(decimal taxable, decimal percent) => ToCents(taxable * percent / 100);

    /// <summary>The sum of what elements say; null where one of them is no number.</summary>
    public static decimal? Sum(IEnumerable<Group> groups, string term)
    {
        var sum = 0m;
        foreach (var group in groups)
        {
            if (group[term] is null) continue;
            if (group.Number(term) is not { } value) return null;
            sum += value;
        }
        return sum;
    }
}
