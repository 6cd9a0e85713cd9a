using System.Diagnostics;
using System.Reflection;
using Keten.Cli.Terminals;

namespace Keten.Cli.Jobs;

/// <summary>This program, to be started once more as a process of its own.</summary>
internal static class OwnProgram
{
    /// <summary>How it is started with some words: by dotnet where it is a library, and by itself where it was published as one file.</summary>
    public static ProcessStartInfo Start(IEnumerable<string> words)
    {
        // A consortium's own program starts itself; whoever else stands on this one (a measurement) starts this one.
        var own = Known.IsOwn && Assembly.GetEntryAssembly()?.GetName().Name is { } entry ? entry : "keten";
        var library = Path.Combine(AppContext.BaseDirectory, own + ".dll");
        var host = Environment.ProcessPath is { } running && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(File.Exists(library) ? host : Environment.ProcessPath!) { UseShellExecute = false };
        if (File.Exists(library)) start.ArgumentList.Add(library);
        foreach (var word in words) start.ArgumentList.Add(word);
        return start;
    }
}
