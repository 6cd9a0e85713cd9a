namespace Keten.Kernel.Cose;

/// <summary>What checking a COSE signature found.</summary>
public enum CoseVerdict
{
    /// <summary>The key signed it.</summary>
    Valid = 0,

    /// <summary>The key did not sign it.</summary>
    Invalid = 1,

    /// <summary>Another algorithm than ES256, or a header says that it is critical: nothing was checked.</summary>
    Unsupported = 2,
}
