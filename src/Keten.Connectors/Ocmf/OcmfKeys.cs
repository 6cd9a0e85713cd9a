namespace Keten.Connectors.Ocmf;

/// <summary>
/// The meters that are trusted and their keys. As a text file: one line each with a meter's serial (MS), its gateway's serial (GS) or its charge point (CI),
/// or <c>*</c> for any meter, then space, then the SubjectPublicKeyInfo in hexadecimal or base64. A meter may have several lines. Empty lines and what
/// follows <c>#</c> at the start of a line are ignored. Serials hold no space here.
/// </summary>
public sealed class OcmfKeys
{
    /// <summary>Most keys.</summary>
    public const int MaxKeys = 100_000;

    /// <summary>Longest line in characters.</summary>
    public const int MaxLine = 8192;

    /// <summary>Stands for any meter.</summary>
    public const string Any = "*";

    private readonly Dictionary<string, List<OcmfPublicKey>> keys = new(StringComparer.Ordinal);
    private int count;

    /// <summary>Trusts a key for a meter. A key that is known already changes nothing.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxKeys"/> already.</exception>
    public OcmfKeys Add(string meter, OcmfPublicKey key)
    {
        if (count == MaxKeys) throw new InvalidOperationException($"More than {MaxKeys} keys.");
        if (!keys.TryGetValue(meter, out var its)) keys.Add(meter, its = []);
        if (its.Contains(key)) return this;
        its.Add(key);
        count++;
        return this;
    }

    /// <summary>Reads a keys file.</summary>
    /// <exception cref="FormatException">A line is wrong; the message begins with its number, as in "line 3: ".</exception>
    public static OcmfKeys Load(string path)
    {
        using var reader = File.OpenText(path);
        return Read(reader);
    }

    /// <summary>Reads the text of a keys file.</summary>
    /// <exception cref="FormatException">A line is wrong; the message begins with its number, as in "line 3: ".</exception>
    public static OcmfKeys Read(TextReader reader)
    {
        var read = new OcmfKeys();
        for (var number = 1; ReadLine(reader, number) is { } line; number++)
        {
            line = line.Trim();
            if (line.Length == 0 || line.StartsWith('#')) continue;
            var space = line.IndexOfAny([' ', '\t']);
            if (space < 0) throw Wrong(number, "a meter and its key are wanted, with space between.");
            var key = OcmfPublicKey.Read(line[space..]) ?? throw Wrong(number, "the key is no SubjectPublicKeyInfo of a named curve in hexadecimal or base64.");
            if (read.count == MaxKeys) throw Wrong(number, $"more than {MaxKeys} keys.");
            read.Add(line[..space], key);
        }
        return read.count > 0 ? read : throw new FormatException("line 1: the file names no key.");
    }

    /// <summary>
    /// The keys that may sign for this record: those of <see cref="Any"/>, and those listed for one of its serials. A record with two listed names must be
    /// signed by a key of both, so that one trusted meter cannot speak in the name of another.
    /// </summary>
    internal IReadOnlyList<OcmfPublicKey> For(OcmfDocument record)
    {
        List<OcmfPublicKey>? named = null;
        foreach (var name in new[] { record.MeterSerial, record.GatewaySerial, record.ChargePoint })
        {
            if (OcmfDocument.NotEmpty(name) is not { } meter || meter == Any || !keys.TryGetValue(meter, out var its)) continue;
            named = named is null ? its : [.. named.Where(its.Contains)];
        }
        return keys.TryGetValue(Any, out var any) ? [.. named ?? [], .. any] : named ?? [];
    }

    // A line without end must not fill the memory.
    private static string? ReadLine(TextReader reader, int number)
    {
        var line = new System.Text.StringBuilder();
        int next;
        while ((next = reader.Read()) >= 0)
        {
            if (next == '\n') return line.ToString();
            if (line.Length == MaxLine) throw Wrong(number, $"longer than {MaxLine} characters.");
            line.Append((char)next);
        }
        return line.Length > 0 ? line.ToString() : null;
    }

    private static FormatException Wrong(int number, string what) => new($"line {number}: {what}");
}
