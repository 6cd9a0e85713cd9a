using System.Globalization;
using System.Numerics;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class NumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.2596", "0.2596")]
    [InlineData("1.50", "1.50")]
    [InlineData("0003.276", "3.276")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("62500.2031", "62500.2031")]
    [InlineData("1e3", "1000")]
    [InlineData("1.25E+1", "12.5")]
    [InlineData("12e-3", "0.012")]
    [InlineData("999999999999999.999999999999", "999999999999999.999999999999")]
    public void A_number_is_kept_as_written(string text, string kept)
    {
        Assert.True(OcmfNumber.TryParse(text, out var number));
        Assert.Equal(kept, number.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+5")]
    [InlineData("1,5")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("1e")]
    [InlineData("1e100")]
    [InlineData("1e15")]
    [InlineData("1e-13")]
    [InlineData("1000000000000000")]
    [InlineData("0.1234567890123")]
    [InlineData("٣")]
    public void What_cannot_be_kept_exactly_is_refused(string text) => Assert.False(OcmfNumber.TryParse(text, out _));

    [Fact]
    public void Any_number_within_the_limits_is_exact()
    {
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var whole = Digits(random, random.Next(1, OcmfNumber.MaxIntegerDigits + 1));
            var fraction = Digits(random, random.Next(0, OcmfNumber.MaxScale + 1));
            var text = fraction.Length > 0 ? $"{whole}.{fraction}" : whole;
            Assert.True(OcmfNumber.TryParse(text, out var number), text);
            // As a fraction of integers: number * 10^scale must be the digits themselves.
            Assert.Equal(BigInteger.Parse(whole + fraction, CultureInfo.InvariantCulture), new BigInteger(number * Power(fraction.Length)));
        }

        static decimal Power(int ten) => Enumerable.Range(0, ten).Aggregate(1m, (power, _) => power * 10);
        static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(10)));
    }

    [Fact]
    public void Energy_is_counted_in_whole_milliwatt_hours_or_not_at_all()
    {
        Assert.Equal(259_600, OcmfEnergy.MilliwattHours(OcmfEnergy.WattHours(0.2596m, "kWh")));
        Assert.Equal(7_753_000, OcmfEnergy.MilliwattHours(OcmfEnergy.WattHours(7753m, "Wh")));
        Assert.Null(OcmfEnergy.MilliwattHours(0.0001m));
        Assert.Null(OcmfEnergy.MilliwattHours(null));
        Assert.Null(OcmfEnergy.MilliwattHours(999_999_999_999_999_000m));
        Assert.Null(OcmfEnergy.WattHours(1, "MWh"));
    }
}
