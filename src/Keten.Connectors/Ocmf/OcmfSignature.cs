namespace Keten.Connectors.Ocmf;

/// <summary>The signature section of a record (OCMF table 8).</summary>
public sealed class OcmfSignature
{
    private const string Der = "application/x-der";

    // A null array would turn into an empty memory, which is not the same as none.
    private OcmfSignature(string algorithm, string mime, byte[]? data, IReadOnlyDictionary<string, string> extra) =>
        (AlgorithmName, MimeType, Data, Extra) = (algorithm, mime, data is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(data), extra);

    /// <summary>SA: the algorithm's name; <see cref="OcmfAlgorithm.Default"/> where the record names none.</summary>
    public string AlgorithmName { get; }

    /// <summary>SM: how the bytes are to be read; DER where the record says nothing.</summary>
    public string MimeType { get; }

    /// <summary>SD: the signature's bytes; null where the encoding (SE) is neither hex nor base64.</summary>
    public ReadOnlyMemory<byte>? Data { get; }

    /// <summary>Fields that the standard does not name, as JSON text. They are not signed.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; }

    /// <summary>Why this machine cannot check the signature, whatever the key; null when it can.</summary>
    public OcmfFault? Unsupported()
    {
        if (Data is null || !MimeType.Equals(Der, StringComparison.OrdinalIgnoreCase)) return OcmfFault.UnsupportedAlgorithm;
        return OcmfAlgorithm.Find(AlgorithmName) is { } algorithm && OcmfAlgorithm.CanCheck(algorithm.CurveOid) ? null : OcmfFault.UnsupportedAlgorithm;
    }

    /// <summary>Checks the signature over the signed bytes with one key.</summary>
    /// <returns>
    /// Null when it is good; else <see cref="OcmfFault.UnsupportedAlgorithm"/>, <see cref="OcmfFault.KeyMismatch"/> or <see cref="OcmfFault.BadSignature"/>.
    /// </returns>
    public OcmfFault? Verify(ReadOnlySpan<byte> signed, OcmfPublicKey key)
    {
        if (Unsupported() is { } fault) return fault;
        var algorithm = OcmfAlgorithm.Find(AlgorithmName)!;
        if (key.CurveOid != algorithm.CurveOid) return OcmfFault.KeyMismatch;
        return key.Verifies(signed, Data!.Value.Span, algorithm.Hash) ? null : OcmfFault.BadSignature;
    }

    internal static OcmfSignature Read(OcmfFields fields)
    {
        var text = fields.Text("SD") ?? throw OcmfException.Malformed("The signature data (SD) is missing.");
        var data = (fields.Text("SE") ?? "hex").ToUpperInvariant() switch
        {
            "HEX" => OneCase(text) ?? throw OcmfException.Malformed("The signature data (SD) is not hexadecimal in one case."),
            "BASE64" => OcmfText.Base64(text) ?? throw OcmfException.Malformed("The signature data (SD) is not base64."),
            _ => null,
        };
        return new OcmfSignature(fields.Text("SA") ?? OcmfAlgorithm.Default, fields.Text("SM") ?? Der, data, fields.Rest());
    }

    // One signature, one text: with mixed case a changed letter would leave the record valid but its hash another.
    private static byte[]? OneCase(string text) => text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower) ? null : OcmfText.Hex(text);
}
