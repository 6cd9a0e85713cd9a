using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>A level of a risk factor: what is stated falls to the last level that it reaches.</summary>
/// <param name="From">The least value that falls to it.</param>
/// <param name="Millionths">What the risk is there against the base risk: 1,250,000 is a quarter more.</param>
public readonly record struct RatingLevel(uint From, uint Millionths);

/// <summary>A risk factor with its relativities: the age of the holder, the power of the vehicle, the area.</summary>
/// <param name="Name">What is stated, and in what.</param>
/// <param name="Levels">By rising values.</param>
public sealed record RatingFactor(string Name, Many<RatingLevel> Levels)
{
    /// <summary>No factor has more levels.</summary>
    public const int LevelsAtMost = 32;

    /// <summary>No relativity is higher: ten times the base.</summary>
    public const uint MillionthsAtMost = 10_000_000;

    /// <summary>Whether every value from the first level on falls to one level, and each level has a relativity.</summary>
    public bool IsTable
    {
        get
        {
            if (Name.Length == 0 || Levels.Count is 0 or > LevelsAtMost) return false;
            for (var each = 0; each < Levels.Count; each++)
                if (Levels[each].Millionths is 0 or > MillionthsAtMost || (each > 0 && Levels[each].From <= Levels[each - 1].From)) return false;
            return true;
        }
    }

    /// <summary>The level that a value falls to, counted from 0; null where it is below the first.</summary>
    public byte? LevelOf(uint value)
    {
        byte? level = null;
        for (var each = 0; each < Levels.Count; each++)
            if (Levels[each].From <= value) level = (byte)each;
        return level;
    }

    /// <summary>Whether another factor has the same name and levels, whatever their relativities.</summary>
    public bool HasShapeOf(RatingFactor other)
    {
        if (Name != other.Name || Levels.Count != other.Levels.Count) return false;
        for (var each = 0; each < Levels.Count; each++)
            if (Levels[each].From != other.Levels[each].From) return false;
        return true;
    }
}

/// <summary>The bonus-malus scale: a class for each year, lower for one without a claim, higher for each claim.</summary>
/// <param name="Millionths">The relativity of each class, from class 0, the best.</param>
/// <param name="First">The class of who comes without a record.</param>
/// <param name="Down">So many classes lower after a year without a claim.</param>
/// <param name="Up">So many classes higher for each claim.</param>
public sealed record ClassScale(Many<uint> Millionths, byte First, byte Down, byte Up)
{
    /// <summary>No scale has more classes.</summary>
    public const int ClassesAtMost = 32;

    /// <summary>Whether every class has a relativity, none lower than that of a better class.</summary>
    public bool IsScale
    {
        get
        {
            if (Millionths.Count is 0 or > ClassesAtMost || First >= Millionths.Count) return false;
            for (var each = 0; each < Millionths.Count; each++)
                if (Millionths[each] is 0 or > RatingFactor.MillionthsAtMost || (each > 0 && Millionths[each] < Millionths[each - 1])) return false;
            return true;
        }
    }

    /// <summary>The class after a year.</summary>
    /// <param name="now">The class of that year.</param>
    /// <param name="claims">How many claims were counted in it.</param>
    public byte Next(byte now, uint claims) =>
        claims == 0 ? (byte)Math.Max(0, now - Down) : (byte)Math.Min(Millionths.Count - 1L, now + Up * (long)claims);
}
