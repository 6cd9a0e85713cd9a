using System.Text.Json;
using Keten.Connectors.Ocpi;
using Keten.Connectors.Schedules;
using Keten.Connectors.Sessions;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Sessions;

/// <summary>The published sessions under the published time-of-use prices, against a recount that shares no code with the engine.</summary>
public class Settlement
{
    private static readonly OcpiUnits Dollars = new("USD", new Unit(1), 2, new Unit(2));

    [DataTheory]
    [InlineData("sce_tou_ev_4_march_2019.json", 785, "1374.14")]
    [InlineData("sce_tou_ev_8_june_2019.json", 411, "1903.24")]
    public void Every_session_settles_to_the_cent_of_an_independent_recount(string schedule, int crossing, string settled)
    {
        var (terms, recount) = (Schedule(schedule).Terms, new Recount(schedule));
        var (total, again, crossed, sessions) = (0L, 0m, 0, Sessions());
        foreach (var session in sessions)
        {
            var points = Points(terms, session);
            var (outcome, priced) = TariffPricing.Price(terms, points);
            Assert.Equal(PricingOutcome.Priced, outcome);
            var (cents, changes) = recount.Of(session);
            Assert.Equal(cents, priced!.ExclVat.Minor);
            Assert.Equal(priced.ExclVat, priced.InclVat);
            Assert.All(priced.Lines, line => Assert.Equal(0, line.Volume % 1_000_000));
            total += priced.ExclVat.Minor;
            again += cents;
            if (points.Length > 2) crossed++;
            Assert.Equal(changes, points.Length - 2);
            if (session.WattHours == 0) Assert.Equal(0, priced.ExclVat.Minor);
        }
        Assert.Equal(1_539, sessions.Count);
        Assert.Equal(again, total);
        Assert.Equal((crossing, settled), (crossed, (total / 100m).ToString("0.00")));
    }

    [DataFact]
    public void Of_the_822_sessions_that_pass_an_hour_of_the_schedule_37_pass_it_on_a_weekend_where_no_price_changes()
    {
        var passing = Sessions().Where(session => ((int[])[0, 8, 12, 18, 23]).Any(hour => Next(session.Begin, hour) < session.End)).ToList();
        Assert.Equal(822, passing.Count);
        Assert.Equal(37, passing.Count(session => Points(Schedule("sce_tou_ev_4_march_2019.json").Terms, session).Length == 2));

        static Instant Next(Instant begin, int hour)
        {
            var at = new Instant(begin.DayNumber * Instant.Day + hour * 3_600);
            return at > begin ? at : at.PlusDays(1);
        }
    }

    [DataFact]
    public void The_demand_charge_is_reported_and_not_charged()
    {
        var schedule = Schedule("sce_tou_ev_4_march_2019.json");
        Assert.Equal(["Summer-Weekday", "Summer-Weekend", "Winter-Weekday", "Winter-Weekend"], schedule.DemandCharges.Select(charge => charge.Season));
        Assert.All(schedule.DemandCharges, charge => Assert.Equal(15.51m, charge.PerKw));
        Assert.Equal(("SCE TOU-EV-4", new DateOnly(2019, 3, 1), 12), (schedule.Name, schedule.Effective, schedule.Terms.Elements.Count));
        Assert.Empty(Schedule("sce_tou_ev_8_june_2019.json").DemandCharges);
    }

    [DataFact]
    public void A_schedule_survives_being_written_as_an_OCPI_tariff()
    {
        var terms = Schedule("sce_tou_ev_4_march_2019.json").Terms;
        var tariff = new OcpiTariff("US", "SCE", "TOU-EV-4", "USD", null, [], null, null, new Instant(1_551_398_400), terms);
        var read = OcpiTariffReader.Read(OcpiTariffWriter.Write(tariff), Dollars);
        Assert.Equal(terms, read.Value!.Terms);
        Assert.Empty(read.Ignored);
    }

    private static MeterPoint[] Points(TariffTerms terms, StationSession session)
    {
        Assert.Equal(PricingOutcome.Priced, TariffClock.Boundaries(terms, session.Begin, session.End, out var changes));
        Unit energy = new(2);
        return [.. changes.Prepend(session.Begin).Append(session.End)
            .Select(at => new MeterPoint(at, EvenSpread.At(session.Begin, session.End, energy.Of(0), energy.Of(session.WattHours), at)))];
    }

    private static List<StationSession> Sessions()
    {
        using var text = File.OpenText(Data.Path("ev-sessions", "workplace_sessions_A.csv"));
        return [.. SessionCsv.Read(text).Select(row => row.Session!)];
    }

    private static TouSchedule Schedule(string name)
    {
        var read = TouScheduleReader.Read(File.ReadAllBytes(Data.Path("tou-tariffs", name)), Dollars);
        Assert.Empty(read.Faults);
        return read.Value!;
    }

    /// <summary>
    /// Second by second, in decimals: the price of each second is looked up in the file; where it differs from that of the second before, the register stands
    /// at
    /// begin + energy × elapsed ÷ duration, rounded down to a whole Wh; what it counted since the last change is charged at the price until then.
    /// </summary>
    private sealed class Recount(string schedule)
    {
        private readonly JsonElement entries = JsonDocument.Parse(File.ReadAllBytes(Data.Path("tou-tariffs", schedule))).RootElement.GetProperty("schedule");
        private (long Minute, decimal Price) last = (-1, 0);

        public (decimal Cents, int Changes) Of(StationSession session)
        {
            var (cost, register, price, changes) = (0m, 0m, PriceAt(session.Begin.Seconds), 0);
            var duration = session.End.Seconds - session.Begin.Seconds;
            for (var elapsed = 1L; elapsed < duration; elapsed++)
            {
                var now = PriceAt(session.Begin.Seconds + elapsed);
                if (now == price) continue;
                var signed = Math.Floor((decimal)session.WattHours * elapsed / duration);
                cost += (signed - register) * price;
                (register, price, changes) = (signed, now, changes + 1);
            }
            cost += (session.WattHours - register) * price;
            return (Math.Round(cost / 1_000m * 100m, MidpointRounding.ToEven), changes);
        }

        private decimal PriceAt(long second)
        {
            if (last.Minute != second / 60) last = (second / 60, Lookup(DateTimeOffset.FromUnixTimeSeconds(second / 60 * 60).DateTime));
            return last.Price;
        }

        private decimal Lookup(DateTime now)
        {
            foreach (var entry in entries.EnumerateArray())
            {
                var (from, until) = (Day(entry, "effective_start"), Day(entry, "effective_end"));
                var today = now.Month * 100 + now.Day;
                if (from <= until ? today < from || today > until : today < from && today > until) continue;
                var weekend = now.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
                if (entry.GetProperty("dow_mask").GetString() is var mask && (mask == "WEEKDAYS" && weekend || mask == "WEEKENDS" && !weekend)) continue;
                var price = 0m;
                foreach (var (hour, tariff) in entry.GetProperty("times").EnumerateArray().Zip(entry.GetProperty("tariffs").EnumerateArray()))
                    if (now.TimeOfDay.TotalHours >= hour.GetDouble()) price = tariff.GetDecimal();
                return price;
            }
            throw new InvalidOperationException("No price at " + now.ToString("s"));
        }

        private static int Day(JsonElement entry, string name)
        {
            var parts = entry.GetProperty(name).GetString()!.Split('-');
            return int.Parse(parts[0]) * 100 + int.Parse(parts[1]);
        }
    }
}
