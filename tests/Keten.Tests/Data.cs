namespace Keten.Tests;

/// <summary>The folder of published vectors and records, which is not part of the repository: KETEN_DATA, by default ../shared/data beside it.</summary>
public static class Data
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("KETEN_DATA") ?? FromRepository();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FromRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Keten.slnx"))) folder = folder.Parent;
        for (var parent = folder?.Parent; parent is not null; parent = parent.Parent)
            if (System.IO.Path.Combine(parent.FullName, "shared", "data") is var data && Directory.Exists(data)) return data;
        return System.IO.Path.Combine(folder?.Parent?.FullName ?? ".", "shared", "data");
    }
}

/// <summary>A fact about the published data: skipped, and said so, where the folder is absent.</summary>
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (!Directory.Exists(Data.Root)) Skip = "No data folder: set KETEN_DATA.";
    }
}

/// <summary>The same for a theory.</summary>
public sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute()
    {
        if (!Directory.Exists(Data.Root)) Skip = "No data folder: set KETEN_DATA.";
    }
}
