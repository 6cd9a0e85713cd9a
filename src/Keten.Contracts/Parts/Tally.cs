using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>The part that another is put into, the part that that one is in, and so on to the outermost.</summary>
internal sealed class Nesting
{
    /// <summary>Parts nest no deeper.</summary>
    public const int DeepestAtMost = 8;

    private readonly List<Part> around = [];

    private Nesting()
    {
    }

    /// <summary>From the innermost on.</summary>
    public Part[] Parts => around.ToArray();

    /// <summary>The parts around one, itself included.</summary>
    public static Nesting Of(in Known<SerialParts> here, Sgtin innermost)
    {
        var nesting = new Nesting();
        Sgtin? next = innermost;
        for (var level = 0; level <= DeepestAtMost; level++)
        {
            if (next is not { } id || SerialParts.Find(here, id) is not { } part) break;
            nesting.around.Add(part);
            next = part.Into;
        }
        return nesting;
    }

    /// <summary>Whether a part may come in: it is not around itself, and all of it nests no deeper than eight.</summary>
    public bool Takes(in Part part)
    {
        foreach (var each in Parts)
            if (each.Id == part.Id) return false;
        return around.Count + part.Depth <= DeepestAtMost;
    }

    /// <summary>The parts around one whose depth is more with it, as they are then.</summary>
    public Part[] Deepened(in Part part)
    {
        var (deeper, depth) = (new List<Part>(), part.Depth + 1);
        foreach (var each in Parts)
        {
            if (each.Depth < depth) deeper.Add(each with { Depth = (byte)depth });
            depth++;
        }
        return deeper.ToArray();
    }
}

/// <summary>What moves with a part: how many parts of each batch, itself and all that is in it.</summary>
internal sealed class Tally
{
    /// <summary>Of so many batches a part may have parts in it.</summary>
    public const int BatchesAtMost = 200;

    private readonly List<uint> batches = [];
    private readonly List<uint> counts = [];

    private Tally()
    {
    }

    public static Tally Of(Facts facts, in Part part)
    {
        var tally = new Tally();
        tally.Add(part.Batch, 1);
        var key = part.Id.Key;
        foreach (var row in facts.From(SerialParts.Inner, InsideKey.Of(key, 0), BatchesAtMost))
        {
            if (!row.Key.IsIn(key)) break;
            tally.Add(row.Key.Batch, row.Value.Parts);
        }
        return tally;
    }

    /// <summary>Whether none of the parts around would have parts of too many batches in it.</summary>
    public bool Fits(Facts facts, Nesting around)
    {
        foreach (var part in around.Parts)
        {
            var (kinds, key) = (0, part.Id.Key);
            foreach (var row in facts.From(SerialParts.Inner, InsideKey.Of(key, 0), BatchesAtMost))
            {
                if (!row.Key.IsIn(key)) break;
                kinds++;
            }
            foreach (var batch in batches.ToArray())
                if (facts.Find(SerialParts.Inner, InsideKey.Of(key, batch)) is null) kinds++;
            if (kinds > BatchesAtMost) return false;
        }
        return true;
    }

    /// <summary>Whether a batch of these is called back.</summary>
    public bool IsCalledBack(Facts facts)
    {
        foreach (var batch in batches.ToArray())
            if (facts.Find(SerialParts.Made, new BatchKey(batch)) is { CalledBack: not null }) return true;
        return false;
    }

    /// <summary>All of it comes into the parts around, or goes; and so into the vehicles in which they are.</summary>
    public Accepted<SerialParts> Move(Accepted<SerialParts> accepted, Facts facts, Nesting around, bool comes)
    {
        var (vins, times) = (new List<string>(), new List<uint>());
        foreach (var part in around.Parts)
        {
            for (var each = 0; each < batches.Count; each++) Inside(accepted, facts, InsideKey.Of(part.Id.Key, batches[each]), counts[each], comes);
            foreach (var vin in part.Vins) Once(vins, times, vin);
        }
        for (var each = 0; each < vins.Count; each++) Move(accepted, facts, vins[each], comes, times[each]);
        return accepted;
    }

    /// <summary>All of it comes into a vehicle, or goes.</summary>
    public Accepted<SerialParts> Move(Accepted<SerialParts> accepted, Facts facts, string vin, bool comes, uint times = 1)
    {
        var vehicle = Iso3779.Key(vin);
        for (var each = 0; each < batches.Count; each++)
        {
            var (key, moved) = (HoldingKey.Of(batches[each], vehicle), counts[each] * times);
            var was = facts.Find(SerialParts.Holders, key)?.Parts ?? 0;
            if (comes || was > moved) accepted.Put(SerialParts.Holders, key, new SerialParts.Holding(vin, comes ? was + moved : was - moved));
            else accepted.Remove(SerialParts.Holders, key);
        }
        return accepted;
    }

    private static void Inside(Accepted<SerialParts> accepted, Facts facts, InsideKey key, uint moved, bool comes)
    {
        var was = facts.Find(SerialParts.Inner, key)?.Parts ?? 0;
        if (comes || was > moved) accepted.Put(SerialParts.Inner, key, new SerialParts.Inside(comes ? was + moved : was - moved));
        else accepted.Remove(SerialParts.Inner, key);
    }

    private static void Once(List<string> vins, List<uint> times, string vin)
    {
        for (var each = 0; each < vins.Count; each++)
        {
            if (vins[each] != vin) continue;
            times[each]++;
            return;
        }
        vins.Add(vin);
        times.Add(1);
    }

    private void Add(uint batch, uint count)
    {
        for (var each = 0; each < batches.Count; each++)
        {
            if (batches[each] != batch) continue;
            counts[each] += count;
            return;
        }
        batches.Add(batch);
        counts.Add(count);
    }
}
