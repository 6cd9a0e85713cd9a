namespace Keten.Kernel;

/// <summary>What becomes of what is smaller than the smallest part. Every multiplication and division of an <see cref="Amount"/> names one.</summary>
public enum Rounding
{
    /// <summary>Towards zero: the remainder stays with the payer.</summary>
    Down = 0,

    /// <summary>Away from zero: the remainder goes to the payee.</summary>
    Up = 1,

    /// <summary>To the nearest; a half away from zero.</summary>
    HalfUp = 2,

    /// <summary>To the nearest; a half to the even neighbour, so that many roundings lean to neither side.</summary>
    HalfEven = 3,
}

/// <summary>Exact integer division with a named rounding, over 128-bit intermediates.</summary>
public static class Exact
{
    /// <summary><paramref name="value"/> × <paramref name="numerator"/> ÷ <paramref name="denominator"/>, rounded once, at the end.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static long MultiplyDivide(long value, long numerator, long denominator, Rounding rounding) =>
        Divide((Int128)value * numerator, denominator, rounding);

    /// <summary>A 128-bit value divided and rounded.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static long Divide(Int128 value, Int128 denominator, Rounding rounding)
    {
        var quotient = value / denominator;
        var remainder = value % denominator;
        if (remainder == 0) return checked((long)quotient);
        var away = (value < 0) != (denominator < 0) ? -1 : 1;
        var twice = Int128.Abs(remainder) * 2 - Int128.Abs(denominator);
        var up = rounding switch
        {
            Rounding.Down => false,
            Rounding.Up => true,
            Rounding.HalfUp => twice >= 0,
            Rounding.HalfEven => twice > 0 || (twice == 0 && (quotient & 1) != 0),
            _ => throw new ArgumentOutOfRangeException(nameof(rounding)),
        };
        return checked((long)(up ? quotient + away : quotient));
    }

    /// <summary>
    /// The part of <paramref name="whole"/> that falls to the stretch from <paramref name="from"/> to <paramref name="to"/> of <paramref name="length"/>:
    /// a cumulative split, so that adjoining stretches sum to the whole exactly, across pages too. Each boundary is rounded down.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch does not lie within the length.</exception>
    public static long Share(long whole, long from, long to, long length)
    {
        if (from < 0 || from > to || to > length) throw new ArgumentOutOfRangeException(nameof(from));
        return MultiplyDivide(whole, to, length, Rounding.Down) - MultiplyDivide(whole, from, length, Rounding.Down);
    }
}
