namespace Keten.Kernel;

/// <summary>A numbered reason, in one sentence, why something was not done. On the wire it is contract code ≪ 16 | number; the kernel's code is 0.</summary>
public interface IRefusal
{
    /// <summary>Its number within its contract, from 1, for ever.</summary>
    ushort Number { get; }

    /// <summary>What a person is told: one sentence.</summary>
    string Sentence { get; }
}

/// <summary>A contract's refusal. Another contract's does not convert to this one's outcome.</summary>
/// <typeparam name="T">The contract.</typeparam>
/// <param name="number">Within the contract, from 1, for ever.</param>
/// <param name="sentence">What a person is told.</param>
public sealed class Refusal<T>(ushort number, string sentence) : IRefusal where T : class
{
    /// <inheritdoc/>
    public ushort Number { get; } = number > 0 ? number : throw new ArgumentOutOfRangeException(nameof(number));

    /// <inheritdoc/>
    public string Sentence { get; } = sentence;
}
