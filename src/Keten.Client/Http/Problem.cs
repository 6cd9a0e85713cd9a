using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>What a node said was wrong (RFC 9457).</summary>
/// <param name="Status">Of the HTTP answer.</param>
/// <param name="Name">For programs: «refused», «not-found» …, or the refusal's own name.</param>
/// <param name="Title">One sentence, the same each time.</param>
/// <param name="Detail">What about this request; may be absent.</param>
/// <param name="Refusal">The refusal's number on the wire; 0 where the ledger did not refuse.</param>
/// <param name="Transaction">Which transaction was refused; none where it has no id.</param>
/// <param name="Call">Which of its calls.</param>
/// <param name="Height">The block that decided the refusal; 0 where nothing was decided.</param>
public sealed record Problem(int Status, string Name, string Title, string? Detail, uint Refusal, Hash Transaction, int Call, ulong Height)
{
    /// <summary>Whether the ledger decided so for ever; otherwise nothing was decided, and the same transaction may be sent again.</summary>
    public bool IsDecided => Height > 0;

    /// <summary>Title and detail, for people.</summary>
    public string Sentence => Detail is null ? Title : Title + " " + Detail;

    /// <summary>Reads a problem document; of anything else, what its status says.</summary>
    internal static Problem Read(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject json) return Of(status, json);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            // A proxy's page, say: the status is all that is known.
        }
        return new Problem(status, "http-" + status, $"The node answered {status}.", null, 0, default, 0, 0);
    }

    internal static Problem Of(int status, JsonObject json) => new(
        status, (string?)json["name"] ?? "", (string?)json["title"] ?? $"The node answered {status}.", (string?)json["detail"], (uint?)json["refusal"] ?? 0,
        Hash.TryParse((string?)json["id"], out var id) ? id : default, (int?)json["call"] ?? 0, (ulong?)json["height"] ?? 0);
}

/// <summary>The node, or the ledger, said no.</summary>
/// <param name="problem">What it said.</param>
public sealed class ProblemException(Problem problem) : Exception(problem.Sentence)
{
    /// <summary>What it said.</summary>
    public Problem Problem { get; } = problem;
}

/// <summary>The node did not answer, or had no room, for as long as was waited.</summary>
public sealed class UnreachableException : Exception
{
    /// <summary>With a sentence for people.</summary>
    public UnreachableException(string message) : base(message)
    {
    }

    /// <summary>With what caused it.</summary>
    public UnreachableException(string message, Exception? inner) : base(message, inner)
    {
    }
}

/// <summary>The node answered with something that no node of this version says.</summary>
public sealed class UnexpectedAnswerException : Exception
{
    /// <summary>With a sentence for people.</summary>
    public UnexpectedAnswerException(string message) : base(message)
    {
    }

    /// <summary>With what caused it.</summary>
    public UnexpectedAnswerException(string message, Exception inner) : base(message, inner)
    {
    }
}
