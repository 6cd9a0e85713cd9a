namespace Keten.Kernel.Cbor;

/// <summary>The kinds of CBOR item that Keten's formats use (RFC 8949 §3.1). Floating point and indefinite lengths are refused.</summary>
public enum CborKind
{
    /// <summary>Major type 0.</summary>
    Unsigned = 0,

    /// <summary>Major type 1.</summary>
    Negative = 1,

    /// <summary>Major type 2.</summary>
    Bytes = 2,

    /// <summary>Major type 3.</summary>
    Text = 3,

    /// <summary>Major type 4.</summary>
    Array = 4,

    /// <summary>Major type 5.</summary>
    Map = 5,

    /// <summary>Major type 6.</summary>
    Tag = 6,

    /// <summary>Major type 7: false, true and null.</summary>
    Simple = 7,
}
