using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Tests.Commands;

namespace Keten.Tests.Doctors;

/// <summary>A network whose «up» was killed is taken down by its note; whoever got one of the numbers is left alone.</summary>
[Collection("networks of this user")]
public sealed class NetworkDownTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly string? before = Environment.GetEnvironmentVariable("KETEN_NETWORKS");

    public NetworkDownTests() => Environment.SetEnvironmentVariable("KETEN_NETWORKS", shell["networks"]);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("KETEN_NETWORKS", before);
        shell.Dispose();
    }

    [Fact]
    public async Task What_is_noted_is_ended_and_a_stranger_with_its_number_is_not()
    {
        using var ours = Process.Start("sleep", "60");
        using var stranger = Process.Start("sleep", "60");
        using var ended = Process.Start("sleep", "0");
        await ended.WaitForExitAsync();
        var folder = Directory.CreateTempSubdirectory("keten-network-").FullName;
        Note("one", folder, kept: false, (ended.Id, StartOf(ours.Id)), (ours.Id, StartOf(ours.Id)), (stranger.Id, StartOf(stranger.Id) + "0"));
        Directory.CreateDirectory(shell["precious"]);
        // Not a folder that «network up» makes, whatever the note says.
        Note("two", shell["precious"], kept: false);
        await File.WriteAllTextAsync(Path.Combine(shell["networks"], "three.json"), "{}");

        var (exit, json) = await shell.JsonAsync("network", "down");
        Assert.Equal((0, 2, 1), (exit, (int)json["networks"]!, (int)json["processes"]!));
        Assert.True(ours.WaitForExit(10_000));
        Assert.False(stranger.HasExited);
        Assert.False(Directory.Exists(folder));
        Assert.True(Directory.Exists(shell["precious"]));
        Assert.Equal(0, (int)(await shell.JsonAsync("network", "down")).Json["networks"]!);
        stranger.Kill();
    }

    [Fact]
    public async Task A_kept_folder_stays_and_only_the_named_network_goes()
    {
        using var one = Process.Start("sleep", "60");
        using var other = Process.Start("sleep", "60");
        foreach (var name in (string[])["a", "b"]) Directory.CreateDirectory(shell[name]);
        Note("a", shell["a"], kept: true, (one.Id, StartOf(one.Id)));
        Note("b", shell["b"], kept: true, (other.Id, StartOf(other.Id)));
        Assert.Equal(1, (int)(await shell.JsonAsync("network", "down", "--folder", shell["a"])).Json["processes"]!);
        Assert.True(Directory.Exists(shell["a"]));
        Assert.False(other.HasExited);
        Assert.Equal(1, (int)(await shell.JsonAsync("network", "down")).Json["processes"]!);
        Assert.True(other.WaitForExit(10_000));
    }

    private void Note(string name, string folder, bool kept, params (int Pid, string Start)[] processes)
    {
        Directory.CreateDirectory(shell["networks"]);
        File.WriteAllText(Path.Combine(shell["networks"], name + ".json"), new JsonObject
        {
            ["folder"] = Path.GetFullPath(folder), ["kept"] = kept, ["processes"] = new JsonArray([.. processes.Select(one => (JsonNode)new JsonObject { ["pid"] = one.Pid, ["start"] = one.Start })]),
        }.ToJsonString());
    }

    // As proc(5) has it: the 22nd field, in clock ticks since the boot.
    private static string StartOf(int pid) => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + "/" + File.ReadAllText($"/proc/{pid}/stat").Split(' ')[21];
}
