using System.Text.Json;

namespace Keten.Connectors.Ocmf;

/// <summary>Reads the three sections of a record. Throws <see cref="OcmfException"/> or <see cref="JsonException"/>.</summary>
internal static class OcmfReader
{
    // A name that stands twice would let two readers see two values under one signature.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = OcmfDocument.MaxDepth };

    internal static OcmfDocument Read(string text)
    {
        if (text.Length > OcmfDocument.MaxLength) throw OcmfException.Malformed($"It is longer than {OcmfDocument.MaxLength} characters.");
        text = text.Trim();
        var first = text.IndexOf('|', StringComparison.Ordinal);
        var last = text.LastIndexOf('|');
        if (first < 0 || text[..first] != OcmfDocument.Header) throw OcmfException.Malformed("It does not begin with 'OCMF|'.");
        if (last == first) throw OcmfException.Malformed("It has no signature section.");
        RefuseHalfCharacters(text);

        var payload = text[(first + 1)..last];
        using var signature = JsonDocument.Parse(text[(last + 1)..], Strict);
        using var json = JsonDocument.Parse(payload, Strict);
        var section = OcmfSignature.Read(new OcmfFields(signature.RootElement, "the signature section"));
        return Payload(payload, new OcmfFields(json.RootElement, "the payload"), section);
    }

    private static OcmfDocument Payload(string payload, OcmfFields fields, OcmfSignature signature)
    {
        var version = fields.Text("FV");
        if (version is not (null or "0" or "1" or ['0' or '1', '.', ..]))
            throw new OcmfException(OcmfFault.UnsupportedFormat, "The format version (FV) is neither 0 nor 1.");
        if (fields.Text("PG") is not { } pages || !OcmfPagination.TryParse(pages, out var pagination))
            throw OcmfException.Malformed("The pagination (PG) is missing or not a letter T or F and a number.");
        return new OcmfDocument
        {
            Payload = payload,
            Signature = signature,
            FormatVersion = version,
            Pagination = pagination,
            Gateway = fields.Text("GI"),
            GatewaySerial = fields.Text("GS"),
            GatewayVersion = fields.Text("GV"),
            MeterVendor = fields.Text("MV"),
            MeterModel = fields.Text("MM"),
            MeterSerial = fields.Text("MS"),
            MeterFirmware = fields.Text("MF"),
            UserAssigned = fields.Truth("IS"),
            UserLevel = fields.Text("IL"),
            UserFlags = fields.Texts("IF"),
            UserIdType = fields.Text("IT"),
            UserId = fields.Text("ID"),
            TariffText = fields.Text("TT"),
            ControllerFirmware = fields.Text("CF") ?? fields.Text("CCV"),
            LossCompensation = Loss(fields.Object("LC")),
            ChargePointType = fields.Text("CT"),
            ChargePoint = fields.Text("CI"),
            Readings = Readings(fields),
            Extra = fields.Rest(),
        };
    }

    private static OcmfLossCompensation? Loss(OcmfFields? fields) =>
        fields is null ? null : new OcmfLossCompensation(fields.Text("LN"), fields.Number("LI"), fields.Number("LR"), fields.Text("LU"));

    private static List<OcmfReading> Readings(OcmfFields payload)
    {
        var readings = new List<OcmfReading>();
        foreach (var fields in payload.Objects("RD", OcmfDocument.MaxReadings)) readings.Add(Reading(fields, readings.LastOrDefault()));
        return readings.Count > 0 ? readings : throw OcmfException.Malformed("It has no reading (RD).");
    }

    // "Fields that have an identical value to the previous reading are omitted", within one record (OCMF, Readings).
    private static OcmfReading Reading(OcmfFields fields, OcmfReading? before)
    {
        var time = before?.Time ?? default;
        var text = fields.Text("TM");
        if (text is null ? before is null : !OcmfTime.TryParse(text, out time))
            throw OcmfException.Malformed($"The time (TM) of {fields.Name} is missing or impossible.");
        return new OcmfReading
        {
            Time = time,
            Transaction = fields.Text("TX") is { } letter ? Transaction(letter.Trim(), fields.Name) : before?.Transaction ?? OcmfTransaction.None,
            Value = fields.Number("RV") ?? before?.Value,
            Register = fields.Text("RI") ?? before?.Register,
            Unit = fields.Text("RU") ?? before?.Unit,
            CurrentType = fields.Text("RT") ?? before?.CurrentType,
            CumulatedLoss = fields.Number("CL") ?? before?.CumulatedLoss,
            ErrorFlags = (fields.Text("EF") ?? before?.ErrorFlags ?? "").Trim(),
            Status = fields.Text("ST") ?? before?.Status ?? throw OcmfException.Malformed($"The meter's state (ST) of {fields.Name} is missing."),
            Extra = fields.Rest(),
        };
    }

    private static OcmfTransaction Transaction(string letter, string where) => letter.Length switch
    {
        0 => OcmfTransaction.None,
        1 when Enum.IsDefined((OcmfTransaction)letter[0]) => (OcmfTransaction)letter[0],
        _ => throw OcmfException.Malformed($"The reason (TX) of {where} is none of the standard's letters."),
    };

    // Half of a surrogate pair has no UTF-8 of its own: other text would be checked than was received.
    private static void RefuseHalfCharacters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                throw OcmfException.Malformed("It holds half a character.");
            i++;
        }
    }
}
