namespace Keten.Kernel;

/// <summary>A small set of parties in the order in which they were added. Not for use by two threads at once.</summary>
public sealed class PartySet
{
    private readonly List<Party> parties = [];

    /// <summary>How many.</summary>
    public int Count => parties.Count;

    /// <summary>In the order in which they were added.</summary>
    public Party this[int index] => parties[index];

    /// <summary>In place.</summary>
    public ReadOnlySpan<Party> AsSpan() => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parties);

    /// <summary>Adds one, once; nobody is not added.</summary>
    public void Add(Party party)
    {
        if (!party.IsNone && !parties.Contains(party)) parties.Add(party);
    }

    /// <summary>Whether it is in the set.</summary>
    public bool Contains(Party party) => parties.Contains(party);

    /// <summary>Forgets all.</summary>
    public void Clear() => parties.Clear();
}
