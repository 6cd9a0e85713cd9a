using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;

namespace Keten.Tests.Connectors.Sepa;

public sealed class IbanTests
{
    [DataFact]
    public void The_registrys_examples_are_taken_and_those_with_another_digit_are_not()
    {
        var vectors = JsonNode.Parse(File.ReadAllText(Data.Path("iban", "iban.json")))!;
        var valid = vectors["valid"]!.AsArray().Select(each => (string)each!["example"]!).ToArray();
        var invalid = vectors["invalid"]!.AsArray().Select(each => each is JsonObject entry ? (string)entry["example"]! : (string)each!).ToArray();
        Assert.True(valid.Length > 40 && invalid.Length > 40);
        Assert.All(valid, text => Assert.NotNull(Iban.Read(text, out _)));
        Assert.All(invalid, text => Assert.Null(Iban.Read(text, out _)));
    }

    [Theory]
    [InlineData("NL91ABNA0417164300", IbanFault.None)]
    [InlineData("nl91 abna 0417 1643 00", IbanFault.None)]
    [InlineData("DE89370400440532013000", IbanFault.None)]
    [InlineData("FR1420041010050500013M02606", IbanFault.None)]
    [InlineData("MT84MALT011000012345MTLCAST001S", IbanFault.None)]
    [InlineData("BR1800360305000010009795493C1", IbanFault.None)]
    [InlineData("SC18SSCB11010000000000001497USD", IbanFault.None)]
    [InlineData("UA213223130000026007233566001", IbanFault.None)]
    [InlineData("EG380019000500000000263180002", IbanFault.None)]
    [InlineData("CH9300762011623852957", IbanFault.None)]
    [InlineData("LC55HEMM000100010012001200023015", IbanFault.None)]
    [InlineData("NL91ABNA0417164301", IbanFault.WrongCheckDigits)]
    [InlineData("NL19ABNA0417164300", IbanFault.WrongCheckDigits)]
    [InlineData("NL91ABNA041716430", IbanFault.WrongLength)]
    [InlineData("NL91ABN10417164300", IbanFault.WrongStructure)]
    [InlineData("NLX1ABNA0417164300", IbanFault.WrongStructure)]
    [InlineData("US91ABNA0417164300", IbanFault.UnknownCountry)]
    [InlineData("NL91-ABNA-0417-1643-00", IbanFault.NotAnIban)]
    [InlineData("", IbanFault.NotAnIban)]
    [InlineData(null, IbanFault.NotAnIban)]
    public void Each_fault_is_named(string? text, IbanFault fault)
    {
        var read = Iban.Read(text, out var found);
        Assert.Equal(fault, found);
        Assert.Equal(fault == IbanFault.None, read is not null);
    }

    [Fact]
    public void A_text_as_long_as_a_book_is_no_iban() => Assert.Null(Iban.Read("NL91" + new string('0', 1 << 20), out _));

    [Fact]
    public void It_is_printed_in_fours() => Assert.Equal("NL91 ABNA 0417 1643 00", Iban.Parse("NL91ABNA0417164300").Printed);

    [Fact]
    public void Check_digits_find_each_wrong_digit_and_each_two_that_changed_places() => Prop.ForAll(Gen.Choose(0, 999_999_999).ToArbitrary(), account =>
    {
        var body = $"ABNA{account:0000000000}";
        var rest = SepaIdentifiers.Mod97("NL00", 0, 4, SepaIdentifiers.Mod97(body, 0, body.Length, 0));
        var iban = $"NL{98 - rest:00}{body}";
        if (Iban.Read(iban, out _) is null) return false;
        for (var at = 2; at < iban.Length; at++)
        {
            if (!char.IsAsciiDigit(iban[at])) continue;
            for (var digit = '0'; digit <= '9'; digit++)
                if (digit != iban[at] && Iban.Read(iban[..at] + digit + iban[(at + 1)..], out _) is not null) return false;
            if (at + 1 < iban.Length && char.IsAsciiDigit(iban[at + 1]) && iban[at] != iban[at + 1] && Iban.Read(iban[..at] + iban[at + 1] + iban[at] + iban[(at + 2)..], out _) is not null) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("DE98ZZZ09999999999", true)]
    [InlineData("DE98ABC09999999999", true)]
    [InlineData("AT61ZZZ01234567890", true)]
    [InlineData("NL50ZZZ123456780001", false)]
    [InlineData("DE97ZZZ09999999999", false)]
    [InlineData("DE98ZZZ", false)]
    [InlineData("de98ZZZ09999999999", false)]
    [InlineData("D998ZZZ09999999999", false)]
    [InlineData("DE98ZZZ0999999999-", false)]
    public void A_creditors_identifier_has_its_check_digits_and_the_business_code_does_not_count(string text, bool good) => Assert.Equal(good, SepaIdentifiers.IsCreditorId(text));

    [Theory]
    [InlineData("ABNANL2A", true)]
    [InlineData("ABNANL2AXXX", true)]
    [InlineData("ABNANL2AXX", false)]
    [InlineData("ABNA112A", false)]
    [InlineData("abnanl2a", false)]
    public void A_bic_has_its_form(string text, bool good) => Assert.Equal(good, Bic.IsWellFormed(text));

    [Theory]
    [InlineData("Müller & Söhne GmbH", "Muller + Sohne GmbH")]
    [InlineData("Škoda  Łódź\t„Straße“", "Skoda Lodz .Strasse.")]
    [InlineData("  x  ", "x")]
    [InlineData("日本", "..")]
    public void A_name_is_written_in_the_signs_of_every_bank(string text, string plain) => Assert.Equal(plain, SepaText.Plain(text, 70));

    [Fact]
    public void Whatever_is_written_comes_out_in_those_signs_and_no_longer() => Prop.ForAll<string?, int>((text, most) =>
    {
        var plain = SepaText.Plain(text ?? "", Math.Abs(most % 80));
        return plain.Length <= Math.Abs(most % 80) && plain.All(SepaIdentifiers.IsCharacter) && !plain.EndsWith(' ') && SepaText.Plain(plain, 80) == plain;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_account_is_read_from_its_document_and_from_no_other()
    {
        var account = BankAccount.Of("Ada Lovelace", "NL91 ABNA 0417 1643 00", "ABNANL2A");
        Assert.Equal(account, BankAccount.FromBytes(account.ToBytes()));
        Assert.Null(BankAccount.FromBytes(BankAccount.Of("Ada", "NL91ABNA0417164300", null).ToBytes()).Bic);
        foreach (var bad in new[] { "", "[]", "{", "{\"name\":\"Ada\"}", "{\"name\":1,\"iban\":2}", "{\"name\":\"Ada\",\"iban\":\"NL91\"}", "{\"name\":\"\",\"iban\":\"NL91ABNA0417164300\"}", new string(' ', 5_000) })
            Assert.Throws<FormatException>(() => BankAccount.FromBytes(System.Text.Encoding.UTF8.GetBytes(bad)));
        Assert.Throws<FormatException>(() => BankAccount.Of("Ada", "NL91ABNA0417164300", "abna"));
    }
}
