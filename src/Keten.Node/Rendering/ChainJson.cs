using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Node.Rendering;

/// <summary>Headers, certificates, parties and units in JSON. Only the canonical bytes, under «canonical» in hexadecimal, can be checked.</summary>
public static class ChainJson
{
    /// <summary>A certificate with its header.</summary>
    public static JsonObject Of(Certificate certificate) => new()
    {
        ["header"] = Of(certificate.Header),
        ["attestations"] = Show.List(certificate.Attestations, attestation => new JsonObject { ["validator"] = attestation.Validator.ToString(), ["signature"] = Hex(attestation.Signature) }),
        ["canonical"] = Convert.ToHexStringLower(certificate.ToBytes()),
    };

    /// <summary>A header.</summary>
    public static JsonObject Of(Header header) => new()
    {
        ["ledger"] = header.LedgerId.ToString(), ["epoch"] = header.Epoch, ["height"] = header.Height, ["logPosition"] = header.LogPosition, ["logHash"] = header.LogHash.ToString(),
        ["time"] = Show.Time(header.Time), ["previous"] = header.Previous.ToString(), ["historySize"] = header.HistorySize, ["historyRoot"] = header.HistoryRoot.ToString(),
        ["outcomeCount"] = header.OutcomeCount, ["outcomeRoot"] = header.OutcomeRoot.ToString(), ["stateRoot"] = header.StateRoot.ToString(), ["stateHeight"] = header.StateHeight,
        ["validators"] = header.Validators.ToString(), ["next"] = header.Next.ToString(), ["catalogue"] = header.Catalogue.ToString(), ["hash"] = header.Hash.ToString(),
    };

    /// <summary>A set of validators.</summary>
    public static JsonObject Of(ValidatorSet set) => new()
    {
        ["quorum"] = set.Quorum, ["hash"] = set.Hash.ToString(),
        ["validators"] = Show.List(set.All.ToArray(), one => new JsonObject { ["name"] = one.Name, ["party"] = one.Party.ToString(), ["id"] = one.Key.Id.ToString(), ["key"] = one.Key.ToString() }),
    };

    /// <summary>A change of validators.</summary>
    public static JsonObject Of(SetChange change) => new() { ["height"] = change.Height, ["certificate"] = Of(change.Certificate), ["next"] = Of(change.Next) };

    /// <summary>A unit.</summary>
    public static JsonObject Of(uint number, UnitRecord unit) => new()
    {
        ["unit"] = number, ["symbol"] = unit.Symbol, ["decimals"] = (int)unit.Decimals, ["issuer"] = unit.Issuer,
        ["expires"] = unit.Rules.HasFlag(UnitRules.Expires), ["takenBack"] = unit.Rules.HasFlag(UnitRules.TakenBack), ["personal"] = unit.Rules.HasFlag(UnitRules.Personal),
    };

    private static string Hex(Signature signature) => signature.R.ToString() + signature.S;
}
