using Keten.Connectors.Sessions;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Sessions;

public class SessionFiles
{
    private const string Header = "sessionId,kwhTotal,dollars,created,ended,userId,stationId,locationId\n";

    [DataFact]
    public void The_published_file_has_1539_sessions_and_9076_46_kWh()
    {
        using var text = File.OpenText(Data.Path("ev-sessions", "workplace_sessions_A.csv"));
        var rows = SessionCsv.Read(text).ToList();
        Assert.Equal(1_539, rows.Count);
        Assert.All(rows, row => Assert.Equal(SessionRefusal.None, row.Refusal));
        Assert.Equal(9_076_460, rows.Sum(row => row.Session!.WattHours));
        Assert.Equal(Enumerable.Range(2, 1_539), rows.Select(row => row.Line));
        Assert.All(rows, row => Assert.InRange(row.Session!.Begin.Seconds, Year(2014), Year(2016)));
        Assert.Equal(new StationSession("5446583", "366832", "978130", "27283509", new Instant(1_439_898_708), new Instant(1_439_909_048), 6_830),
            rows[0].Session);

        static long Year(int year) => new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    }

    [Theory]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.None)]
    [InlineData("1,0,0,0016-02-29 11:51:48,0016-02-29 11:51:48,u,s,l", SessionRefusal.None)]
    [InlineData("\"1\",\"6.83\",0,2026-08-18 11:51:48,2026-08-18 14:44:08,\"u,\"\"1\",s,l", SessionRefusal.None)]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08", SessionRefusal.WrongColumns)]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l,", SessionRefusal.WrongColumns)]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,\"l", SessionRefusal.WrongColumns)]
    [InlineData("1,6.83,0,0015-02-29 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.NotATime)]
    [InlineData("1,6.83,0,0015-08-18 24:00:00,0015-08-18 14:44:08,u,s,l", SessionRefusal.NotATime)]
    [InlineData("1,6.83,0,0015-13-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.NotATime)]
    [InlineData("1,6.83,0,1815-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.NotATime)]
    [InlineData("1,6.83,0,0015-08-18T11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.NotATime)]
    [InlineData("1,6.83,0,0015-08-18 14:44:08,0015-08-18 11:51:48,u,s,l", SessionRefusal.EndBeforeBegin)]
    [InlineData("1,-0.01,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.NegativeEnergy)]
    [InlineData("1,lots,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.EnergyNotANumber)]
    [InlineData("1,,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.EnergyNotANumber)]
    [InlineData("1,1e3,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.EnergyNotANumber)]
    [InlineData("1,100001,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.EnergyNotANumber)]
    [InlineData("0,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l", SessionRefusal.DuplicateId)]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,,s,l", SessionRefusal.MissingId)]
    [InlineData("1,6.83,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,01234567890123456789012345678901234567890123456789012345678901234,l",
        SessionRefusal.TooLong)]
    public void A_bad_row_is_refused_by_line_and_number_and_reading_goes_on(string row, SessionRefusal refusal)
    {
        const string Before = "0,1,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l\r\n", After = "2,1,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l";
        var rows = Read(Header + Before + row + "\n\n" + After).ToList();
        Assert.Equal([(2, SessionRefusal.None), (3, refusal), (5, SessionRefusal.None)], rows.Select(read => (read.Line, read.Refusal)));
        Assert.All(rows, read => Assert.Equal(read.Refusal == SessionRefusal.None, read.Session is not null));
    }

    [Theory]
    [InlineData("0.0005", 0)]
    [InlineData("0.0015", 2)]
    [InlineData("0.00051", 1)]
    [InlineData("23.68", 23_680)]
    public void Energy_is_exact_and_finer_than_a_watt_hour_rounded_to_even(string kWh, long wattHours) =>
        Assert.Equal(wattHours, Read(Header + $"1,{kWh},0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l").Single().Session!.WattHours);

    [Theory]
    [InlineData("")]
    [InlineData("sessionId,kwhTotal,created,ended,userId,stationId\n")]
    [InlineData("sessionId,sessionId,kwhTotal,created,ended,userId,stationId,locationId\n1")]
    public void A_file_without_its_header_is_refused_at_once(string text) => Assert.Equal([new SessionRow(1, null, SessionRefusal.NoHeader)], Read(text));

    [Fact]
    public void A_line_of_any_length_is_skipped_in_bounded_memory()
    {
        var rows = Read(Header + new string('x', 1_000_000) + "\n1,1,0,0015-08-18 11:51:48,0015-08-18 14:44:08,u,s,l").ToList();
        Assert.Equal([SessionRefusal.TooLong, SessionRefusal.None], rows.Select(row => row.Refusal));
    }

    private static IEnumerable<SessionRow> Read(string text) => SessionCsv.Read(new StringReader(text));
}
