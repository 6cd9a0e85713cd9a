using System.Diagnostics;

namespace Keten.EndToEnd.Faults;

/// <summary>A disk of its own in memory (tmpfs) under a folder, that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int MebiBytes = 512;
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    /// <summary>Mounts one; null where this user or machine may not.</summary>
    public static SmallDisk? Mount(string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        Directory.CreateDirectory(folder);
        return Run("mount", "-t", "tmpfs", "-o", $"size={MebiBytes}m", "tmpfs", folder) ? new SmallDisk(folder) : null;
    }

    /// <summary>Takes all that is left.</summary>
    public void Fill()
    {
        using var balloon = new FileStream(Balloon, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var some = new byte[1 << 20];
        for (var size = some.Length; size >= 512;)
        {
            try
            {
                balloon.Write(some, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => File.Delete(Balloon);

    public void Dispose() => Run("umount", "-l", folder);

    private string Balloon => Path.Combine(folder, "balloon");

    private static bool Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
