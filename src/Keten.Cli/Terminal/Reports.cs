using System.Text.Json.Nodes;
using Keten.Client;

namespace Keten.Cli.Terminals;

/// <summary>How answers of a node are told.</summary>
internal static class Reports
{
    /// <summary>What became of one transaction, with more for programs; the exit code.</summary>
    public static int Told(this Terminal terminal, Submission answer, JsonObject? more = null)
    {
        terminal.Plain(Sentence(answer));
        var result = ToJson(answer);
        foreach (var (name, value) in more ?? []) result[name] = value?.DeepClone();
        terminal.Result(result);
        return answer.IsGood ? Exit.Ok : Exit.Failed;
    }

    /// <summary>For people.</summary>
    public static string Sentence(Submission answer) => answer.Status switch
    {
        SubmissionStatus.Done => $"{answer.Id} done, final in block {answer.Height}.",
        SubmissionStatus.Accepted => $"{answer.Id} accepted: it will be decided before it expires.",
        SubmissionStatus.Refused => $"{answer.Id} refused in block {answer.Height}, call {answer.Call}: {RefusalText.Sentence(Known.Catalogue, answer.Refusal)}",
        _ => $"{(answer.Id.IsNone ? "The transaction" : answer.Id)} was not taken: {RefusalText.Sentence(Known.Catalogue, answer.Refusal)}",
    };

    /// <summary>For programs.</summary>
    public static JsonObject ToJson(Submission answer)
    {
        var json = new JsonObject { ["id"] = answer.Id.IsNone ? null : answer.Id.ToString(), ["status"] = answer.Status.ToString().ToLowerInvariant(), ["height"] = answer.Height };
        if (answer.Refusal != 0) (json["refusal"], json["call"], json["sentence"]) = (answer.Refusal, answer.Call, RefusalText.Sentence(Known.Catalogue, answer.Refusal));
        return json;
    }

    /// <summary>Any object of a node, for people as indented lines and for programs as it is.</summary>
    public static int Told(this Terminal terminal, JsonObject json)
    {
        Lines(terminal, json, "");
        terminal.Result((JsonObject)json.DeepClone());
        return Exit.Ok;
    }

    private static void Lines(Terminal terminal, JsonNode? node, string indent)
    {
        var children = node switch
        {
            JsonObject record => record.Select(field => (field.Key, field.Value)),
            JsonArray list => list.Select((item, place) => (place.ToString(), item)),
            _ => [],
        };
        foreach (var (name, value) in children)
        {
            if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            {
                terminal.Plain(indent + name);
                Lines(terminal, value, indent + "  ");
            }
            else
            {
                terminal.Plain($"{indent}{name}: {(value is JsonObject or JsonArray ? "none" : value?.ToString() ?? "none")}");
            }
        }
    }
}
