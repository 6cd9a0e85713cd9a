using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Cli.Jobs.Networks;

/// <summary>
/// What a local network leaves behind for whoever takes it down: its folder, whether that is kept, and its processes, each with the moment of its start. A process of that number that
/// started at another moment is a stranger's.
/// </summary>
internal sealed class NetworkNote
{
    /// <summary>How folders that are not kept are called.</summary>
    public const string FolderPrefix = "keten-network-";

    private readonly Lock gate = new();
    private readonly string path;
    private readonly List<(int Pid, string Start)> processes = [];

    private NetworkNote(string path, string folder, bool isKept) => (this.path, Folder, IsKept) = (path, folder, isKept);

    /// <summary>The network's folder.</summary>
    public string Folder { get; }

    /// <summary>Whether the folder stays.</summary>
    public bool IsKept { get; }

    /// <summary>Where this user's notes are: KETEN_NETWORKS, or ~/.keten/networks.</summary>
    public static string Place => Environment.GetEnvironmentVariable("KETEN_NETWORKS") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".keten", "networks");

    /// <summary>Begins a note, with this process in it.</summary>
    public static NetworkNote Begin(string place, string folder, bool isKept)
    {
        Directory.CreateDirectory(place);
        using var self = Process.GetCurrentProcess();
        var note = new NetworkNote(Path.Combine(place, $"{Guid.NewGuid():N}.json"), Path.GetFullPath(folder), isKept);
        note.Add(self);
        return note;
    }

    /// <summary>All notes, by their files' names; what is none is passed over.</summary>
    public static IReadOnlyList<NetworkNote> All(string place) =>
        !Directory.Exists(place) ? [] : [.. Directory.EnumerateFiles(place, "*.json").Order(StringComparer.Ordinal).Select(Read).OfType<NetworkNote>()];

    /// <summary>Notes a process that was started.</summary>
    public void Add(Process process)
    {
        if (StartOf(process.Id) is not { } start) return;
        lock (gate)
        {
            processes.Add((process.Id, start));
            var json = new JsonObject
            {
                ["folder"] = Folder, ["kept"] = IsKept, ["processes"] = new JsonArray([.. processes.Select(one => (JsonNode)new JsonObject { ["pid"] = one.Pid, ["start"] = one.Start })]),
            };
            File.WriteAllText(path + ".new", json.ToJsonString());
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    /// <summary>Those of its processes that still run.</summary>
    public IReadOnlyList<int> Running => [.. processes.Where(one => StartOf(one.Pid) == one.Start).Select(one => one.Pid)];

    /// <summary>Ends what still runs, first of all who would start it again, and deletes the folder unless it is kept, and the note; how many processes were ended.</summary>
    public int TakeDown()
    {
        var ended = 0;
        foreach (var (pid, start) in processes)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                // Not this one itself, and no stranger who got the number.
                if (pid == Environment.ProcessId || StartOf(pid) != start) continue;
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                ended++;
            }
            catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
            {
                // It has ended by itself.
            }
        }
        Forget();
        return ended;
    }

    /// <summary>Deletes the folder unless it is kept, and the note.</summary>
    public void Forget()
    {
        // Whatever a note says: nothing is deleted but what 'network up' has made to be deleted.
        if (!IsKept && Path.GetFileName(Folder).StartsWith(FolderPrefix, StringComparison.Ordinal) && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        File.Delete(path);
    }

    private static NetworkNote? Read(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            var note = new NetworkNote(path, (string)json["folder"]!, (bool)json["kept"]!);
            foreach (var one in json["processes"]!.AsArray()) note.processes.Add(((int)one!["pid"]!, (string)one["start"]!));
            return note;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentNullException or IOException)
        {
            return null;
        }
    }

    // Since which boot, and when after it: a clock that is set does not change it.
    internal static string? StartOf(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The name, in parentheses, may hold anything; the start is the 20th field behind it.
                var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + "/" + fields[19];
            }
            using var process = Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
