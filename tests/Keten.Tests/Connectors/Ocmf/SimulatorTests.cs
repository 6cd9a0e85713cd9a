using System.Security.Cryptography;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class SimulatorTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 1, 8, 0, 0, TimeSpan.FromHours(2));

    [Fact]
    public void One_record_a_reading_is_read_and_verified_by_our_reader_and_by_the_base_library_alone()
    {
        using var key = Craft.Key();
        var meter = new MeterSimulator("K-1", key, milliwattHours: 1_500_000, pagination: 41);
        string[] records =
        [
            meter.Begin(Start), meter.Intermediate(Start.AddMinutes(5), 1_000), meter.TariffChange(Start.AddMinutes(15), 250_001),
                meter.End(Start.AddMinutes(40), 0, OcmfTransaction.EndLocal),
        ];
        var spki = key.ExportSubjectPublicKeyInfo();
        Assert.All(records, record => Assert.True(Craft.VerifiesWithoutUs(record, spki)));

        var judge = new OcmfJudge(new OcmfKeys().Add("K-1", meter.PublicKey), OcmfClockDemand.TimeOfDay);
        var verdicts = records.Select(record => judge.Judge(Craft.Record(record), key: null)).ToArray();
        Assert.All(verdicts, verdict => Assert.True(verdict.Admissible));
        Assert.Equal(["T41", "T42", "T43", "T44"], verdicts.Select(verdict => verdict.Document!.Pagination.ToString()));
        Assert.Equal([OcmfTransaction.Begin, OcmfTransaction.Charging, OcmfTransaction.TariffChange, OcmfTransaction.EndLocal],
            verdicts.Select(verdict => verdict.Document!.Readings[0].Transaction));
        Assert.Equal((1500m, 1751.001m, 251_001L), (verdicts[3].BeginWh, verdicts[3].EndWh, OcmfEnergy.MilliwattHours(verdicts[3].EnergyWh)));
        Assert.Equal((1_751_001L, 45L, false), (meter.MilliwattHours, meter.NextPagination, meter.IsCharging));
    }

    [Fact]
    public void A_session_may_be_one_record()
    {
        using var key = Craft.Key();
        var meter = new MeterSimulator("K-2", key);
        var record = meter.Open(Start)
            .Take(OcmfTransaction.Charging, Start.AddMinutes(1), 10).Take(OcmfTransaction.Suspended, Start.AddMinutes(2), 0)
            .Take(OcmfTransaction.TariffChange, Start.AddMinutes(3), 20).End(Start.AddMinutes(4), 12, OcmfTransaction.EndRemote);
        Assert.True(Craft.VerifiesWithoutUs(record, key.ExportSubjectPublicKeyInfo()));
        var verdict = new OcmfJudge().Judge(Craft.Record(record), meter.PublicKey);
        Assert.True(verdict.Admissible);
        Assert.Equal((0m, 0.042m), (verdict.BeginWh, verdict.EnergyWh));
        Assert.Equal("BCSTR", string.Concat(verdict.Document!.Readings.Select(reading => (char)reading.Transaction)));
        Assert.Equal(Start.AddMinutes(4), verdict.Document.Readings[^1].Time.At);
        Assert.Equal("2024-05-01T08:00:00,000+0200 S", verdict.Document.Readings[0].Time.ToString());
    }

    [Fact]
    public void No_user_is_named_and_the_clock_is_worth_what_was_chosen()
    {
        using var key = Craft.Key();
        var meter = new MeterSimulator("K-3", key, clock: OcmfClock.Unknown);
        var record = Craft.Record(meter.Begin(Start));
        Assert.Equal((false, "", "NONE", OcmfClock.Unknown), (record.UserAssigned, record.UserId, record.UserIdType, record.Readings[0].Time.Clock));
        Assert.Equal([OcmfFault.ClockNotSynchronised], new OcmfJudge().Judge(record, meter.PublicKey).Reasons);
    }

    [Fact]
    public void Payloads_depend_on_the_calls_alone()
    {
        using var key = Craft.Key();
        string Payload() => new MeterSimulator("K-4", key).Begin(Start).Split('|')[1];
        Assert.Equal(Payload(), Payload());
    }

    [Fact]
    public void A_meter_refuses_what_no_meter_can_do()
    {
        using var key = Craft.Key();
        var meter = new MeterSimulator("K-5", key, MeterSimulator.MaxRegister - 5);
        Assert.Throws<InvalidOperationException>(() => meter.End(Start, 0));
        Assert.Throws<InvalidOperationException>(() => meter.Intermediate(Start, 0));
        meter.Begin(Start);
        Assert.Throws<InvalidOperationException>(() => meter.Begin(Start));
        Assert.Throws<InvalidOperationException>(() => meter.Open(Start));
        Assert.Throws<InvalidOperationException>(() => meter.Intermediate(Start.AddSeconds(-1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.Intermediate(Start, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.Intermediate(Start, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.End(Start, 0, OcmfTransaction.Charging));
        meter.End(Start, 5);
        var session = meter.Open(Start);
        Assert.Throws<InvalidOperationException>(() => meter.End(Start, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Take(OcmfTransaction.End, Start, 0));
        session.End(Start, 0);
        Assert.Throws<InvalidOperationException>(() => session.End(Start, 0));
        Assert.Throws<ArgumentException>(() => new MeterSimulator("a|b", key));
        Assert.Throws<ArgumentException>(() => new MeterSimulator("", key));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MeterSimulator("x", key, -1));
        using var odd = ECDsa.Create(ECCurve.CreateFromFriendlyName("brainpoolP320r1"));
        Assert.Throws<ArgumentException>(() => new MeterSimulator("x", odd));
    }

    [Fact]
    public void Any_sequence_of_sessions_is_admissible_and_adds_up()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var key = Craft.Key();
            var meter = new MeterSimulator("K-6", key, random.NextInt64(1_000_000_000), random.Next());
            var judge = new OcmfJudge(new OcmfKeys().Add("K-6", meter.PublicKey));
            var (before, at, total) = (meter.MilliwattHours, Start, 0L);
            DateTimeOffset Later() => at = at.AddMilliseconds(random.Next(3_600_000));
            for (var i = 0; i < 10; i++)
            {
                OcmfVerdict verdict;
                if (random.Next(2) == 0)
                {
                    var session = meter.Open(Later());
                    for (var n = random.Next(4); n > 0; n--) session.Take(OcmfTransaction.TariffChange, Later(), random.Next(5_000_000));
                    verdict = judge.Judge(Craft.Record(session.End(Later(), random.Next(5_000_000))), key: null);
                }
                else
                {
                    Assert.True(judge.Judge(Craft.Record(meter.Begin(Later())), key: null).Admissible);
                    for (var n = random.Next(3); n > 0; n--) Assert.True(judge.Judge(Craft.Record(meter.Intermediate(Later(),
                        random.Next(5_000_000))), key: null).Admissible);
                    verdict = judge.Judge(Craft.Record(meter.End(Later(), random.Next(5_000_000))), key: null);
                }
                Assert.True(verdict.Admissible);
                total += OcmfEnergy.MilliwattHours(verdict.EnergyWh)!.Value;
            }
            Assert.Equal(meter.MilliwattHours - before, total);
            Assert.Empty(judge.Open);
        }
    }
}
