using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Keten.Tests.Log;

/// <summary>Real programs, started for tests and stopped with them.</summary>
internal static class Programs
{
    private static readonly List<Process> started = [];

    static Programs() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (started)
        {
            foreach (var process in started.Where(process => !process.HasExited)) process.Kill();
        }
    };

    /// <summary>Where a program stands, or null.</summary>
    public static string? Find(string name)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).ToList();
        const string postgres = "/usr/lib/postgresql";
        if (Directory.Exists(postgres)) places.InsertRange(0, Directory.GetDirectories(postgres).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")));
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts a server; it is killed when the tests end, at the latest.</summary>
    public static Process Start(string program, IEnumerable<string> words, string folder)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        lock (started) started.Add(process);
        return process;
    }

    /// <summary>Runs a program to its end.</summary>
    public static void Run(string program, IEnumerable<string> words, string folder)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error.Result}");
    }

    /// <summary>Kills a server as a power cut would, and waits until it is gone.</summary>
    public static void Kill(Process process)
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        lock (started) started.Remove(process);
        process.Dispose();
    }

    /// <summary>Ports of the loopback that nobody listens on.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }
}
