using System.Text;
using System.Text.Json;
using System.Xml;

namespace Keten.Connectors.Ocmf;

/// <summary>One value of a file: signed text and the key that came with it.</summary>
public sealed record OcmfValue
{
    /// <summary>The format's name: OCMF, or another that is not checked here.</summary>
    public string Format { get; init; } = OcmfDocument.Header;

    /// <summary>The signed text.</summary>
    public string SignedData { get; init; } = "";

    /// <summary>The public key as written; null when none came along.</summary>
    public string? PublicKey { get; init; }

    /// <summary>The transaction, as the container names it.</summary>
    public string? TransactionId { get; init; }

    /// <summary>The container's note, such as Transaction.Begin.</summary>
    public string? Context { get; init; }

    /// <summary>Why the value cannot be judged as OCMF; null when it can.</summary>
    public OcmfProblem? Problem { get; init; }
}

/// <summary>
/// Files with signed values: the container of the transparency software (XML, <c>values/value/signedData</c> and <c>publicKey</c>), a bare record, or PCDF.
/// </summary>
public static class OcmfFile
{
    /// <summary>Longest file in bytes.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Deepest nesting of a container's elements.</summary>
    public const int MaxDepth = 16;

    /// <summary>Most values of one file.</summary>
    public const int MaxValues = 10_000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxLength,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads a file's bytes. What cannot be read is one value with its <see cref="OcmfValue.Problem"/>; nothing is thrown for content.</summary>
    public static IReadOnlyList<OcmfValue> Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            if (content.Length > MaxLength) throw OcmfException.Malformed($"The file is longer than {MaxLength} bytes.");
            return IsXml(content.Span) ? Xml(content) : [Plain(StrictUtf8.GetString(content.Span).TrimStart('\uFEFF'))];
        }
        catch (OcmfException wrong)
        {
            return [new OcmfValue { Problem = wrong.Problem }];
        }
        catch (Exception wrong) when (wrong is XmlException or DecoderFallbackException or ArgumentException or NotSupportedException)
        {
            return [new OcmfValue { Problem = new OcmfProblem(OcmfFault.MalformedRecord, $"The file is not well-formed: {Line(wrong)}.") }];
        }
    }

    /// <summary>Writes values as a container that the transparency software reads too.</summary>
    public static string Write(IEnumerable<OcmfValue> values)
    {
        var text = new StringBuilder();
        using var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize });
        xml.WriteStartElement("values");
        foreach (var value in values)
        {
            xml.WriteStartElement("value");
            if (value.TransactionId is not null) xml.WriteAttributeString("transactionId", value.TransactionId);
            if (value.Context is not null) xml.WriteAttributeString("context", value.Context);
            xml.WriteStartElement("signedData");
            xml.WriteAttributeString("format", value.Format);
            xml.WriteAttributeString("encoding", "plain");
            xml.WriteString(value.SignedData);
            xml.WriteEndElement();
            if (value.PublicKey is not null) xml.WriteElementString("publicKey", value.PublicKey);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.Flush();
        return text.ToString();
    }

    private static string Line(Exception wrong) => wrong is XmlException xml ? $"line {xml.LineNumber}, position {xml.LinePosition}" : "bytes that are no text";

    private static bool IsXml(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[3..];
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return true;
        return content.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
    }

    private static OcmfValue Plain(string text)
    {
        // PCDF (portable charging data format) begins with the OBIS code of its record.
        if (text.StartsWith("128.8.0(", StringComparison.Ordinal)) return Unsupported(new OcmfValue { Format = "PCDF", SignedData = text });
        return new OcmfValue { SignedData = text };
    }

    private static OcmfValue Unsupported(OcmfValue value) =>
        value with { Problem = new OcmfProblem(OcmfFault.UnsupportedFormat, $"The format {JsonEncodedText.Encode(value.Format)} is not checked here.") };

    private static List<OcmfValue> Xml(ReadOnlyMemory<byte> content)
    {
        using var xml = XmlReader.Create(new MemoryStream(content.ToArray(), writable: false), Safe);
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "values") throw OcmfException.Malformed("The outermost element is not 'values'.");
        var all = new OcmfValue { TransactionId = Attribute(xml, "transactionId"), Context = Attribute(xml, "context") };
        var values = new List<OcmfValue>();
        Children(xml, name =>
        {
            if (name != "value") return false;
            if (values.Count == MaxValues) throw OcmfException.Malformed($"There are more than {MaxValues} values.");
            values.Add(Value(xml, all));
            return true;
        });
        return values.Count > 0 ? values : throw OcmfException.Malformed("There is no value.");
    }

    private static OcmfValue Value(XmlReader xml, OcmfValue all)
    {
        var value = all with { TransactionId = Attribute(xml, "transactionId") ?? all.TransactionId, Context = Attribute(xml, "context") ?? all.Context };
        var found = false;
        Children(xml, name =>
        {
            switch (name)
            {
                case "signedData" when !found:
                    found = true;
                    var (format, encoding) = (Attribute(xml, "format"), Attribute(xml, "encoding"));
                    value = value with { Format = OcmfDocument.NotEmpty(format) ?? value.Format, SignedData = xml.ReadElementContentAsString() };
                    value = Decode(value, encoding);
                    return true;
                case "publicKey" when value.PublicKey is null:
                    value = value with { PublicKey = OcmfDocument.NotEmpty(xml.ReadElementContentAsString()) };
                    return true;
                case "signedData" or "publicKey":
                    throw OcmfException.Malformed($"A value has two elements '{name}'.");
                default:
                    return false;
            }
        });
        return found ? value : value with { Problem = new OcmfProblem(OcmfFault.MalformedRecord, "The value has no signed data.") };
    }

    private static OcmfValue Decode(OcmfValue value, string? encoding)
    {
        if (!value.Format.Equals(OcmfDocument.Header, StringComparison.OrdinalIgnoreCase)) return Unsupported(value);
        var packed = value.SignedData.Trim();
        if (encoding?.ToUpperInvariant() is null or "" or "PLAIN") return value;
        var bytes = encoding.ToUpperInvariant() switch { "HEX" => OcmfText.Hex(packed), "BASE64" => OcmfText.Base64(packed), _ => null };
        if (bytes is null) return value with { Problem = new OcmfProblem(OcmfFault.MalformedRecord, "The signed data is not in the encoding that it names.") };
        return value with { SignedData = StrictUtf8.GetString(bytes) };
    }

    private static string? Attribute(XmlReader xml, string name) => xml.GetAttribute(name);

    // Calls read for each child element, positioned on it; read says whether it went past the element, else the element is skipped.
    private static void Children(XmlReader xml, Func<string, bool> read)
    {
        if (xml.IsEmptyElement)
        {
            xml.Read();
            return;
        }
        xml.Read();
        while (xml.NodeType != XmlNodeType.EndElement)
        {
            if (xml.EOF) throw OcmfException.Malformed("The file ends too early.");
            if (xml.NodeType != XmlNodeType.Element) xml.Read();
            else if (!read(xml.LocalName)) Skip(xml);
        }
        xml.Read();
    }

    // As XmlReader.Skip, with the depth bounded: the reader keeps something for each open element.
    private static void Skip(XmlReader xml)
    {
        var depth = xml.Depth;
        if (!xml.IsEmptyElement)
        {
            while (xml.Read() && xml.Depth > depth)
                if (xml.Depth > MaxDepth) throw OcmfException.Malformed($"Elements are nested deeper than {MaxDepth}.");
        }
        xml.Read();
    }
}
