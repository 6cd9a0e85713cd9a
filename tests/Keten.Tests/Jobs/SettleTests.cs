using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Tests.Jobs;

public sealed class SettleTests(Settled settled) : IClassFixture<Settled>
{
    [Fact]
    public void Good_rows_are_settled_and_bad_ones_named_by_line_and_reason()
    {
        var report = settled.Report;
        Assert.Equal(4, report.Sessions);
        Assert.Equal(44_625, report.WattHours);
        Assert.Equal([(5, "WrongColumns"), (6, "NotATime"), (7, "EndBeforeBegin")], report.Refused.Select(row => (row.Line, row.Reason)));
        Assert.False(report.Holds);
    }

    [Fact]
    public void Each_session_is_rounded_half_even_once() => Assert.Equal("8.92", settled.Report.Settled);        // 5.00 + 2.50 + 0.00 + 1.425, which is 1.42

    [Fact]
    public void All_accounts_add_up_to_nothing_as_the_records_of_the_state_tree_say()
    {
        Assert.Equal("0.00", settled.Report.AccountsSum);
        Assert.Equal(4, settled.Report.State.Accounts);     // issuer, two drivers, operator
        Assert.All(settled.Report.State.Sums.Values, sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void A_process_with_receipts_and_genesis_alone_accepts_each_and_none_with_a_flipped_bit() => Assert.Equal(new ReceiptCount(4, 4), settled.Report.Receipts);

    [Fact]
    public void Two_sessions_at_one_time_are_at_two_connectors_of_their_station()
    {
        var text = Settled.Header + "b,1,0015-03-02 11:00:00,0015-03-02 13:00:00,u,st,l\na,1,0015-03-02 10:00:00,0015-03-02 12:00:00,u,st,l\nc,1,0015-03-02 12:00:00,0015-03-02 14:00:00,u,st,l\n";
        Assert.Equal([("a", "st-1"), ("b", "st-2"), ("c", "st-1")], SessionFile.Read(new StringReader(text)).Sessions.Select(each => (each.Session.Id, each.Meter)));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() => SettleJob.RunAsync(settled.Folder, new SessionFile([], []), System.Text.Encoding.UTF8.GetBytes(Settled.Tariff)));
        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
    }

    [DataFact]
    public async Task A_slice_of_the_published_sessions_settles_whole()
    {
        var folder = Directory.CreateTempSubdirectory("keten-slice-");
        try
        {
            var lines = await File.ReadAllLinesAsync(Data.Path("ev-sessions", "workplace_sessions_A.csv"));
            var file = SessionFile.Read(new StringReader(string.Join('\n', lines.Take(31))));
            var report = await SettleJob.RunAsync(
                new SettleFolder(Path.Combine(folder.FullName, "data")), file, await File.ReadAllBytesAsync(Data.Path("tou-tariffs", "sce_tou_ev_4_march_2019.json")));
            Assert.True(report.Holds);
            Assert.Equal(30, report.Sessions);
            Assert.Equal(4, report.DemandCharges.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_main_job_over_HTTP_holds()
    {
        using var output = new StringWriter();
        Assert.Equal(Exit.Ok, await Keten.Cli.Program.RunAsync(["run", "--check", "--json"], output, TextWriter.Null));
        var result = JsonNode.Parse(output.ToString().TrimEnd().Split('\n')[^1])!;
        Assert.Equal((CheckRun.Sessions, 1), (result["sessions"]!.GetValue<int>(), result["refused"]!.AsArray().Count));
        Assert.Equal((CheckRun.Sessions + 3, 5), (result["receiptsVerified"]!.GetValue<int>(), result["traced"]!.GetValue<int>()));
    }
}
