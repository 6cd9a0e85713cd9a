using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Keten.Cli.Jobs;

/// <summary>This very program, run again as a process of its own.</summary>
internal static class SeparateProcess
{
    /// <summary>Runs a command with --json, and gives its one object.</summary>
    /// <exception cref="InvalidOperationException">It printed none.</exception>
    public static async Task<JsonObject> RunAsync(IReadOnlyList<string> arguments, string workingFolder, CancellationToken cancel = default)
    {
        using var process = Process.Start(Start(arguments, workingFolder)) ?? throw new InvalidOperationException("The verifying process could not be started.");
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            var last = (await output).TrimEnd().Split('\n')[^1];
            return last.StartsWith('{') ? JsonNode.Parse(last)!.AsObject() : throw new InvalidOperationException("The verifying process failed: " + await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static ProcessStartInfo Start(IReadOnlyList<string> arguments, string workingFolder)
    {
        var start = OwnProgram.Start([.. arguments, "--json"]);
        (start.WorkingDirectory, start.RedirectStandardOutput, start.RedirectStandardError) = (workingFolder, true, true);
        return start;
    }
}
