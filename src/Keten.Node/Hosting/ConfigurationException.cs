namespace Keten.Node.Hosting;

/// <summary>A setting that is wrong, with the file and the line, or the variable, that says it, and what would be right.</summary>
public sealed class ConfigurationException(string place, string what) : Exception($"{place}: {what}")
{
    /// <summary>keten.json:12, or the environment variable's name.</summary>
    public string Place { get; } = place;
}
