using System.Globalization;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>A Signature-Input field (RFC 9421 §4.1) in its strict serialization (RFC 8941 §4.1): one label, known components and parameters, each once.</summary>
internal sealed class SignatureInput
{
    private const int LengthAtMost = 512;
    private static readonly string[] Known = ["@method", "@authority", "@path", "@query", "content-digest"];

    private readonly List<string> components = [];

    private SignatureInput(string parameters) => Parameters = parameters;

    public IReadOnlyList<string> Components => components;

    /// <summary>What follows the label: the last line of what is signed.</summary>
    public string Parameters { get; }

    public long Created { get; private set; } = -1;

    public long Expires { get; private set; } = long.MaxValue;

    public KeyId Key { get; private set; }

    public bool Covers(bool body) => components.Count == (components.Contains(Known[^1]) ? Known.Length : Known.Length - 1) && (!body || components.Contains(Known[^1]));

    /// <summary>Null for anything but the one form.</summary>
    public static SignatureInput? Parse(string? field)
    {
        if (field is null || field.Length > LengthAtMost || !field.StartsWith("sig=(", StringComparison.Ordinal)) return null;
        var input = new SignatureInput(field[4..]);
        var close = field.IndexOf(')', StringComparison.Ordinal);
        return close > 0 && input.ReadComponents(field[5..close]) && input.ReadParameters(field[(close + 1)..]) ? input : null;
    }

    private bool ReadComponents(string list)
    {
        foreach (var item in list.Split(' '))
        {
            if (item.Length < 2 || item[0] != '"' || item[^1] != '"' || Array.IndexOf(Known, item[1..^1]) < 0 || components.Contains(item[1..^1])) return false;
            components.Add(item[1..^1]);
        }
        return true;
    }

    private bool ReadParameters(string list)
    {
        if (list.Length == 0 || list[0] != ';') return false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in list[1..].Split(';'))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !seen.Add(parameter[..equals]) || !ReadParameter(parameter[..equals], parameter[(equals + 1)..])) return false;
        }
        return seen.Contains("created") && seen.Contains("keyid") && seen.Contains("alg");
    }

    private bool ReadParameter(string name, string value)
    {
        switch (name)
        {
            case "created" when Seconds(value) is { } created:
                Created = created;
                return true;
            case "expires" when Seconds(value) is { } expires:
                Expires = expires;
                return true;
            // One form of an id: upper-case digits would be a second.
            case "keyid" when Text(value) is { } text && KeyId.TryParse(text, out var key) && key.ToString() == text:
                Key = key;
                return true;
            case "alg":
                return Text(value) == RequestSignature.Algorithm;
            case "nonce":
                return Text(value) is { Length: > 0 and <= 64 };
            default:
                return false;
        }
    }

    private static long? Seconds(string value) =>
        value.Length is > 0 and <= 12 && (value[0] != '0' || value.Length == 1) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    // No escapes and no separators: none of the values needs them.
    private static string? Text(string value) =>
        value.Length >= 2 && value[0] == '"' && value[^1] == '"' && value.AsSpan(1, value.Length - 2).IndexOfAnyExcept(Plain) < 0 ? value[1..^1] : null;

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+/=");
}
