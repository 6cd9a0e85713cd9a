using static Keten.Doors.Shape;

namespace Keten.Doors;

/// <summary>The messages of OCPP 1.6J that a charge point sends here, in the shape of its JSON schemas (OCPP-J 1.6, Open Charge Alliance).</summary>
internal static class Ocpp16
{
    private static readonly RecordShape SampledValue = Record(
        ("value!", Text()), ("context", Choice("Interruption.Begin", "Interruption.End", "Sample.Clock", "Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger", "Other")),
        ("format", Choice("Raw", "SignedData")),
        ("measurand", Choice(
            "Energy.Active.Export.Register", "Energy.Active.Import.Register", "Energy.Reactive.Export.Register", "Energy.Reactive.Import.Register", "Energy.Active.Export.Interval",
            "Energy.Active.Import.Interval", "Energy.Reactive.Export.Interval", "Energy.Reactive.Import.Interval", "Power.Active.Export", "Power.Active.Import", "Power.Offered",
            "Power.Reactive.Export", "Power.Reactive.Import", "Power.Factor", "Current.Import", "Current.Export", "Current.Offered", "Voltage", "Frequency", "Temperature", "SoC", "RPM")),
        ("phase", Choice("L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1")), ("location", Choice("Cable", "EV", "Inlet", "Outlet", "Body")),
        ("unit", Choice("Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "K", "Celcius", "Celsius", "Fahrenheit", "Percent")));

    private static readonly RecordShape MeterValue = Record(("timestamp!", Moment), ("sampledValue!", List(SampledValue)));

    /// <summary>The requests, by action.</summary>
    public static IReadOnlyDictionary<string, RecordShape> Requests { get; } = new Dictionary<string, RecordShape>(StringComparer.Ordinal)
    {
        ["BootNotification"] = Record(
            ("chargePointVendor!", Text(20)), ("chargePointModel!", Text(20)), ("chargePointSerialNumber", Text(25)), ("chargeBoxSerialNumber", Text(25)), ("firmwareVersion", Text(50)),
            ("iccid", Text(20)), ("imsi", Text(20)), ("meterType", Text(25)), ("meterSerialNumber", Text(25))),
        ["Heartbeat"] = Record(),
        ["StatusNotification"] = Record(
            ("connectorId!", Whole),
            ("errorCode!", Choice(
                "ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError", "LocalListConflict", "NoError", "OtherError", "OverCurrentFailure",
                "PowerMeterFailure", "PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage", "OverVoltage", "WeakSignal")),
            ("info", Text(50)), ("status!", Choice("Available", "Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Reserved", "Unavailable", "Faulted")),
            ("timestamp", Moment), ("vendorId", Text(255)), ("vendorErrorCode", Text(50))),
        ["Authorize"] = Record(("idTag!", Text(20))),
        ["StartTransaction"] = Record(("connectorId!", Whole), ("idTag!", Text(20)), ("meterStart!", Whole), ("reservationId", Whole), ("timestamp!", Moment)),
        ["StopTransaction"] = Record(
            ("idTag", Text(20)), ("meterStop!", Whole), ("timestamp!", Moment), ("transactionId!", Whole),
            ("reason", Choice("EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss", "Reboot", "Remote", "SoftReset", "UnlockCommand", "DeAuthorized")),
            ("transactionData", List(MeterValue, atLeast: 0))),
        ["MeterValues"] = Record(("connectorId!", Whole), ("transactionId", Whole), ("meterValue!", List(MeterValue))),
        ["DataTransfer"] = Record(("vendorId!", Text(255)), ("messageId", Text(50)), ("data", Text())),
        ["DiagnosticsStatusNotification"] = Record(("status!", Choice("Idle", "Uploaded", "UploadFailed", "Uploading"))),
        ["FirmwareStatusNotification"] = Record(("status!", Choice("Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed", "Installing", "Installed"))),
    };
}
