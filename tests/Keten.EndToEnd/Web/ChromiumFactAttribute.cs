namespace Keten.EndToEnd.Web;

/// <summary>A test in a real browser; skipped, visibly, where Chromium is not installed.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    /// <summary>Where Debian and Ubuntu install it.</summary>
    public const string Chromium = "/usr/bin/chromium";

    public ChromiumFactAttribute()
    {
        if (!File.Exists(Chromium)) Skip = $"Chromium is not at {Chromium}; «apt-get install chromium» installs it.";
    }
}
