namespace Keten.Kernel;

/// <summary>So much for so much: 35 cents for 1,000 Wh. Five decimals of a cent are written by pricing a larger quantity.</summary>
/// <param name="Charge">What is paid.</param>
/// <param name="Per">For this much; more than nothing.</param>
/// <param name="Rounding">What becomes of the fraction of the smallest part.</param>
public readonly record struct Price(Amount Charge, Amount Per, Rounding Rounding)
{
    /// <summary>The price of a quantity in the unit of <see cref="Per"/>, rounded once.</summary>
    /// <exception cref="InvalidOperationException">The quantity is of another unit.</exception>
    /// <exception cref="DivideByZeroException">The price is for nothing.</exception>
    public Amount For(Amount quantity) => quantity.Unit == Per.Unit
        ? Charge.Times(quantity.Minor, Per.Minor, Rounding)
        : throw new InvalidOperationException("A price is for a quantity of its own unit.");
}

/// <summary>A share in millionths: 21 % is 210,000.</summary>
/// <param name="Millionths">Of one.</param>
public readonly record struct Rate(long Millionths)
{
    /// <summary>One whole.</summary>
    public const long One = 1_000_000;

    /// <summary>This share of an amount, rounded as named; the remainder is the giver's.</summary>
    public Amount Of(Amount whole, Rounding rounding) => whole.Times(Millionths, One, rounding);
}
