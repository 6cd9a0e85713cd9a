using Keten.Kernel;
using Keten.Node.Views;

namespace Keten.Node.Alarms;

/// <summary>What the contracts of a ledger warn of, as their contents pages say.</summary>
internal sealed class AlarmKinds
{
    private readonly Dictionary<(ushort Contract, ushort Version, ushort Event), string> words = [];

    public AlarmKinds(Catalogue catalogue)
    {
        foreach (var contract in catalogue.Contracts)
            foreach (var kind in contract.Events)
                if (kind.Warns is { } word) words.Add((contract.Code, contract.Version, kind.Number), word);
        Words = [.. words.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Contracts = [.. words.Keys.Select(key => key.Contract).Distinct().Order()];
    }

    /// <summary>All words.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The contracts that warn of anything.</summary>
    public IReadOnlyList<ushort> Contracts { get; }

    /// <summary>What an event warns of; null where it is nothing.</summary>
    public string? Of(EventLine told) => words.GetValueOrDefault((told.Contract, told.Version, told.Number));

    /// <summary>Whether a subscription is to be told of an event that its party may read.</summary>
    public bool Concerns(AlarmSubscription subscription, EventLine told) =>
        Of(told) is { } word && (subscription.Kinds.Count == 0 || subscription.Kinds.Contains(word)) && (subscription.Agreement is not { } only || told.Agreement == only);
}
