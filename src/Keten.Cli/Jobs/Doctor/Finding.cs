using System.Text.Json.Nodes;

namespace Keten.Cli.Jobs.Doctor;

/// <summary>Something that is wrong.</summary>
/// <param name="Code">For programs: "noQuorum".</param>
/// <param name="What">What is wrong.</param>
/// <param name="Why">How that is known, or what it comes from.</param>
/// <param name="ToDo">What to do.</param>
internal sealed record Finding(string Code, string What, string Why, string ToDo)
{
    public JsonObject ToJson() => new() { ["code"] = Code, ["what"] = What, ["why"] = Why, ["toDo"] = ToDo };
}

/// <summary>From where on the doctor speaks up.</summary>
/// <param name="Patience">How long something may take.</param>
/// <param name="DiskFree">The least that is to be free, in bytes.</param>
/// <param name="ClockOff">How far clocks may be apart.</param>
internal sealed record Limits(TimeSpan Patience, long DiskFree, TimeSpan ClockOff)
{
    /// <summary>How far views may be behind, in blocks.</summary>
    public const ulong ViewsBehind = 1_000;

    /// <summary>From when on an expiring certificate is told.</summary>
    public static readonly TimeSpan Expiring = TimeSpan.FromDays(30);
}
