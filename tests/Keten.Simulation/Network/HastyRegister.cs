using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;

namespace Keten.Simulation.Network;

/// <summary>Makes of a node one that attests what it has only read: the header before, with the new entry's place and hash.</summary>
internal sealed class HastyRegister(IRegister register, Host host) : IRegister
{
    public ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default) =>
        register.PublishAsync(validator, [.. statements.Select(one => new Stated(one.Height, Guessed(validator, one)))], cancel);

    public ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default) => register.ReadAsync(height, cancel);

    public IAsyncEnumerable<Statement> FollowAsync(CancellationToken cancel = default) => register.FollowAsync(cancel);

    private ReadOnlyMemory<byte> Guessed(string validator, in Stated one)
    {
        if (Standing.Read(validator, one.Bytes.Span) is not { Attestation: null } standing || host.Node?.Head is not { } head || head.Header.Height + 1 != (ulong)one.Height) return one.Bytes;
        var guessed = head.Header with { Height = (ulong)one.Height, LogPosition = standing.Echo.Position, LogHash = standing.Echo.LogHash, Previous = head.Header.Hash };
        return (standing with { Attestation = Attestation.Sign(host.Key, guessed), Attested = guessed }).ToBytes();
    }
}
