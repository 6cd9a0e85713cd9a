using System.Text.Json.Nodes;
using Keten.Kernel;

namespace Keten.Node.Rendering;

/// <summary>The catalogue in JSON: what forms, help texts and programs are made from.</summary>
public static class CatalogueJson
{
    /// <summary>Every contract and version, the kernel's own calls as contract 0 among them.</summary>
    public static JsonObject Of(Catalogue catalogue)
    {
        var contracts = new JsonArray { (JsonNode)Kernel() };
        foreach (var contract in catalogue.Contracts) contracts.Add((JsonNode)Contract(contract));
        return new JsonObject { ["hash"] = catalogue.Hash.ToString(), ["contracts"] = contracts };
    }

    /// <summary>Every refusal by its number on the wire.</summary>
    public static JsonArray Refusals(Catalogue catalogue)
    {
        var all = new JsonArray();
        foreach (var refusal in KernelRefusal.All) all.Add((JsonNode)Refusal(0, refusal, refusal.Name, refusal.Voids));
        foreach (var contract in catalogue.Contracts)
            foreach (var refusal in contract.Refusals) all.Add((JsonNode)Refusal(contract.Code, refusal, NameOf(contract, refusal), voids: false));
        return all;
    }

    /// <summary>What a contract's refusal is called where only names tell: the contract's name and the refusal's number.</summary>
    public static string NameOf(Contract contract, IRefusal refusal) => contract.Name + "." + refusal.Number.ToString(null, null);

    private static JsonObject Refusal(ushort code, IRefusal refusal, string name, bool voids) => new()
    {
        ["refusal"] = (uint)code << 16 | refusal.Number, ["contract"] = code, ["number"] = refusal.Number, ["name"] = name, ["sentence"] = refusal.Sentence, ["voids"] = voids,
    };

    private static JsonObject Kernel() => new()
    {
        ["code"] = 0, ["version"] = 1, ["name"] = "Kernel",
        ["clauses"] = Show.List(KernelContents.Clauses, clause => Codec(clause.Number, clause.ArgumentsCodec, "call")),
        ["events"] = Show.List(KernelContents.Events.Events, kind => Codec(kind.Number, kind.EventCodec, null)),
        ["refusals"] = Show.List(KernelRefusal.All, refusal => Refusal(0, refusal, refusal.Name, refusal.Voids)),
    };

    private static JsonObject Contract(Contract contract) => new()
    {
        ["code"] = contract.Code, ["version"] = contract.Version, ["name"] = contract.Name, ["words"] = contract.StateCodec.Words,
        ["state"] = Fields(contract.StateCodec),
        ["clauses"] = Show.List(contract.Clauses, Clause),
        ["events"] = Show.List(contract.Events, kind => Codec(kind.Number, kind.EventCodec, null)),
        ["tables"] = Show.List(contract.Tables, table => Codec(table.Number, table.ValueCodec, null)),
        ["refusals"] = Show.List(contract.Refusals, refusal => Refusal(contract.Code, refusal, NameOf(contract, refusal), voids: false)),
    };

    private static JsonObject Clause(Clause clause)
    {
        var json = Codec(clause.Number, clause.ArgumentsCodec, Show.Camel(clause.Kind.ToString()));
        if (clause.IsExit) json["exit"] = true;
        return json;
    }

    private static JsonObject Codec(ushort number, Codec codec, string? kind)
    {
        var json = new JsonObject { ["number"] = number, ["name"] = codec.Name, ["words"] = codec.Words };
        if (kind is not null) json["kind"] = kind;
        json["fields"] = Fields(codec);
        return json;
    }

    private static JsonArray Fields(Codec codec) => Show.List(codec.Fields, Field);

    private static JsonObject Field(Field field)
    {
        var json = new JsonObject { ["name"] = Show.Camel(field.Name), ["kind"] = Show.Camel(field.Kind.ToString()), ["words"] = field.Words };
        if (field.Optional) json["optional"] = true;
        if (field.List) json["list"] = true;
        if (field.To.Length > 0) json["to"] = field.To;
        if (field.Choices.Count > 0)
        {
            json["choices"] = Show.List(field.Choices, choice => JsonValue.Create(Show.Camel(choice)));
            json["numbers"] = Show.List(field.Numbers, number => JsonValue.Create(number));
        }
        if (field.Of is { } of) json["record"] = new JsonObject { ["name"] = of.Name, ["fields"] = Fields(of) };
        return json;
    }
}
