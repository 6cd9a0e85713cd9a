using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Keten.Node.Hosting;

/// <summary>Reads keten.json and what the environment says over it. A setting that is unknown, of the wrong kind or out of range is refused, with its line and what would be right.</summary>
public static class ConfigurationFile
{
    /// <summary>What variables that override the file begin with: KETEN__HTTP__LISTEN.</summary>
    public const string Prefix = "KETEN__";

    /// <summary>Reads a file, or nothing where none is named, and the environment.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static NodeConfiguration Load(string? path, IDictionary? environment = null)
    {
        byte[] json = [.. "{}"u8];
        try
        {
            if (path is not null) json = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(path!, "The file cannot be read.");
        }
        return Parse(json, path ?? "(no file)", environment ?? Environment.GetEnvironmentVariables());
    }

    /// <summary>Reads a file's bytes, and variables over them.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static NodeConfiguration Parse(ReadOnlySpan<byte> json, string file, IDictionary environment)
    {
        var configuration = new NodeConfiguration();
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        Bind(configuration, SettingTree.Parse(json, file), "", places);
        foreach (DictionaryEntry variable in environment)
            if (variable.Key is string name && name.StartsWith(Prefix, StringComparison.Ordinal)) Override(configuration, name, variable.Value as string ?? "", places);
        Check(configuration, places, file);
        if (places.Count > 0) configuration.Places = places;
        return configuration;
    }

    private static void Bind(object section, SettingTree tree, string path, Dictionary<string, string> places)
    {
        if (tree.Kind != JsonTokenType.StartObject) throw new ConfigurationException(tree.Place, $"{Called(path)} is an object: {{ {NamesOf(section)} }}.");
        foreach (var (name, value) in tree.Members)
        {
            var property = Array.Find(Settings(section), property => SettingValue.NameOf(property) == name) ?? throw Unknown(section, name, path, value.Place);
            var full = path + name;
            if (IsSection(property)) Bind(property.GetValue(section)!, value, full + ".", places);
            else
            {
                property.SetValue(section, SettingValue.Read(property, full, value));
                places[full] = value.Place;
            }
        }
    }

    private static void Override(NodeConfiguration configuration, string variable, string text, Dictionary<string, string> places)
    {
        object section = configuration;
        var path = "";
        var parts = variable[Prefix.Length..].Split("__");
        for (var each = 0; each < parts.Length; each++)
        {
            var property = Array.Find(Settings(section), property => string.Equals(property.Name, parts[each].Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                ?? throw Unknown(section, parts[each].ToLowerInvariant(), path, variable);
            path += SettingValue.NameOf(property);
            if (IsSection(property) == (each == parts.Length - 1)) throw new ConfigurationException(variable, $"There is no setting of that name: settings are called {Prefix}SECTION__NAME.");
            if (IsSection(property))
            {
                section = property.GetValue(section)!;
                path += ".";
                continue;
            }
            property.SetValue(section, SettingValue.Read(property, path, SettingTree.OfText(text, variable)));
            places[path] = variable;
        }
    }

    private static void Check(NodeConfiguration configuration, Dictionary<string, string> places, string file)
    {
        var http = configuration.Http;
        var secure = http.Listen.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        if ((http.Certificate is null) != (http.CertificateKey is null))
            throw new ConfigurationException(PlaceOf(http.Certificate is null ? "http.certificateKey" : "http.certificate"), "«http.certificate» and «http.certificateKey» are set together or not at all.");
        if (secure && http.Certificate is null) throw new ConfigurationException(PlaceOf("http.listen"), "An address with https needs «http.certificate» and «http.certificateKey».");
        if (!secure && http.Certificate is not null) throw new ConfigurationException(PlaceOf("http.certificate"), "A certificate is for an address with https in «http.listen».");

        string PlaceOf(string setting) => places.GetValueOrDefault(setting, file);
    }

    private static ConfigurationException Unknown(object section, string name, string path, string place) =>
        new(place, $"«{path}{name}» is no setting. {Called(path)} has {NamesOf(section)}.");

    private static string Called(string path) => path.Length == 0 ? "The configuration" : $"«{path[..^1]}»";

    private static string NamesOf(object section) => string.Join(", ", Settings(section).Select(property => "«" + SettingValue.NameOf(property) + "»"));

    internal static PropertyInfo[] Settings(object section) =>
        [.. section.GetType().GetProperties().Where(property => property.GetCustomAttribute<SettingAttribute>() is not null)];

    internal static bool IsSection(PropertyInfo property) => property.PropertyType.Namespace?.StartsWith("Keten", StringComparison.Ordinal) == true;
}
