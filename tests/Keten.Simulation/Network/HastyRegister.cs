using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;

namespace Keten.Simulation.Network;

/// <summary>Makes of a node one that attests what it has only read: the header before, with the new entry's place and hash.</summary>
internal sealed class HastyRegister(IRegister register, Host host) : IRegister
{
    public ValueTask<bool> PublishAsync(string validator, long height, ReadOnlyMemory<byte> statement, CancellationToken cancel = default)
    {
        if (Standing.Read(validator, statement.Span) is { Attestation: null } standing && host.Node?.Head is { } head && head.Header.Height + 1 == (ulong)height)
        {
            var guessed = head.Header with { Height = (ulong)height, LogPosition = standing.Echo.Position, LogHash = standing.Echo.LogHash, Previous = head.Header.Hash };
            statement = (standing with { Attestation = Attestation.Sign(host.Key, guessed) }).ToBytes();
        }
        return register.PublishAsync(validator, height, statement, cancel);
    }

    public ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default) => register.ReadAsync(height, cancel);

    public IAsyncEnumerable<Statement> FollowAsync(CancellationToken cancel = default) => register.FollowAsync(cancel);
}
