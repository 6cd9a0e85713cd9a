using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Ocpi;

public class Zones
{
    [Fact]
    public void A_zone_s_shifts_become_offsets_to_the_second()
    {
        // A zone written out here, so that no host's table decides the test: an hour ahead, two from the last Sunday of March to that of October, both at
        // 01:00 UTC.
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new DateTime(2000, 1, 1), new DateTime(2099, 12, 31), TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday));
        var zone = TimeZoneInfo.CreateCustomTimeZone("Here", TimeSpan.FromHours(1), null, null, null, [summer]);
        var offsets = ZoneOffsets.Of(zone, At(2026, 1, 1, 0), At(2027, 1, 1, 0));
        Assert.Equal(new Many<ZoneOffset>(new(default, 3_600), new(At(2026, 3, 29, 1), 7_200), new(At(2026, 10, 25, 1), 3_600)), offsets);
        Assert.Throws<ArgumentOutOfRangeException>(() => ZoneOffsets.Of(zone, At(2026, 1, 1, 0), At(2025, 1, 1, 0)));
    }

    private static Instant At(int year, int month, int day, int hour) =>
        new(new DateTimeOffset(year, month, day, hour, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
}
