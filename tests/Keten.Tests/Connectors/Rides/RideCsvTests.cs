using Keten.Connectors.Rides;

namespace Keten.Tests.Connectors;

public sealed class RideCsvTests
{
    private const string Header = "pickup,dropoff,passengers,fare,tip,tolls,total\n";

    [Fact]
    public void A_row_is_read_to_the_cent_and_to_the_second()
    {
        var row = Assert.Single(Read(Header + "2019-03-23 20:21:09,2019-03-23 20:27:24,1,7.0,2.15,0,12.95\n"));
        Assert.Equal((2, RideRefusal.None), (row.Line, row.Refusal));
        Assert.Equal(new TaxiRide(new(1_553_372_469), new(1_553_372_844), 700, 215, 0, 1_295), row.Ride);
    }

    [Fact]
    public void The_commissions_own_names_are_known_and_columns_stand_in_any_order() =>
        Assert.Equal(1_295, Assert.Single(Read("total_amount,tolls_amount,tip_amount,fare_amount,tpep_dropoff_datetime,tpep_pickup_datetime\n12.95,0,2.15,7,2019-03-23 20:27:24,2019-03-23 20:21:09")).Ride!.Total);

    [Theory]
    [InlineData("2019-03-23 20:21:09,2019-03-23 20:27:24,1,7,2,0", RideRefusal.WrongColumns)]
    [InlineData("2019-02-30 20:21:09,2019-03-23 20:27:24,1,7,2,0,9", RideRefusal.NotATime)]
    [InlineData("2019-03-23 20:21:09,20:27,1,7,2,0,9", RideRefusal.NotATime)]
    [InlineData("2019-03-23 20:21:09,2019-03-23 20:27:24,1,7.001,2,0,9", RideRefusal.NotAnAmount)]
    [InlineData("2019-03-23 20:21:09,2019-03-23 20:27:24,1,7,,0,9", RideRefusal.NotAnAmount)]
    [InlineData("2019-03-23 20:21:09,2019-03-23 20:27:24,1,7,2,free,9", RideRefusal.NotAnAmount)]
    [InlineData("2019-03-23 20:21:09,2019-03-23 20:27:24,1,7,2,0,10000000.01", RideRefusal.NotAnAmount)]
    public void A_bad_row_is_named_with_its_reason_and_reading_goes_on(string bad, RideRefusal because)
    {
        var rows = Read(Header + bad + "\n\n2019-03-23 20:21:09,2019-03-23 20:27:24,1,-7,2,0,-5\n");
        Assert.Equal([(2, because), (4, RideRefusal.None)], rows.Select(row => (row.Line, row.Refusal)));
        Assert.Equal(-500, rows[1].Ride!.Total);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pickup,dropoff,fare,tip,tolls\n")]
    [InlineData("pickup,dropoff,fare,fare_amount,tip,tolls,total\n")]
    public void A_file_without_its_columns_is_not_read(string text) => Assert.Equal(RideRefusal.NoHeader, Assert.Single(Read(text)).Refusal);

    [Fact]
    public void A_line_that_is_too_long_is_not_held() =>
        Assert.Equal(RideRefusal.TooLong, Assert.Single(Read(Header + new string('1', 5_000) + "\n")).Refusal);

    private static List<RideRow> Read(string text) => [.. RideCsv.Read(new StringReader(text))];
}
