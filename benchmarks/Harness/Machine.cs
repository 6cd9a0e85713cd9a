using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Keten.Bench.Harness;

/// <summary>What a figure was measured on.</summary>
internal static partial class Machine
{
    private const int Appends = 200;
    private const int AppendBytes = 4096;

    public static JsonObject Describe() => new()
    {
        ["cpu"] = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        ["cores"] = Environment.ProcessorCount,
        ["memoryGiB"] = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        ["kernel"] = File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : RuntimeInformation.OSDescription,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["loadAverage"] = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : null,
        ["fdatasyncAppend4KiBMs"] = Figure.Shown(AppendMs(false)),
        ["fdatasyncPreallocated4KiBMs"] = Figure.Shown(AppendMs(true)),
    };

    /// <summary>The commit that is measured; «+» behind it where files differ from it.</summary>
    public static string Commit()
    {
        var (code, head) = Tool.Run("git", "-C", Root, "rev-parse", "--short=12", "HEAD");
        if (code != 0) return "unknown";
        var (_, changed) = Tool.Run("git", "-C", Root, "status", "--porcelain", "--untracked-files=no");
        return head.Trim() + (changed.Trim().Length > 0 ? "+" : "");
    }

    /// <summary>The root of the source tree: what the bench was built in.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));

    // The median time in which 4 KiB more are durable.
    private static double AppendMs(bool preallocated)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var folder = Directory.CreateTempSubdirectory("keten-disk-");
        try
        {
            using var file = File.OpenHandle(Path.Combine(folder.FullName, "appended"), FileMode.CreateNew, FileAccess.Write);
            var some = new byte[AppendBytes];
            some.AsSpan().Fill(1);
            if (preallocated) RandomAccess.Write(file, new byte[Appends * AppendBytes], 0);
            RandomAccess.FlushToDisk(file);
            var took = new double[Appends];
            for (var each = 0; each < Appends; each++)
            {
                var began = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, some, (long)each * AppendBytes);
                if (FlushData(file) != 0) return 0;
                took[each] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
            return Figure.Percentile(took, 0.5);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Line(string file, string key) => !File.Exists(file) ? null
        : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);
}
