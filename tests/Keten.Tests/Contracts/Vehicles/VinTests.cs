using System.Text.Json;
using Keten.Contracts.Vehicles;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>Vehicle identification numbers, by ISO 3779 and where a check digit is law.</summary>
public sealed class VinTests
{
    [DataFact]
    public void Published_numbers_are_what_they_are_said_to_be()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Data.Path("vin", "vins.json")));
        foreach (var one in file.RootElement.EnumerateArray())
        {
            var vin = one.GetProperty("vin").GetString()!;
            var wellFormed = one.GetProperty("wellFormed").GetBoolean();
            Assert.Equal(wellFormed, Iso3779.IsWellFormed(vin));
            if (wellFormed) Assert.Equal(one.GetProperty("checkDigitValid").GetBoolean(), Iso3779.HoldsCheckDigit(vin));
        }
    }

    [Theory]
    [InlineData("1M8GDM9AXKP042788", true)]
    [InlineData("11111111111111111", true)]
    [InlineData("1M8GDM9AYKP042788", false)]
    [InlineData("5TFEV54198X063405", false)]
    [InlineData("ZACCJABT0FPB66932", true)]
    [InlineData("1M8GDM9AXKP04278", false)]
    [InlineData("1M8GDM9AXKP0427880", false)]
    [InlineData("1M8GDM9AXKP04278O", false)]
    [InlineData("1m8gdm9axkp042788", false)]
    [InlineData("ZACCJABT0FPB6693A", false)]
    [InlineData("QACCJABT0FPB66932", false)]
    [InlineData("", false)]
    public void A_number_is_well_formed_and_bears_its_check_digit_where_one_applies(string vin, bool valid) => Assert.Equal(valid, Iso3779.IsValid(vin));

    [Fact]
    public void Keys_are_in_the_order_of_the_numbers()
    {
        string[] sorted = ["00000000000000000", "1HGCM82633A004352", "1M8GDM9AXKP042788", "1M8GDM9AXKP042789", "1M8GDM9AXKP052788", "ZACCJABT0FPB66932"];
        for (var left = 0; left < sorted.Length; left++)
            for (var right = 0; right < sorted.Length; right++) Assert.Equal(left > right, Iso3779.Key(sorted[left]).IsAfter(Iso3779.Key(sorted[right])));
        Assert.Throws<ArgumentException>(() => Iso3779.Key("1"));
    }
}
