using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class RecordTests
{
    private const string Full = """
        OCMF|{"FV":"1.3","GI":"gi","GS":"gs","GV":"gv","PG":"T12","MV":"mv","MM":"mm","MS":"ms","MF":"mf","IS":true,"IL":"VERIFIED","IF":["RFID_PLAIN","OCPP_RS_TLS"],
        "IT":"ISO14443","ID":"1F2D","TT":"Tarif 1","CF":"9.1","LC":{"LN":"cable","LI":1,"LR":2.5,"LU":"mOhm"},"CT":"EVSEID","CI":"DE*1","UCPN":"101",
        "RD":[{"TM":"2018-07-24T13:22:04,123+0200 S","TX":"B","RV":2935.60,"RI":"1-b:1.8.0","RU":"kWh","RT":"DC","CL":0,"EF":"","ST":"G","XY":[1]},
        {"TM":"2018-07-24T13:26:04,000+0200 R","TX":"E","RV":"2965.1","CL":0.5,"EF":"Et","ST":"T"}]}|{"SA":"ECDSA-secp384r1-SHA256","SE":"base64","SM":"application/x-der","SD":"AQID","Ux":5}
        """;

    [Fact]
    public void Every_field_of_the_standard_is_read()
    {
        var record = Craft.Record(Full);
        Assert.Equal(("1.3", "gi", "gs", "gv"), (record.FormatVersion, record.Gateway, record.GatewaySerial, record.GatewayVersion));
        Assert.Equal(('T', 12, "T12"), (record.Pagination.Context, record.Pagination.Number, record.Pagination.ToString()));
        Assert.Equal(("mv", "mm", "ms", "mf"), (record.MeterVendor, record.MeterModel, record.MeterSerial, record.MeterFirmware));
        Assert.Equal((true, "VERIFIED", "ISO14443", "1F2D"), (record.UserAssigned, record.UserLevel, record.UserIdType, record.UserId));
        Assert.Equal(["RFID_PLAIN", "OCPP_RS_TLS"], record.UserFlags);
        Assert.Equal(("Tarif 1", "9.1", "EVSEID", "DE*1"), (record.TariffText, record.ControllerFirmware, record.ChargePointType, record.ChargePoint));
        Assert.Equal(new OcmfLossCompensation("cable", 1, 2.5m, "mOhm"), record.LossCompensation);
        Assert.Equal("\"101\"", record.Extra["UCPN"]);
        Assert.Equal("5", record.Signature.Extra["Ux"]);
        Assert.Equal("ECDSA-secp384r1-SHA256", record.Signature.AlgorithmName);
        Assert.Equal([1, 2, 3], record.Signature.Data!.Value.ToArray());

        var (begin, end) = (record.Readings[0], record.Readings[1]);
        Assert.Equal(new DateTimeOffset(2018, 7, 24, 13, 22, 4, 123, TimeSpan.FromHours(2)), begin.Time.At);
        Assert.Equal((OcmfClock.Synchronised, OcmfTransaction.Begin, "1-b:1.8.0", "kWh", "DC", 0m), (begin.Time.Clock, begin.Transaction,
            begin.Register, begin.Unit, begin.CurrentType, begin.CumulatedLoss));
        Assert.Equal(("2935.60", 2_935_600m, "[1]"), (begin.Value.ToString(), begin.WattHours, begin.Extra["XY"]));
        Assert.Equal((OcmfClock.Relative, OcmfTransaction.End, 2965.1m, "1-b:1.8.0", "kWh", "DC", 0.5m, "Et", "T"),
            (end.Time.Clock, end.Transaction, end.Value, end.Register, end.Unit, end.CurrentType, end.CumulatedLoss, end.ErrorFlags, end.Status));
    }

    [Fact]
    public void The_signed_bytes_are_what_stands_between_the_first_and_the_last_bar()
    {
        var payload = Craft.Payload(Craft.Good, head: "\"GS\":\"a|b é\"");
        var record = Craft.Record($"\n {Craft.Signed(payload)} \r\n");
        Assert.Equal(payload, record.Payload);
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(payload), record.SignedBytes());
        Assert.Equal(OcmfSignatureState.Valid, Craft.Verdict(Craft.Signed(payload)).Signature);
    }

    [Fact]
    public void Fields_left_out_take_their_value_from_the_reading_before()
    {
        var record = Craft.Record(Craft.Signed(Craft.Payload($$"""{{Craft.Good}},{"TM":"2024-05-01T08:30:00,000+0200 R","TX":"C","RV":2},{"RV":3},{"TX":"E"}""")));
        Assert.Equal([OcmfTransaction.Begin, OcmfTransaction.Charging, OcmfTransaction.Charging, OcmfTransaction.End],
            record.Readings.Select(reading => reading.Transaction));
        Assert.Equal([1.5m, 2m, 3m, 3m], record.Readings.Select(reading => reading.Value!.Value));
        Assert.All(record.Readings, reading => Assert.Equal(("1-0:1.8.0", "kWh", "G", ""), (reading.Register, reading.Unit, reading.Status,
            reading.ErrorFlags)));
        Assert.All(record.Readings.Skip(1), reading => Assert.Equal(OcmfClock.Relative, reading.Time.Clock));
    }

    [Fact]
    public void What_meters_write_otherwise_is_read_too()
    {
        var record = Craft.Record(Craft.Signed("""{"FV":1.0,"GS":"","MS":33019230,"CT":0,"PG":"F007","IS":"true","IF":"RFID_NONE","TT":null,"RD":[{"TM":"2024-05-01T08:00:00Z","RV":"0.0","RU":"Wh","ST":"G"}]}"""));
        Assert.Equal(("1.0", "33019230", "0", true), (record.FormatVersion, record.Meter, record.ChargePointType, record.UserAssigned));
        Assert.Equal(('F', 7, null, OcmfClock.Unknown), (record.Pagination.Context, record.Pagination.Number, record.TariffText,
            record.Readings[0].Time.Clock));
        Assert.Equal(["RFID_NONE"], record.UserFlags);
        Assert.Equal(OcmfTransaction.None, record.Readings[0].Transaction);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OCMF")]
    [InlineData("OCMF|{}")]
    [InlineData("ocmf|{}|{}")]
    [InlineData("OCMF|{}|{}")]
    [InlineData("OCMF||")]
    [InlineData("OCMF|[]|{\"SD\":\"00\"}")]
    [InlineData("OCMF|{\"PG\":\"T1\"}|{\"SD\":\"00\"}")]
    [InlineData("OCMF|{\"PG\":\"T1\",\"RD\":[]}|{\"SD\":\"00\"}")]
    [InlineData("OCMF|{\"PG\":\"T1\",\"RD\":[1]}|{\"SD\":\"00\"}")]
    public void Text_that_is_no_record_is_malformed(string text) => Assert.Equal(OcmfFault.MalformedRecord, Craft.Refused(text).Fault);

    [Theory]
    [InlineData("\"PG\":\"T1\"", "\"PG\":\"X1\"")]
    [InlineData("\"PG\":\"T1\"", "\"PG\":\"T-1\"")]
    [InlineData("\"PG\":\"T1\"", "\"PG\":\"T1\",\"PG\":\"T2\"")]
    [InlineData("\"PG\":\"T1\"", "\"PG\":\"T1\",\"MV\":\"\\ud800\"")]
    [InlineData("\"PG\":\"T1\"", "\"PG\":\"T1\",\"Z\":[[[[[[[[[]]]]]]]]]")]
    [InlineData("\"IS\":false", "\"IS\":1")]
    [InlineData("\"IS\":false", "\"IF\":[1]")]
    [InlineData("\"RV\":1.5", "\"RV\":\"one\"")]
    [InlineData("\"RV\":1.5", "\"RV\":[]")]
    [InlineData("\"TX\":\"B\"", "\"TX\":\"Q\"")]
    [InlineData("\"TX\":\"B\"", "\"TX\":\"BE\"")]
    [InlineData(",\"ST\":\"G\"", "")]
    [InlineData("2024-05-01T08", "2024-02-30T08")]
    [InlineData("2024-05-01T08", "2024-05-01T24")]
    [InlineData("\"TM\"", "\"TN\"")]
    public void A_field_that_is_wrong_is_malformed(string good, string wrong)
    {
        var payload = Craft.Payload(Craft.Good);
        Assert.Contains(good, payload, StringComparison.Ordinal);
        Assert.Equal(OcmfFault.MalformedRecord, Craft.Refused(Craft.Signed(payload.Replace(good, wrong, StringComparison.Ordinal))).Fault);
    }

    [Theory]
    [InlineData("2.0", false)]
    [InlineData("10.0", false)]
    [InlineData("1x", false)]
    [InlineData("0.4", true)]
    [InlineData("1", true)]
    [InlineData("1.4", true)]
    public void Another_major_version_is_an_unsupported_format(string version, bool known)
    {
        var text = Craft.Signed(Craft.Payload(Craft.Good, head: $"\"FV\":\"{version}\",\"GS\":\"g\""));
        if (known) Craft.Record(text);
        else Assert.Equal(OcmfFault.UnsupportedFormat, Craft.Refused(text).Fault);
    }

    [Fact]
    public void Length_and_counts_are_bounded()
    {
        var many = string.Join(',', Enumerable.Repeat(Craft.Good, OcmfDocument.MaxReadings));
        Assert.Equal(OcmfDocument.MaxReadings, Craft.Record(Craft.Signed(Craft.Payload(many))).Readings.Count);
        Craft.Refused(Craft.Signed(Craft.Payload(many + ",{}")));
        Craft.Refused(Craft.Signed(Craft.Payload(Craft.Good)) + new string(' ', OcmfDocument.MaxLength));
        Craft.Refused(Craft.Signed(Craft.Payload(Craft.Good, head: "\"GS\":\"g\"," + string.Join(',', Enumerable.Range(0, 70).Select(i => $"\"U{i}\":1")))));
    }

    [Fact]
    public void Half_a_character_is_malformed() => Assert.Contains("half a character", Craft.Refused("OCMF|{\"GS\":\"\ud800\"}|{}").Detail,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("2018-07-24T13:22:04,000+0200 S", true)]
    [InlineData("2018-07-24T13:22:04.5+02:00 I", true)]
    [InlineData("2018-07-24T13:22:04+0200 R", true)]
    [InlineData("2018-07-24T13:22:04Z", true)]
    [InlineData("2018-07-24T13:22:04,000 S", false)]
    [InlineData("2018-07-24T13:22:04,000+0200 Q", false)]
    [InlineData("2018-07-24T13:22:04,000+0200 SS", false)]
    [InlineData("2018-07-24 13:22:04,000+0200 S", false)]
    [InlineData("2018-13-24T13:22:04,000+0200 S", false)]
    [InlineData("2018-07-24T13:22:04,000+1500 S", false)]
    [InlineData("                        ", false)]
    public void Times_are_read_with_their_zone_or_not_at_all(string text, bool good)
    {
        Assert.Equal(good, OcmfTime.TryParse(text, out var time));
        if (good) Assert.Equal((2018, 7, 24, 22, 4), (time.At.Year, time.At.Month, time.At.Day, time.At.Minute, time.At.Second));
        if (good && text.Length == 30) Assert.Equal(text, time.ToString());
    }
}
