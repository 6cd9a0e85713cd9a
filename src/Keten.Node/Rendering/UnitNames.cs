using System.Collections.Concurrent;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Node.Rendering;

/// <summary>What units are called. A unit never changes once it is made, so each is asked for once.</summary>
/// <param name="find">Asks the ledger.</param>
public sealed class UnitNames(Func<Unit, UnitRecord?> find)
{
    private readonly ConcurrentDictionary<Unit, UnitRecord> known = new();

    /// <summary>The unit, or null where there is none.</summary>
    public UnitRecord? Of(Unit unit)
    {
        if (known.TryGetValue(unit, out var record)) return record;
        if (find(unit) is not { } found) return null;
        return known.GetOrAdd(unit, found);
    }
}
