using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Connectors.Epcis;
using Keten.Connectors.Json;

namespace Keten.Cli.Commands;

/// <summary>Events of supply chains: checked without a node, taken onto a record of parts, and written out of it.</summary>
internal static class EpcisCommand
{
    public static Command Create() => new("epcis", "Events in EPCIS 2.0 (docs/contracts/parts.md).") { Check(), EpcisLedger.In(), EpcisLedger.Out() };

    /// <summary>Reads a document in JSON-LD or XML, whichever it begins like.</summary>
    public static JsonRead<EpcisDocument> Read(FileInfo file)
    {
        var content = Files.Read(file, EpcisDocument.MaxBytes);
        var first = content.AsSpan().IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
        return first >= 0 && content[first] == '<' ? EpcisXml.Read(content) : EpcisDocument.Read(content);
    }

    /// <summary>For programs: what is wrong, and where.</summary>
    public static JsonArray ToJson(IReadOnlyList<JsonFault> faults) =>
        new([.. faults.Select(fault => (JsonNode)new JsonObject { ["path"] = fault.Path, ["reason"] = JsonNamingPolicy.CamelCase.ConvertName(fault.Reason.ToString()) })]);

    private static Command Check()
    {
        var files = new Argument<FileInfo[]>("files") { Description = "Documents in JSON-LD or XML.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Whether documents are well formed, and the hash ID of each event; whether an event bears it. Exit code 1 where a document is not, or an event bears another.") { files };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var (documents, rows, good) = (new JsonArray(), new List<string?[]>(), true);
            foreach (var file in parse.GetRequiredValue(files))
            {
                var read = Read(file);
                var events = new JsonArray();
                foreach (var each in read.Value?.Events ?? [])
                {
                    var (hash, named) = (EventHash.Of(each), NameOf(each));
                    good &= named is not "other";
                    rows.Add([file.Name, each.Type.ToString(), each.Time.ToUniversalTime().ToString("u"), each.Step, hash, named]);
                    events.Add(new JsonObject { ["type"] = each.Type.ToString(), ["eventTime"] = each.Time.ToString("O"), ["bizStep"] = each.Step, ["eventID"] = each.Id, ["hashID"] = hash, ["bears"] = named });
                }
                foreach (var fault in read.Faults) rows.Add([file.Name, "fault", null, null, fault.Path, fault.Reason.ToString()]);
                good &= read.Value is not null;
                documents.Add(new JsonObject { ["file"] = file.Name, ["holds"] = read.Value is not null, ["faults"] = ToJson(read.Faults), ["events"] = events });
            }
            terminal.Show(["file", "event", "time", "step", "hash ID", "bears"], rows);
            terminal.Result(new JsonObject { ["holds"] = good, ["documents"] = documents });
            return good ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    // Only a name that is a hash can be a wrong one.
    private static string NameOf(EpcisEvent each) =>
        each.Id is null ? "none" : !each.Id.StartsWith("ni:///sha-256;", StringComparison.Ordinal) ? "another kind"
        : each.Id == EventHash.Of(each) ? "this" : each.Id == EventHash.OfDraft(each) ? "the draft's" : "other";
}
