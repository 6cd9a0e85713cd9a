namespace Keten.Client;

/// <summary>Files that only their owner can read, written whole or not at all.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = ~(Owner | UnixFileMode.UserExecute);

    /// <summary>The folder, made where it is missing, for its owner alone.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
    }

    /// <summary>Whether somebody else than its owner may do anything with it.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None;

    /// <summary>A text of at most so many bytes.</summary>
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    public static string Read(string path, int atMost)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > atMost) throw new IOException($"{path} is longer than {atMost} bytes.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Writes beside it, syncs, then puts it in its place.</summary>
    /// <exception cref="IOException">It cannot be written; or it is there already and was not to be replaced.</exception>
    public static void Write(string path, string text, bool replace)
    {
        var beside = path + "." + Environment.ProcessId + ".new";
        try
        {
            using (var stream = new FileStream(beside, Options()))
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, replace);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>How such a file is made.</summary>
    public static FileStreamOptions Options(FileMode mode = FileMode.Create)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        return options;
    }
}
