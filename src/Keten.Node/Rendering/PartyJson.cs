using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Node.Rendering;

/// <summary>A party in JSON: its keys for everybody, since whoever checks a signature needs them; who stands in for it and who guards it for itself alone.</summary>
public static class PartyJson
{
    /// <summary>What everybody may see.</summary>
    public static JsonObject Keys(Party party, PartyRecord record, LedgerState state) => new()
    {
        ["party"] = party.ToString(), ["keys"] = Show.List(record.Keys, id => Key(id, state.KeyOf(id)!)),
    };

    /// <summary>Everything.</summary>
    public static JsonObject All(Party party, PartyRecord record, LedgerState state, UnitNames units)
    {
        var json = Keys(party, record, state);
        json["delegates"] = Show.List(record.Delegates, id => Delegate(id, state, units));
        json["guardians"] = record.Guardianship is { } guardianship ? Of(guardianship, units) : null;
        json["recovery"] = record.Recovery is { } recovery
            ? new JsonObject { ["newKey"] = recovery.NewKey.ToString(), ["at"] = Show.Time(recovery.At), ["stoppable"] = recovery.Stoppable }
            : null;
        json["pending"] = record.Pending is { } pending ? Of(pending, units) : null;
        return json;
    }

    /// <summary>One key.</summary>
    public static JsonObject Key(KeyId id, KeyRecord key) => new() { ["key"] = id.ToString(), ["publicKey"] = key.Key.ToString(), ["role"] = Show.Camel(key.Role.ToString()) };

    private static JsonObject Delegate(KeyId id, LedgerState state, UnitNames units)
    {
        var json = Key(id, state.KeyOf(id)!);
        if (state.DelegationOf(id) is { } delegation) json["may"] = Of(delegation, units);
        return json;
    }

    private static JsonObject Of(Delegation delegation, UnitNames units) => new()
    {
        ["scopes"] = Show.List(delegation.Scopes, scope => new JsonObject { ["contract"] = scope.Contract, ["clause"] = scope.Clause }),
        ["limits"] = Show.List(delegation.Limits, limit => new JsonObject { ["each"] = Of(limit.Each, units), ["perDay"] = Of(limit.PerDay, units) }),
        ["until"] = Show.Time(delegation.Until),
    };

    private static JsonObject Of(Guardianship guardianship, UnitNames units) => new()
    {
        ["parties"] = Show.List(guardianship.Guardians, guardian => JsonValue.Create(guardian.ToString())), ["needed"] = (int)guardianship.Needed,
        ["delaySeconds"] = guardianship.DelaySeconds, ["emergencyPerDay"] = Show.List(guardianship.EmergencyPerDay, amount => Of(amount, units)),
    };

    private static JsonObject Of(PendingChange pending, UnitNames units) => new()
    {
        ["at"] = Show.Time(pending.At), ["guardians"] = pending.Guardianship is { } guardianship ? Of(guardianship, units) : null,
        ["delegate"] = pending.Delegate is { } key ? key.ToString() : null, ["may"] = pending.Delegation is { } delegation ? Of(delegation, units) : null,
    };

    private static JsonObject Of(Amount amount, UnitNames units) => Show.Amount(amount.Minor, amount.Unit, units);
}
