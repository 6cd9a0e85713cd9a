using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Terminals;

/// <summary>Amounts as people write them, with the decimals of the unit that the node names.</summary>
internal static class Amounts
{
    /// <summary>So much of a unit.</summary>
    public static async Task<Amount> ReadAsync(KetenClient client, uint unit, string text, CancellationToken cancel)
    {
        if (unit == 0 || await client.UnitAsync(new Unit(unit), cancel) is not { } record || (int?)record["decimals"] is not (>= 0 and <= AmountText.DecimalsAtMost and var decimals))
            throw new ExitException(Exit.Failed, $"The ledger has no unit {unit}.");
        return AmountText.TryParse(text, decimals, out var minor) && minor is > -Amount.Limit and < Amount.Limit
            ? new Unit(unit).Of(minor)
            : throw ExitException.Usage($"'{text}' is no amount with at most {decimals} decimals.");
    }

    /// <summary>Written UNIT:AMOUNT, or with several amounts UNIT:AMOUNT:AMOUNT.</summary>
    public static async Task<Amount[]> ReadListedAsync(KetenClient client, string text, int count, CancellationToken cancel)
    {
        var parts = text.Split(':');
        if (parts.Length != count + 1 || !uint.TryParse(parts[0], System.Globalization.CultureInfo.InvariantCulture, out var unit)) throw ExitException.Usage($"'{text}' is not UNIT{string.Concat(Enumerable.Repeat(":AMOUNT", count))}.");
        var amounts = new Amount[count];
        for (var each = 0; each < count; each++) amounts[each] = await ReadAsync(client, unit, parts[each + 1], cancel);
        return amounts;
    }
}
