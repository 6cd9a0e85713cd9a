using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Keten.Node.Rendering;

namespace Keten.Node.Hosting;

/// <summary>Reads the value of one setting, from the file or from a variable.</summary>
internal static class SettingValue
{
    public static string NameOf(PropertyInfo property) => Show.Camel(property.Name);

    public static object? Read(PropertyInfo property, string path, SettingTree value)
    {
        var setting = property.GetCustomAttribute<SettingAttribute>()!;
        var type = property.PropertyType;
        if (type == typeof(string)) return Text(property, setting, path, value);
        if (type == typeof(bool)) return value.Text switch { "true" => true, "false" => false, _ => throw Wrong(path, value, "true or false") };
        if (type == typeof(IReadOnlyList<string>)) return List(path, value);
        if (type != typeof(int) && type != typeof(long)) throw new NotSupportedException($"No setting is a {type}.");
        var (min, max) = (Math.Max(setting.Min, type == typeof(int) ? int.MinValue : long.MinValue), Math.Min(setting.Max, type == typeof(int) ? int.MaxValue : long.MaxValue));
        // In the file a number is a number; a variable is text.
        if (value.Kind == JsonTokenType.String && !value.Place.StartsWith(ConfigurationFile.Prefix, StringComparison.Ordinal)
            || !long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
            throw Wrong(path, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
        return type == typeof(int) ? (object)(int)number : number;
    }

    private static string? Text(PropertyInfo property, SettingAttribute setting, string path, SettingTree value)
    {
        var mayBeNull = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        if (value.Kind == JsonTokenType.Null && mayBeNull) return null;
        if (value.Kind != JsonTokenType.String) throw Wrong(path, value, mayBeNull ? "a text, or null" : "a text");
        if (setting.OneOf is { } choices && !choices.Split('|').Contains(value.Text)) throw Wrong(path, value, "one of " + choices.Replace("|", ", ", StringComparison.Ordinal));
        if (setting.IsAddress && !(Uri.TryCreate(value.Text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/"))
            throw Wrong(path, value, "an address such as http://127.0.0.1:5080");
        return value.Text.Length > 0 ? value.Text : throw Wrong(path, value, "a text that is not empty");
    }

    private static string[] List(string path, SettingTree value)
    {
        if (value.Kind == JsonTokenType.String && value.Place.StartsWith(ConfigurationFile.Prefix, StringComparison.Ordinal))
            return value.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (value.Kind != JsonTokenType.StartArray) throw Wrong(path, value, "a list of texts");
        foreach (var item in value.Items)
            if (item.Kind != JsonTokenType.String) throw Wrong(path, item, "a list of texts");
        return [.. value.Items.Select(item => item.Text)];
    }

    private static ConfigurationException Wrong(string path, SettingTree value, string right) => new(value.Place, $"«{path}» is {right}.");
}
