namespace Keten.Cli.Terminals;

/// <summary>Files that commands read and write.</summary>
internal static class Files
{
    /// <summary>Writes a file that must not be there yet.</summary>
    public static void WriteNew(string path, ReadOnlySpan<byte> content, bool ownerOnly = false)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads a whole file of at most so many bytes.</summary>
    public static byte[] Read(FileInfo file, long atMost)
    {
        using var stream = file.OpenRead();
        if (stream.Length > atMost) throw ExitException.Usage($"{file} is longer than {atMost} bytes.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
