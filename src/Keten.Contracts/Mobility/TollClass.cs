using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>What a class of vehicle pays at a gantry.</summary>
/// <param name="Number">The class, as the road's terms number them.</param>
/// <param name="PerPassage">What each passage costs.</param>
/// <param name="PerHundredKilometres">What a hundred kilometres before the gantry cost besides.</param>
public readonly record struct TollClass(byte Number, Amount PerPassage, Amount PerHundredKilometres)
{
    /// <summary>No passage is longer, in metres.</summary>
    public const uint MetresAtMost = 2_000_000;

    /// <summary>No road has more classes.</summary>
    public const int ClassesAtMost = 32;

    /// <summary>What a passage costs: rounded half-even, once.</summary>
    public Amount For(uint metres) => PerPassage + PerHundredKilometres.Times(metres, 100_000, Rounding.HalfEven);

    /// <summary>Whether classes make a price list: each with its own number, all in one money.</summary>
    public static bool AreClasses(Many<TollClass> classes)
    {
        if (classes.Count is 0 or > ClassesAtMost) return false;
        var money = classes[0].PerPassage.Unit;
        for (var each = 0; each < classes.Count; each++)
        {
            if (!classes[each].PerPassage.IsPrice(money) || !classes[each].PerHundredKilometres.IsPrice(money)) return false;
            for (var other = 0; other < each; other++)
                if (classes[other].Number == classes[each].Number) return false;
        }
        return true;
    }
}
