using Keten.Bench.Harness;

namespace Keten.Bench.Peers;

/// <summary>What a user would pick instead, doing the same transfers between the same number of accounts on this machine, each skipped with a line where it cannot be had.</summary>
internal static class SideBySide
{
    public const int Accounts = 10_000;

    private static readonly (string Name, Func<Run, Task<string?>> Measure)[] All =
        [("PostgreSQL", PostgresPeer.MeasureAsync), ("Redis", RedisPeer.MeasureAsync), ("Anvil", AnvilPeer.MeasureAsync)];

    public static async Task MeasureAsync(Run run)
    {
        foreach (var (name, measure) in All) await TryAsync(run, name, measure);
    }

    /// <summary>Measures one peer where it can be had; says why where not.</summary>
    public static async Task TryAsync(Run run, string name, Func<Run, Task<string?>> measure)
    {
        try
        {
            if (await measure(run) is { } missing) run.Note($"{name} is skipped: {missing}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or TimeoutException or System.ComponentModel.Win32Exception or Npgsql.NpgsqlException or HttpRequestException)
        {
            run.Note($"{name} is skipped: {fault.Message}");
        }
    }

    /// <summary>Installs a Debian package where this is possible; whether a program can be found then, that is asked.</summary>
    public static string? Find(string program, string package, params string[] places)
    {
        if (Tool.Find(program, places) is { } found) return found;
        if (Environment.UserName != "root" || Tool.Find("apt-get") is not { } apt) return null;
        if (Tool.Run(apt, "install", "-y", "-qq", package).Code != 0 && Tool.Run(apt, "update", "-qq").Code == 0) Tool.Run(apt, "install", "-y", "-qq", package);
        return Tool.Find(program, places);
    }
}
