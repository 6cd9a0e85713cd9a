using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>What one list of parts has that another has not: how a delivery is held against its despatch advice. Exact, also where ranges overlap in part.</summary>
public static class Lots
{
    /// <summary>Whether all lots are well formed, there is at least one and not too many, and none has a part of another.</summary>
    public static bool AreDistinct(Many<Lot> lots)
    {
        if (lots.Count is 0 or > Lot.LotsAtMost) return false;
        for (var each = 0; each < lots.Count; each++)
        {
            if (!lots[each].IsValid) return false;
            for (var other = 0; other < each; other++)
                if (Overlap(lots[each], lots[other])) return false;
        }
        return true;
    }

    /// <summary>How many parts.</summary>
    public static long Count(Many<Lot> lots)
    {
        long count = 0;
        foreach (var lot in lots) count += lot.Count;
        return count;
    }

    /// <summary>The parts of some lots that are in none of others.</summary>
    /// <param name="from">Of these; each well formed.</param>
    /// <param name="taken">Without these; each well formed.</param>
    public static Stretch[] Without(Many<Lot> from, Many<Lot> taken)
    {
        var left = new List<Stretch>();
        foreach (var lot in from) left.Add(Stretch.Of(lot));
        foreach (var lot in taken)
        {
            var away = Stretch.Of(lot);
            var still = new List<Stretch>();
            foreach (var stretch in left.ToArray()) stretch.Without(away, still);
            left = still;
        }
        return left.ToArray();
    }

    private static bool Overlap(in Lot left, in Lot right)
    {
        var (one, other) = (Stretch.Of(left), Stretch.Of(right));
        return one.Gtin == other.Gtin && (one.Text is null ? other.Text is null && one.First <= other.Last && other.First <= one.Last : one.Text == other.Text);
    }
}

/// <summary>Parts of one article: from one counting serial to another, or the one whose serial does not count.</summary>
/// <param name="Gtin">The article's number.</param>
/// <param name="First">The first serial; 0 where it does not count.</param>
/// <param name="Last">The last serial; 0 where it does not count.</param>
/// <param name="Text">The serial that does not count.</param>
public readonly record struct Stretch(string Gtin, ulong First, ulong Last, string? Text)
{
    /// <summary>How many parts.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>A lot as a stretch.</summary>
    /// <param name="lot">Well formed.</param>
    public static Stretch Of(in Lot lot) =>
        Gs1.Counting(lot.From) is { } first ? new Stretch(lot.Gtin, first, first + lot.Count - 1, null) : new Stretch(lot.Gtin, 0, 0, lot.From);

    internal void Without(in Stretch away, List<Stretch> left)
    {
        var apart = Gtin != away.Gtin || (Text is null) != (away.Text is null) || (Text is null ? Last < away.First || First > away.Last : Text != away.Text);
        if (apart) left.Add(this);
        else if (Text is null)
        {
            if (First < away.First) left.Add(this with { Last = away.First - 1 });
            if (Last > away.Last) left.Add(this with { First = away.Last + 1 });
        }
    }
}
