namespace Keten.Node.Hosting;

/// <summary>What a setting is for, and what it may be: docs/configuration.md and the errors of a wrong file are made from it.</summary>
/// <param name="words">What it is for, in a sentence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string words) : Attribute
{
    /// <summary>What it is for.</summary>
    public string Words { get; } = words;

    /// <summary>The smallest number.</summary>
    public long Min { get; set; } = long.MinValue;

    /// <summary>The largest number.</summary>
    public long Max { get; set; } = long.MaxValue;

    /// <summary>The texts that it may be, separated by «|».</summary>
    public string? OneOf { get; set; }

    /// <summary>An address with http or https.</summary>
    public bool IsAddress { get; set; }
}
