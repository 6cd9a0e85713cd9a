using static Keten.Doors.Shape;

namespace Keten.Doors;

/// <summary>The messages of OCPP 2.0.1 that a charge point sends here, in the shape of its JSON schemas.</summary>
internal static class Ocpp201
{
    private static readonly RecordShape Custom = OpenRecord(("vendorId!", Text(255)));

    private static readonly RecordShape Modem = Record(("customData", Custom), ("iccid", Text(20)), ("imsi", Text(20)));

    private static readonly RecordShape IdToken = Record(
        ("customData", Custom), ("additionalInfo", List(Record(("customData", Custom), ("additionalIdToken!", Text(36)), ("type!", Text(50))))), ("idToken!", Text(36)),
        ("type!", Choice("Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress", "NoAuthorization")));

    private static readonly RecordShape SampledValue = Record(
        ("customData", Custom), ("value!", Number),
        ("context", Choice("Interruption.Begin", "Interruption.End", "Other", "Sample.Clock", "Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger")),
        ("measurand", Choice(
            "Current.Export", "Current.Import", "Current.Offered", "Energy.Active.Export.Register", "Energy.Active.Import.Register", "Energy.Reactive.Export.Register",
            "Energy.Reactive.Import.Register", "Energy.Active.Export.Interval", "Energy.Active.Import.Interval", "Energy.Active.Net", "Energy.Reactive.Export.Interval",
            "Energy.Reactive.Import.Interval", "Energy.Reactive.Net", "Energy.Apparent.Net", "Energy.Apparent.Import", "Energy.Apparent.Export", "Frequency", "Power.Active.Export",
            "Power.Active.Import", "Power.Factor", "Power.Offered", "Power.Reactive.Export", "Power.Reactive.Import", "SoC", "Voltage")),
        ("phase", Choice("L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1")), ("location", Choice("Body", "Cable", "EV", "Inlet", "Outlet")),
        ("signedMeterValue", Record(
            ("customData", Custom), ("signedMeterData!", Text(2500)), ("signingMethod!", Text(50)), ("encodingMethod!", Text(50)), ("publicKey!", Text(2500)))),
        ("unitOfMeasure", Record(("customData", Custom), ("unit", Text(20)), ("multiplier", Whole))));

    private static readonly RecordShape MeterValue = Record(("customData", Custom), ("sampledValue!", List(SampledValue)), ("timestamp!", Moment));

    /// <summary>The requests, by action.</summary>
    public static IReadOnlyDictionary<string, RecordShape> Requests { get; } = new Dictionary<string, RecordShape>(StringComparer.Ordinal)
    {
        ["BootNotification"] = Record(
            ("customData", Custom), ("chargingStation!", Record(
                ("customData", Custom), ("serialNumber", Text(25)), ("model!", Text(20)), ("modem", Modem), ("vendorName!", Text(50)), ("firmwareVersion", Text(50)))),
            ("reason!", Choice("ApplicationReset", "FirmwareUpdate", "LocalReset", "PowerUp", "RemoteReset", "ScheduledReset", "Triggered", "Unknown", "Watchdog"))),
        ["Heartbeat"] = Record(("customData", Custom)),
        ["StatusNotification"] = Record(
            ("customData", Custom), ("timestamp!", Moment), ("connectorStatus!", Choice("Available", "Occupied", "Reserved", "Unavailable", "Faulted")), ("evseId!", Whole), ("connectorId!", Whole)),
        ["Authorize"] = Record(
            ("customData", Custom), ("idToken!", IdToken), ("certificate", Text(5500)),
            ("iso15118CertificateHashData", List(Record(
                ("customData", Custom), ("hashAlgorithm!", Choice("SHA256", "SHA384", "SHA512")), ("issuerNameHash!", Text(128)), ("issuerKeyHash!", Text(128)), ("serialNumber!", Text(40)),
                ("responderURL!", Text(512))), atMost: 4))),
        ["TransactionEvent"] = Record(
            ("customData", Custom), ("eventType!", Choice("Ended", "Started", "Updated")), ("meterValue", List(MeterValue)), ("timestamp!", Moment),
            ("triggerReason!", Choice(
                "Authorized", "CablePluggedIn", "ChargingRateChanged", "ChargingStateChanged", "Deauthorized", "EnergyLimitReached", "EVCommunicationLost", "EVConnectTimeout", "MeterValueClock",
                "MeterValuePeriodic", "TimeLimitReached", "Trigger", "UnlockCommand", "StopAuthorized", "EVDeparted", "EVDetected", "RemoteStop", "RemoteStart", "AbnormalCondition",
                "SignedDataReceived", "ResetCommand")),
            ("seqNo!", Whole), ("offline", Truth), ("numberOfPhasesUsed", Whole), ("cableMaxCurrent", Whole), ("reservationId", Whole),
            ("transactionInfo!", Record(
                ("customData", Custom), ("transactionId!", Text(36)), ("chargingState", Choice("Charging", "EVConnected", "SuspendedEV", "SuspendedEVSE", "Idle")), ("timeSpentCharging", Whole),
                ("stoppedReason", Choice(
                    "DeAuthorized", "EmergencyStop", "EnergyLimitReached", "EVDisconnected", "GroundFault", "ImmediateReset", "Local", "LocalOutOfCredit", "MasterPass", "Other", "OvercurrentFault",
                    "PowerLoss", "PowerQuality", "Reboot", "Remote", "SOCLimitReached", "StoppedByEV", "TimeLimitReached", "Timeout")),
                ("remoteStartId", Whole))),
            ("evse", Record(("customData", Custom), ("id!", Whole), ("connectorId", Whole))), ("idToken", IdToken)),
        ["MeterValues"] = Record(("customData", Custom), ("evseId!", Whole), ("meterValue!", List(MeterValue))),
        ["DataTransfer"] = Record(("customData", Custom), ("messageId", Text(50)), ("data", Anything), ("vendorId!", Text(255))),
        ["SecurityEventNotification"] = Record(("customData", Custom), ("type!", Text(50)), ("timestamp!", Moment), ("techInfo", Text(255))),
    };
}
