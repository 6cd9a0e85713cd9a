using System.Text.Json.Nodes;

namespace Keten.EndToEnd.Faults;

/// <summary>What was seen of a fault, or of a control: the same with a protection removed, which must show loss.</summary>
/// <param name="Fault">Its name.</param>
/// <param name="Promised">What the network promises, or what the control goes without.</param>
internal sealed record FaultRow(string Fault, string Promised)
{
    public bool IsControl { get; init; }

    /// <summary>Why it was not tried here, or why there is no honest control; null where it was tried.</summary>
    public string? Skipped { get; init; }

    /// <summary>What went wrong; null where all came out as promised.</summary>
    public string? Broken { get; init; }

    /// <summary>Transactions that were acknowledged while it ran, before, during and after the fault.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Of those, which are not in the ledger.</summary>
    public int Lost { get; init; }

    /// <summary>From when the fault was over, or from the fault where nobody ended it, until a transfer through each validator was final; null where it does not come back.</summary>
    public double? RecoveredSeconds { get; init; }

    /// <summary>The longest that nothing became final, with the fault in it.</summary>
    public double SilentSeconds { get; init; }

    public string Seen { get; init; } = "";

    /// <summary>What somebody must do by hand.</summary>
    public string Hands { get; init; } = "";

    /// <summary>Whether it came out as it should: nothing lost, or of a control, something.</summary>
    public bool IsGood => Broken is null && (Skipped is not null || (IsControl ? Lost > 0 : Lost == 0));

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["fault"] = Fault, ["control"] = IsControl, ["promised"] = Promised };
        if (Skipped is not null) json["skipped"] = Skipped;
        else
        {
            (json["acknowledged"], json["lost"], json["recoveredSeconds"]) = (Acknowledged, Lost, RecoveredSeconds);
            (json["silentSeconds"], json["seen"], json["hands"]) = (SilentSeconds, Seen, Hands);
        }
        if (Broken is not null) json["broken"] = Broken;
        json["asPromised"] = IsGood;
        return json;
    }
}
