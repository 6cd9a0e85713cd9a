using Keten.Kernel;
using Keten.Kernel.Execution;

namespace Keten.Node.Views;

/// <summary>Who is on each side of one call: in each unit, those from whose accounts it went and those into whose accounts it came, each once, by their numbers.</summary>
internal sealed class Sides
{
    private readonly Dictionary<(Unit Unit, bool Incoming), List<long>> sides = [];
    private readonly HashSet<(Unit Unit, bool Incoming, long Owner)> seen = [];

    /// <summary>Whether something came in.</summary>
    public static bool IsIncoming(in Posting posting) => posting.Change >= 0;

    public void Clear()
    {
        sides.Clear();
        seen.Clear();
    }

    public void Add(long owner, in Posting posting)
    {
        var (unit, incoming) = (posting.Account.Unit, IsIncoming(posting));
        if (!seen.Add((unit, incoming, owner))) return;
        if (!sides.TryGetValue((unit, incoming), out var side)) sides.Add((unit, incoming), side = []);
        side.Add(owner);
    }

    /// <summary>
    /// The only one on the other side; 0 where there are several or none, and an owner that is itself among those several, as where one lot of it went and another came, is given its own number.
    /// </summary>
    public long OtherOf(long owner, in Posting posting)
    {
        var (unit, incoming) = (posting.Account.Unit, IsIncoming(posting));
        if (!sides.TryGetValue((unit, !incoming), out var others)) return 0;
        var among = seen.Contains((unit, !incoming, owner));
        return (others.Count - (among ? 1 : 0)) switch
        {
            0 => 0,
            1 => others[0] == owner ? others[1] : others[0],
            _ => among ? owner : 0,
        };
    }

    /// <summary>
    /// The sides of several that the other side is shown: the first few by name, and how many they are. Of more than a few nobody is named to several: the movements do not say who paid whom,
    /// and the members of a clearing need not know one another.
    /// </summary>
    public IEnumerable<(uint Unit, bool Incoming, long[] Named, int Count)> Shown()
    {
        foreach (var ((unit, incoming), side) in sides)
            if (side.Count > 1 && sides.TryGetValue((unit, !incoming), out var readers))
                yield return (unit.Number, incoming, side.Count > StatementRows.OthersNamed && readers.Count > 1 ? [] : [.. side.Take(StatementRows.OthersNamed)], side.Count);
    }
}
