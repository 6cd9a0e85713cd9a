namespace Keten.Doors;

/// <summary>A version of OCPP over WebSocket: its subprotocol, its messages, and its words for what is wrong.</summary>
/// <param name="Subprotocol">As registered.</param>
/// <param name="Requests">What a charge point may send.</param>
/// <param name="NotSupported">What the version has, and these doors do not.</param>
internal sealed record OcppVersion(string Subprotocol, IReadOnlyDictionary<string, RecordShape> Requests, IReadOnlyList<string> NotSupported)
{
    public static OcppVersion V16 { get; } = new("ocpp1.6", Ocpp16.Requests, []);

    public static OcppVersion V201 { get; } = new("ocpp2.0.1", Ocpp201.Requests,
    [
        "ClearedChargingLimit", "FirmwareStatusNotification", "Get15118EVCertificate", "GetCertificateStatus", "LogStatusNotification", "NotifyChargingLimit", "NotifyCustomerInformation",
        "NotifyDisplayMessages", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "NotifyEvent", "NotifyMonitoringReport", "NotifyReport", "PublishFirmwareStatusNotification",
        "ReportChargingProfiles", "ReservationStatusUpdate", "SignCertificate",
    ]);

    private bool Is16 => Subprotocol == V16.Subprotocol;

    /// <summary>The error code for a frame that is no call.</summary>
    public string BrokenFrame => Is16 ? "FormationViolation" : "RpcFrameworkError";

    /// <summary>The error code for a frame of a type that there is not.</summary>
    public string UnknownType => Is16 ? "ProtocolError" : "MessageTypeNotSupported";

    /// <summary>The error code of a misshapen payload. 1.6 spells two of them in its own way.</summary>
    public string CodeOf(Misshape fault) => fault switch
    {
        Misshape.Format => Is16 ? "FormationViolation" : "FormatViolation",
        Misshape.Occurrence => Is16 ? "OccurenceConstraintViolation" : "OccurrenceConstraintViolation",
        Misshape.Type => "TypeConstraintViolation",
        _ => "PropertyConstraintViolation",
    };
}
