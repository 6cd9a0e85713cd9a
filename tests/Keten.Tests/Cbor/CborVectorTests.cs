using System.Text.Json;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Cbor;

public sealed class CborVectorTests
{
    // What RFC 8949 allows and Keten's formats do not use: floats, indefinite lengths, simple values but false, true and null.
    private static readonly HashSet<string> Unused =
    [
        "f90000", "f93c00", "f93e00", "fa47c35000", "fb7e37e43c8800759c", "f90400", "fbc010666666666666", "f97e00", "fa7f800000", "faff800000", "fb7ff8000000000000",
        "f0", "f8ff", "7f657374726561646d696e67ff", "9f018202039f0405ffff", "83018202039f0405ff", "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
        "826161bf61626163ff",
    ];

    [DataFact]
    public void Every_deterministic_example_of_the_RFC_is_read_and_written_the_same_and_all_others_are_refused()
    {
        var (read, refused) = (0, 0);
        foreach (var hex in Items("appendix_a_even.json"))
        {
            var bytes = Convert.FromHexString(hex);
            if (Unused.Contains(hex))
            {
                Assert.Throws<MalformedException>(() => CborReader.Check(bytes));
                refused++;
                continue;
            }
            CborReader.Check(bytes);
            read++;
            var writer = new CborWriter();
            var reader = new CborReader(bytes);
            // −2⁶⁴ is one item like any other, but no number that Keten counts with.
            if (hex == "3bffffffffffffffff") continue;
            Rewrite.Item(ref reader, writer);
            Assert.Equal(hex, Convert.ToHexStringLower(writer.Written));
        }
        Assert.Equal(Unused.Count, refused);
        Assert.True(read > 20);
    }

    [DataFact]
    public void Every_malformed_example_is_refused()
    {
        var items = Items("fail_even.json");
        Assert.NotEmpty(items);
        foreach (var hex in items) Assert.Throws<MalformedException>(() => CborReader.Check(Convert.FromHexString(hex)));
    }

    private static List<string> Items(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Data.Path("cbor", file)));
        return [.. json.RootElement.EnumerateArray().Select(item => item.GetProperty("hex").GetString()!)];
    }
}
