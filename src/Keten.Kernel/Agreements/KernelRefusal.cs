namespace Keten.Kernel;

/// <summary>A refusal that the kernel itself gives; its code is 0.</summary>
public sealed class KernelRefusal : IRefusal
{
    private KernelRefusal(ushort number, string sentence) => (Number, Sentence) = (number, sentence);

    /// <inheritdoc/>
    public ushort Number { get; }

    /// <inheritdoc/>
    public string Sentence { get; }
}
