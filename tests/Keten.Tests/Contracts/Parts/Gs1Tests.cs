using Keten.Contracts.Parts;

namespace Keten.Tests.Contracts.Parts;

/// <summary>What a number says of itself.</summary>
public sealed class Gs1Tests
{
    [Theory]
    [InlineData("05412345000013", true)]
    [InlineData("70614141123451", true)]
    [InlineData("10614141073464", true)]
    [InlineData("05412345000014", false)]
    [InlineData("0541234500001", false)]
    [InlineData("0541234500001X", false)]
    [InlineData("", false)]
    public void A_trade_items_number_bears_its_check_digit(string gtin, bool holds) => Assert.Equal(holds, Gs1.IsGtin(gtin));

    [Fact]
    public void Every_single_wrong_digit_is_found()
    {
        const string right = "05412345000013";
        for (var place = 0; place < right.Length; place++)
            for (var digit = '0'; digit <= '9'; digit++)
                if (digit != right[place]) Assert.False(Gs1.IsGtin(right[..place] + digit + right[(place + 1)..]));
    }

    [Fact]
    public void A_serial_has_1_to_20_signs_of_set_82()
    {
        const string set = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
        Assert.Equal(82, set.Length);
        for (var sign = 0; sign < 256; sign++) Assert.Equal(set.Contains((char)sign, StringComparison.Ordinal), Gs1.IsSerial(((char)sign).ToString()));
        Assert.True(Gs1.IsSerial(new string('9', 20)));
        Assert.False(Gs1.IsSerial(new string('9', 21)));
        Assert.False(Gs1.IsSerial(""));
    }

    [Theory]
    [InlineData("1", 1UL)]
    [InlineData("999999999999999999", 999_999_999_999_999_999UL)]
    [InlineData("1000000000000000000", null)]
    [InlineData("0", null)]
    [InlineData("01", null)]
    [InlineData("1A", null)]
    [InlineData("", null)]
    public void Serials_of_digits_without_a_zero_in_front_count(string serial, ulong? number) => Assert.Equal(number, Gs1.Counting(serial));

    [Fact]
    public void No_two_serials_have_one_key_and_keys_are_in_the_order_of_the_signs()
    {
        string[] serials = ["!", "1", "10", "100000000", "2", "A", "AA", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAB", "AB", "a"];
        var keys = Array.ConvertAll(serials, serial => new Sgtin("05412345000013", serial).Key);
        for (var each = 1; each < keys.Length; each++)
            Assert.True((keys[each - 1].First, keys[each - 1].Next, keys[each - 1].Last).CompareTo((keys[each].First, keys[each].Next, keys[each].Last)) < 0, serials[each]);
        Assert.Throws<InvalidOperationException>(() => new Sgtin("05412345000013", "").Key);
    }
}
