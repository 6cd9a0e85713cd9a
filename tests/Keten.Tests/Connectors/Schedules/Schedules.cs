using System.Text;
using Keten.Connectors.Json;
using Keten.Connectors.Schedules;
using Keten.Tests.Tariffs;

namespace Keten.Tests.Connectors.Schedules;

public class Schedules
{
    private const string Good = """
        {"name":"N","effective":"2019-3-1","schedule":[{"id":"A","effective_start":"10-01","effective_end":"5-31","dow_mask":"ALL","times":[0,6.5],"tariffs":[0.12345,1e-1],"demand_charge":0}]}
        """;

    [Fact]
    public void Half_hours_and_five_decimals_are_carried_exactly()
    {
        var schedule = Read(Good).Value!;
        Assert.Equal([123_450L, 100_000], schedule.Terms.Elements.Select(element => element.Components[0].Price));
        Assert.Equal([(0, 390), (390, 0)], schedule.Terms.Elements.Select(element =>
            (element.Restrictions!.StartTime!.Value, element.Restrictions.EndTime!.Value)));
        Assert.Equal(new(1001, 531), schedule.Terms.Elements[0].Restrictions!.Season);
        Assert.Empty(schedule.DemandCharges);
    }

    [Theory]
    [InlineData("[0,6.5]", "[1,6.5]", "schedule[0].times", JsonFaultReason.Inconsistent)]
    [InlineData("[0,6.5]", "[0]", "schedule[0].times", JsonFaultReason.Inconsistent)]
    [InlineData("[0,6.5]", "[0,0]", "schedule[0].times", JsonFaultReason.OutOfRange)]
    [InlineData("[0,6.5]", "[0,24]", "schedule[0].times", JsonFaultReason.OutOfRange)]
    [InlineData("[0,6.5]", "[0,6.501]", "schedule[0].times[1]", JsonFaultReason.TooFine)]
    [InlineData("[0,6.5]", "[0,\"6\"]", "schedule[0].times[1]", JsonFaultReason.WrongType)]
    [InlineData("1e-1", "1e-7", "schedule[0].tariffs[1]", JsonFaultReason.TooFine)]
    [InlineData("1e-1", "1e99", "schedule[0].tariffs[1]", JsonFaultReason.OutOfRange)]
    [InlineData("1e-1", "-1", "schedule", JsonFaultReason.OutOfRange)]
    [InlineData("ALL", "SOME", "schedule[0].dow_mask", JsonFaultReason.UnknownValue)]
    [InlineData("10-01", "13-01", "schedule[0].effective_start", JsonFaultReason.NotATime)]
    [InlineData("2019-3-1", "2019-2-30", "effective", JsonFaultReason.NotATime)]
    public void What_cannot_be_carried_is_named_with_its_path(string what, string with, string path, JsonFaultReason reason)
    {
        var read = Read(Good.Replace(what, with));
        Assert.Null(read.Value);
        Assert.Contains(new JsonFault(path, reason), read.Faults);
    }

    private static JsonRead<TouSchedule> Read(string json) => TouScheduleReader.Read(Encoding.UTF8.GetBytes(json), Rig.Euros);
}
