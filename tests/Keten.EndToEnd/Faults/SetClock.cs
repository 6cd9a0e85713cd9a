using System.Diagnostics;

namespace Keten.EndToEnd.Faults;

/// <summary>A process's clock that can be set while it runs, by libfaketime; what measures how long something takes goes on as it does.</summary>
internal sealed class SetClock
{
    private readonly string library, file;

    private SetClock(string library, string file) => (this.library, this.file) = (library, file);

    /// <summary>One that is kept in a file; null where there is no libfaketime.</summary>
    public static SetClock? Find(string file)
    {
        if (!Directory.Exists("/usr/lib")) return null;
        var library = Directory.EnumerateDirectories("/usr/lib").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);
        if (library is null) return null;
        var clock = new SetClock(library, file);
        clock.Jump("+0");
        return clock;
    }

    /// <summary>Sets it: «+2h», «-1d», «+0» for right.</summary>
    public void Jump(string to)
    {
        File.WriteAllText(file + ".new", to + "\n");
        File.Move(file + ".new", file, overwrite: true);
    }

    public void Prepare(ProcessStartInfo start)
    {
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = file;
        (start.Environment["FAKETIME_NO_CACHE"], start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"], start.Environment["DONT_FAKE_MONOTONIC"]) = ("1", "1", "1");
    }
}
