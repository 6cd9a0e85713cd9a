using System.Runtime.CompilerServices;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using Keten.Contracts.Tolls;

namespace Keten.Tests.Contracts;

/// <summary>Each version of each contract against the vector that was recorded when it was made.</summary>
public sealed class VectorTests
{
    public static TheoryData<string> Contracts { get; } = [.. All.Select(contract => contract.Name)];

    private static IEnumerable<Contract> All => [.. BuiltIn.Catalogue.Contracts, Toll.Contents];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Nothing_that_was_recorded_has_changed(string name)
    {
        foreach (var contract in All.Where(contract => contract.Name == name))
        {
            var path = PathOf(contract);
            if (!File.Exists(path)) File.WriteAllText(path + ".new", ContractVector.Record(contract));
            Assert.True(File.Exists(path), $"{path} is not there. A new one has been drawn beside it: look it over, and take the .new off its name.");
            ContractVector.Check(contract, File.ReadAllText(path));
        }
    }

    [Theory]
    [InlineData("\"Unit: Unit\"", "\"Currency: Unit\"")]
    [InlineData("\"clause 2, Ordinary\"", "\"clause 5, Ordinary\"")]
    [InlineData("\"table 1\"", "\"table 2\"")]
    [InlineData("\"NotThisMoney\"", "\"NotThatMoney\"")]
    [InlineData("or of nothing.", "or nothing.")]
    [InlineData("\"Code\": 1", "\"Code\": 7")]
    public void A_change_of_any_number_name_or_sentence_is_found(string recorded, string otherwise)
    {
        var vector = File.ReadAllText(PathOf(EMoney.Contents));
        Assert.Contains(recorded, vector, StringComparison.Ordinal);
        Assert.Throws<StoryException>(() => ContractVector.Check(EMoney.Contents, vector.Replace(recorded, otherwise, StringComparison.Ordinal)));
    }

    private static string PathOf(Contract contract, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "vectors", $"{contract.Name}-{contract.Version}.json");
}
