using System.Diagnostics;

namespace Keten.Bench.Harness;

/// <summary>Other programs, run to their end.</summary>
internal static class Tool
{
    /// <summary>The path of a program, or null.</summary>
    public static string? Find(string name, params string[] places)
    {
        foreach (var folder in places.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')))
            if (folder.Length > 0 && File.Exists(Path.Combine(folder, name))) return Path.Combine(folder, name);
        return null;
    }

    /// <summary>Runs a program; its exit code and what it said, both streams.</summary>
    public static (int Code, string Said) Run(string program, params string[] words) => Run(Start(program, words));

    /// <summary>Runs a program whose end is waited for; another exit code than 0 is a fault.</summary>
    /// <exception cref="InvalidOperationException">It failed; with what it said.</exception>
    public static string Must(string program, params string[] words) => Must(Start(program, words));

    /// <summary>Runs what was prepared; another exit code than 0 is a fault.</summary>
    public static string Must(ProcessStartInfo start)
    {
        var (code, said) = Run(start);
        return code == 0 ? said : throw new InvalidOperationException($"{Path.GetFileName(start.FileName)} failed: {said.Trim()}");
    }

    /// <summary>A program with both streams read.</summary>
    public static ProcessStartInfo Start(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in words) start.ArgumentList.Add(word);
        return start;
    }

    /// <summary>Runs what was prepared.</summary>
    public static (int Code, string Said) Run(ProcessStartInfo start)
    {
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }
}
