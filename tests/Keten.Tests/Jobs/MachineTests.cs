using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>The demonstration of a machine that is paid by use, and the rows that it works by.</summary>
public sealed class MachineTests
{
    private const string Header = "UDI,Product ID,Type,Air temperature [K],Process temperature [K],Rotational speed [rpm],Torque [Nm],Tool wear [min],Machine_failure,TWF,HDF,PWF,OSF,RNF";

    [DataFact]
    public async Task A_machine_is_paid_by_its_rows_to_the_cent()
    {
        using var shell = new Shell();
        var (exit, json) = await shell.JsonAsync("demo", "machine", "--check", "--rows", Data.Path("machine-ai4i", "ai4i2020_1-5000.csv"));
        Assert.True(exit == Exit.Ok, json.ToJsonString());
        Assert.Equal((5, 5_000, 213.98m, "0.00", "0.00"), ((int)json["months"]!, (int)json["pieces"]!, (decimal)json["hours"]!, (string)json["accountsSum"]!, (string)json["owed"]!));
        Assert.Equal(["The reading of that number has been counted already.", "The counter shows less of something, or an earlier time, than in its last reading."], json["refused"]!.AsArray().Select(Reason));
        Assert.Equal("2400.00", (string)json["toBank"]!);
        Assert.True((int)json["services"]! > 50 && (int)json["receiptsVerified"]! > 290, json.ToJsonString());

        static string Reason(JsonNode? refused) => (string)refused!["reason"]!;
    }

    [Fact]
    public async Task Where_there_are_no_rows_it_says_so()
    {
        using var shell = new Shell();
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("demo", "machine", "--check", "--rows", shell["none.csv"])).Exit);
        File.WriteAllText(shell["other.csv"], "a,b\n1,2\n");
        var (exit, json) = await shell.JsonAsync("demo", "machine", "--check", "--rows", shell["other.csv"]);
        Assert.Equal(Exit.Usage, exit);
        Assert.Contains("Tool wear [min]", (string)json["error"]!, StringComparison.Ordinal);
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("demo", "machine", "--rows", shell["other.csv"])).Exit);
    }

    [Fact]
    public void Rows_are_pieces_with_wear_torque_and_failures()
    {
        var rows = Read("1,M1,M,298.1,308.6,1551,42.8,0,0,0,0,0,0,0", "2,L2,L,298.2,308.7,1408,46.3,3,1,0,0,0,0,0\r");
        Assert.Equal([new MachineRow(0, 42.8m, false), new MachineRow(3, 46.3m, true)], rows);
        Assert.Equal(138u, rows[1].Strain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,M1,M,298.1")]
    [InlineData("1,M1,M,298.1,308.6,1551,x,0,0,0,0,0,0,0")]
    [InlineData("1,M1,M,298.1,308.6,1551,42.8,-1,0,0,0,0,0,0")]
    [InlineData("1,M1,M,298.1,308.6,1551,42.8,0.5,0,0,0,0,0,0")]
    [InlineData("1,M1,M,298.1,308.6,1551,42.8,10001,0,0,0,0,0,0")]
    [InlineData("1,M1,M,298.1,308.6,1551,42.8,0,2,0,0,0,0,0")]
    public void What_is_no_row_is_refused(string line) => Assert.Throws<FormatException>(() => Read(line));

    [Fact]
    public void A_shift_ends_with_its_pieces_or_its_tool()
    {
        var rows = Enumerable.Range(0, 30).Select(each => new MachineRow((uint)each * 2, 10, each == 3)).Concat([new MachineRow(0, 90, false), new MachineRow(3, 90, true)]).ToList();
        Assert.Equal([new MachineShift(25, 48, 1, 48, 480, false), new MachineShift(5, 10, 0, 58, 580, true), new MachineShift(2, 3, 1, 3, 270, false)], MachineShift.Of(rows));
    }

    private static IReadOnlyList<MachineRow> Read(params string[] lines) => MachineRows.Read(new StringReader(Header + "\n" + string.Join('\n', lines) + "\n"));
}
