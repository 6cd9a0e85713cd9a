namespace Keten.Kernel.Cbor;

/// <summary>
/// Bytes that are not what they should be. Thrown by decoders only, at a door, before anything is decided; it carries a fixed sentence and the offset, never the bytes.
/// </summary>
public sealed class MalformedException : Exception
{
    /// <summary>With the sentence and where in the bytes it was noticed.</summary>
    public MalformedException(string what, int offset = 0) : base(what) => Offset = offset;

    /// <summary>Where in the bytes, from 0.</summary>
    public int Offset { get; }
}
