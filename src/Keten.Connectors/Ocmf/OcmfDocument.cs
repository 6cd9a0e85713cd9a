using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Keten.Connectors.Ocmf;

/// <summary>
/// A record of the Open Charge Metering Format, versions 0.x and 1.0 to 1.4 (SAFE e.V.): <c>OCMF|payload|signature</c>. Reading it says nothing of its truth:
/// <see cref="OcmfSignature.Verify"/> and <see cref="OcmfJudge"/> do. <see cref="UserId"/> may name a person: never log it.
/// </summary>
public sealed class OcmfDocument
{
    /// <summary>Longest record in characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Deepest nesting of its JSON.</summary>
    public const int MaxDepth = 8;

    /// <summary>Most readings of one record.</summary>
    public const int MaxReadings = 256;

    /// <summary>What stands before the first bar.</summary>
    public const string Header = "OCMF";

    /// <summary>The payload as received, which is what is signed.</summary>
    public required string Payload { get; init; }

    /// <summary>The signature section.</summary>
    public required OcmfSignature Signature { get; init; }

    /// <summary>FV: major and minor version.</summary>
    public string? FormatVersion { get; init; }

    /// <summary>GI: maker and model of the signing component.</summary>
    public string? Gateway { get; init; }

    /// <summary>GS: its serial number.</summary>
    public string? GatewaySerial { get; init; }

    /// <summary>GV: its software version.</summary>
    public string? GatewayVersion { get; init; }

    /// <summary>PG: context and counter.</summary>
    public required OcmfPagination Pagination { get; init; }

    /// <summary>MV: the meter's maker.</summary>
    public string? MeterVendor { get; init; }

    /// <summary>MM: the meter's model.</summary>
    public string? MeterModel { get; init; }

    /// <summary>MS: the meter's serial number.</summary>
    public string? MeterSerial { get; init; }

    /// <summary>MF: the meter's firmware.</summary>
    public string? MeterFirmware { get; init; }

    /// <summary>IS: whether a user is assigned.</summary>
    public bool? UserAssigned { get; init; }

    /// <summary>IL: how sure the assignment is.</summary>
    public string? UserLevel { get; init; }

    /// <summary>IF: details of the assignment.</summary>
    public IReadOnlyList<string> UserFlags { get; init; } = [];

    /// <summary>IT: what kind of identification <see cref="UserId"/> is.</summary>
    public string? UserIdType { get; init; }

    /// <summary>ID: the identification itself. Personal data.</summary>
    public string? UserId { get; init; }

    /// <summary>TT: the tariff, in words.</summary>
    public string? TariffText { get; init; }

    /// <summary>CF: firmware of the charge controller.</summary>
    public string? ControllerFirmware { get; init; }

    /// <summary>LC: what is taken off for the cable.</summary>
    public OcmfLossCompensation? LossCompensation { get; init; }

    /// <summary>CT: what kind of name <see cref="ChargePoint"/> is.</summary>
    public string? ChargePointType { get; init; }

    /// <summary>CI: the charge point.</summary>
    public string? ChargePoint { get; init; }

    /// <summary>RD: the readings, one or more, with left-out fields filled in.</summary>
    public required IReadOnlyList<OcmfReading> Readings { get; init; }

    /// <summary>Fields that the standard does not name, as JSON text.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>The signed bytes: the payload in UTF-8.</summary>
    public byte[] SignedBytes() => Encoding.UTF8.GetBytes(Payload);

    /// <summary>What the meter is called: its serial, else the gateway's, else the charge point; null when nothing is named.</summary>
    public string? Meter => NotEmpty(MeterSerial) ?? NotEmpty(GatewaySerial) ?? NotEmpty(ChargePoint);

    /// <summary>
    /// The register that is billed: that of the first reading with an energy unit. Other registers of the record are kept but priced by nobody. Null when no
    /// reading has an energy.
    /// </summary>
    public string? BilledRegister => Readings.FirstOrDefault(reading => reading.WattHours is not null) is { } reading ? reading.Register ?? "" : null;

    /// <summary>The readings of <see cref="BilledRegister"/>, in order.</summary>
    public IEnumerable<OcmfReading> BilledReadings => BilledRegister is { } register ? Readings.Where(reading => (reading.Register ?? "") == register) : [];

    /// <summary>Reads one record. Space around it is ignored; inside, every character counts.</summary>
    /// <returns>The record or null, and then why.</returns>
    public static OcmfDocument? Read(string text, out OcmfProblem? problem)
    {
        problem = null;
        try
        {
            return OcmfReader.Read(text);
        }
        catch (OcmfException wrong)
        {
            problem = wrong.Problem;
        }
        catch (JsonException)
        {
            problem = new OcmfProblem(OcmfFault.MalformedRecord, "A section is not well-formed JSON, has a name twice or is nested too deeply.");
        }
        catch (InvalidOperationException)
        {
            // How System.Text.Json says that a text escapes half a character.
            problem = new OcmfProblem(OcmfFault.MalformedRecord, "A text holds half a character.");
        }
        return null;
    }

    /// <summary>Null for null and for the empty text that many meters write for "none".</summary>
    internal static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>Pagination (OCMF table 2): each context counts its own records, up by one each.</summary>
/// <param name="Context">T for transactions, F for fiscal readings.</param>
/// <param name="Number">The counter.</param>
public readonly record struct OcmfPagination(char Context, long Number)
{
    /// <summary>Whether its records belong to transactions.</summary>
    public bool IsTransaction => Context == 'T';

    /// <summary>As written: <c>T12345</c>.</summary>
    public override string ToString() => $"{Context}{Number}";

    internal static bool TryParse(string text, out OcmfPagination pagination)
    {
        pagination = default;
        if (text.Length is < 2 or > 19 || text[0] is not ('T' or 'F')) return false;
        if (!long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        pagination = new OcmfPagination(text[0], number);
        return true;
    }
}

/// <summary>Compensation for the loss in the cable (OCMF table 24).</summary>
/// <param name="Name">LN: a name for tracing.</param>
/// <param name="Id">LI: a number for tracing.</param>
/// <param name="Resistance">LR: the cable's resistance.</param>
/// <param name="Unit">LU: mOhm or uOhm.</param>
public sealed record OcmfLossCompensation(string? Name, decimal? Id, decimal? Resistance, string? Unit);
