using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Tests.Jobs;

public sealed class RidesTests
{
    private const string Rows = """
        pickup,dropoff,fare,tip,tolls,total
        2019-03-23 20:21:09,2019-03-23 20:27:24,7.0,2.15,0.0,12.95
        2019-03-04 16:11:55,2019-03-04 16:19:00,10.03,0,5.76,19.09
        2019-03-04 16:11:55,2019-03-04 16:19:00,-10.03,0,0,-13.33
        2019-03-04 16:11:55,2019-03-04 16:19:00,10,0,0,9.99
        2019-03-04 16:11:55,2019-03-04 16:10:00,10,0,0,10
        2019-03-04 16:11:55,2019-03-04 16:19:00,ten,0,0,10
        """;

    [Fact]
    public async Task Each_ride_is_paid_and_divided_and_what_makes_no_sense_is_refused_with_its_reason() => await InFolderAsync(async path =>
    {
        var report = await RidesJob.RunAsync(new SettleFolder(path), [("one.csv", new StringReader(Rows))]);
        Assert.Equal((2, 1_703L, 215L, 576L, 710L), (report.Rides, report.Fares, report.Tips, report.Tolls, report.Surcharges));
        Assert.Equal((3_204L, 3_204L - 1_333 + 999 + 1_000), (report.Total, report.FileTotal));
        // A quarter of each fare, rounded down: 1.75 and 2.50.
        Assert.Equal(new RideBalances(1_703 - 425 + 215, 425, 576, 710, 999 + 1_000), report.Balances);
        Assert.Equal((true, false), (report.Balanced, report.Holds));
        Assert.Equal([4, 5, 6, 7], report.Refused.Select(row => row.Line).Order());
        Assert.Equal("NotAnAmount", Assert.Single(report.Refused, row => row.Line == 7).Reason);
        Assert.Contains("refund", Assert.Single(report.Refused, row => row.Line == 4).Reason, StringComparison.Ordinal);
        Assert.Contains("more than the total", Assert.Single(report.Refused, row => row.Line == 5).Reason, StringComparison.Ordinal);
        Assert.Contains("before it begins", Assert.Single(report.Refused, row => row.Line == 6).Reason, StringComparison.Ordinal);
        Assert.All(report.State.Sums.Values, sum => Assert.Equal(0, sum));
        Assert.Equal(new ReceiptCount(2, 2), report.Receipts);
    });

    [DataFact]
    public async Task A_slice_of_the_published_rides_comes_to_the_files_total() => await InFolderAsync(async path =>
    {
        var lines = await File.ReadAllLinesAsync(Data.Path("rides-nyc-taxi", "taxis_odd.csv"));
        Directory.CreateDirectory(path);
        var (one, two) = (Path.Combine(path, "one.csv"), Path.Combine(path, "two.csv"));
        await File.WriteAllLinesAsync(one, lines.Take(41));
        await File.WriteAllLinesAsync(two, lines.Take(1).Concat(lines.Skip(41).Take(20)));
        using var output = new StringWriter();
        Assert.Equal(Exit.Ok, await Keten.Cli.Program.RunAsync(["rides", "settle", "--rides", one, two, "--json"], output, TextWriter.Null));
        var report = JsonNode.Parse(output.ToString().TrimEnd().Split('\n')[^1])!.AsObject();
        Assert.Equal((60, 60, 60), ((int)report["rides"]!, (int)report["receiptsVerified"]!, (int)report["flippedRejected"]!));
        Assert.Equal((string)report["fileTotal"]!, (string)report["total"]!);
        Assert.Equal("0.00", (string)report["accountsSum"]!);
        Assert.Empty(report["refused"]!.AsArray());
        Assert.Equal(
            ["rides", "fares", "tips", "tolls", "surcharges", "total", "fileTotal", "currency", "refused", "accounts", "accountsSum", "receiptsVerified", "flippedRejected", "seconds"],
            report.Select(key => key.Key));
    });

    private static async Task InFolderAsync(Func<string, Task> test)
    {
        var folder = Directory.CreateTempSubdirectory("keten-rides-");
        try
        {
            await test(Path.Combine(folder.FullName, "data"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
