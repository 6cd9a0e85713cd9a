using System.Text;

namespace Keten.Cli.Jobs;

/// <summary>Files and folders that only their owner can use.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Folder(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        using var stream = new FileStream(path, options);
        stream.Write(content);
    }

    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
    }

    /// <summary>Keeps keys in the clear, a file each: a simulation's, which are nobody's but the folder owner's.</summary>
    public static void Keep(string folder, IEnumerable<Actor> actors)
    {
        foreach (var actor in actors) Write(Path.Combine(folder, NameOf(actor) + ".pem"), actor.Key.ExportPem());
    }

    // A name in a file may be anything; the party tells apart what then looks alike.
    private static string NameOf(Actor actor)
    {
        var plain = string.Concat(actor.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_'));
        return $"{plain}-{actor.Party.ToString()[..8]}";
    }
}
