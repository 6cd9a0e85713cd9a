using System.Collections.Frozen;
using System.Text;

namespace Keten.Connectors.Json;

/// <summary>The standard's spelling of an enumeration's values: <c>ParkingTime</c> is <c>PARKING_TIME</c>.</summary>
internal static class Spelling
{
    public static T? Find<T>(string text) where T : struct, Enum => Table<T>.Values.TryGetValue(text, out var value) ? value : null;

    public static string Of<T>(T value) where T : struct, Enum => Table<T>.Names[value];

    private static string Spell(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToUpperInvariant(letter));
        }
        return text.ToString();
    }

    private static class Table<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>().ToFrozenDictionary(value => value, value => Spell(value.ToString()));

        public static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
    }
}
