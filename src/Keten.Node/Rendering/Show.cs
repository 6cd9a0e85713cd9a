using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Node.Rendering;

/// <summary>How single values are shown in JSON: amounts as decimal text with their unit, times as RFC 3339 writes them, ids in lower-case hexadecimal.</summary>
public static class Show
{
    /// <summary>2026-03-01T12:00:00Z.</summary>
    public static string Time(Instant time) => MomentText.Write(time);

    /// <summary>An amount with its unit's number, symbol and decimals.</summary>
    public static JsonObject Amount(long minor, Unit unit, UnitNames units)
    {
        var record = units.Of(unit);
        return new JsonObject
        {
            ["amount"] = AmountText.Write(minor, record?.Decimals ?? 0), ["symbol"] = record?.Symbol ?? "", ["decimals"] = (int)(record?.Decimals ?? 0), ["unit"] = unit.Number,
        };
    }

    /// <summary>A share: 0.21 for 210,000 millionths.</summary>
    public static string Rate(long millionths) => AmountText.Write(millionths, 6);

    /// <summary>{"party": …} or {"agreement": …}.</summary>
    public static JsonObject Owner(Owner owner) =>
        owner.Party is { } party ? new JsonObject { ["party"] = party.ToString() } : new JsonObject { ["agreement"] = owner.Agreement };

    /// <summary>An integer as a number; beyond 2⁵³, where many readers would round it, as decimal text.</summary>
    public static JsonValue Integer(Int128 value) => Int128.Abs(value) <= 1L << 53 ? JsonValue.Create((long)value) : JsonValue.Create(value.ToString(null, null));

    /// <summary>What moved on an account, and what is on it after.</summary>
    public static JsonObject Posting(in Kernel.Execution.Posting posting, UnitNames units)
    {
        var (account, change, balance) = posting;
        var json = new JsonObject
        {
            ["account"] = Owner(account.Owner), ["change"] = Amount(change, account.Unit, units), ["balance"] = Amount(balance, account.Unit, units),
        };
        if (account.Until != default) json["until"] = Time(account.Until);
        return json;
    }

    /// <summary>A list of anything.</summary>
    public static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> show)
    {
        var array = new JsonArray();
        foreach (var item in items) array.Add(show(item));
        return array;
    }

    /// <summary>A name of the source as JSON spells it: ShipBy, shipBy.</summary>
    public static string Camel(string name) => name.Length == 0 || char.IsLower(name[0]) ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
