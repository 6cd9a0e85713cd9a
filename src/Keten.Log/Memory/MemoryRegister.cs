using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Keten.Log;

/// <summary>A register in one process: for a ledger of one validator on the File engine, and for validators simulated in one process. Forgotten when the process ends, which
/// costs nothing there: a lone validator attests its newest header again when it starts.</summary>
public sealed class MemoryRegister : IRegister
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Ring> validators = new(StringComparer.Ordinal);
    private readonly List<Channel<Statement>> followers = [];

    /// <inheritdoc/>
    public ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        ValidatorId.CheckStatements(validator, statements);
        lock (gate)
        {
            if (!validators.TryGetValue(validator, out var ring))
            {
                if (validators.Count == RegisterLimits.Validators) throw new RegisterFullException();
                validators.Add(validator, ring = new Ring());
            }
            var all = true;
            foreach (var (height, bytes) in statements)
            {
                if (ring.Put(height, bytes)) Tell(new Statement(validator, height, bytes.ToArray()));
                else all = false;
            }
            return ValueTask.FromResult(all);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var found = new List<Statement>();
        lock (gate)
        {
            foreach (var (validator, ring) in validators)
            {
                if (ring.Find(height) is { } bytes) found.Add(new Statement(validator, height, bytes));
            }
        }
        return ValueTask.FromResult<IReadOnlyList<Statement>>(found);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Statement> FollowAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        // Who is slow misses the oldest, and reads.
        var arrived = Channel.CreateBounded<Statement>(new BoundedChannelOptions(RegisterLimits.Heights) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate) followers.Add(arrived);
        try
        {
            await foreach (var statement in arrived.Reader.ReadAllAsync(cancel)) yield return statement;
        }
        finally
        {
            lock (gate) followers.Remove(arrived);
        }
    }

    private void Tell(in Statement statement)
    {
        foreach (var follower in followers) follower.Writer.TryWrite(statement);
    }

    /// <summary>One validator's newest heights: the statement about height h stands at h modulo the number kept, until a newer one needs the place.</summary>
    private sealed class Ring
    {
        private readonly (long Height, byte[]? Bytes)[] places = new (long, byte[]?)[RegisterLimits.Heights];
        private long newest;

        public bool Put(long height, ReadOnlyMemory<byte> statement)
        {
            if (height <= newest - RegisterLimits.Heights) return false;
            newest = Math.Max(newest, height);
            places[height % RegisterLimits.Heights] = (height, statement.ToArray());
            return true;
        }

        public byte[]? Find(long height) =>
            height > newest - RegisterLimits.Heights && height >= 0 && places[height % RegisterLimits.Heights] is { Bytes: { } bytes } place && place.Height == height ? bytes : null;
    }
}
