using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// What validators publish in the register, as it comes in: who waits for a quorum looks here, and asks the register itself only once and when nothing comes. Of each validator and height the
/// last statement; nothing is believed that is not signed, so a statement too many costs room and no more, and room is bounded.
/// </summary>
/// <param name="register">Where they are published.</param>
/// <param name="failure">Of the node.</param>
/// <param name="done">Up to which height nothing is waited for any more.</param>
internal sealed class StatementBoard(IRegister register, Failure failure, long done)
{
    // A standing with the header that it attests is some 560 bytes.
    private const int LongestStatement = 1_024;
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, SortedDictionary<string, Statement>> byHeight = [];
    private readonly Signal changed = new();
    private long from = done + 1;

    /// <summary>Completes when something was published.</summary>
    public Task Next => changed.Next;

    /// <summary>Lets all who wait look again.</summary>
    public void Wake() => changed.Set();

    /// <summary>Follows the register until the node stops.</summary>
    public async Task RunAsync()
    {
        await foreach (var statement in register.FollowAsync(failure.Stop))
        {
            Put(statement);
            Wake();
        }
    }

    /// <summary>What the register holds about a height, asked.</summary>
    public async ValueTask<IReadOnlyList<Statement>> AskAsync(long height)
    {
        foreach (var statement in await register.ReadAsync(height, failure.Stop)) Put(statement);
        return Of(height);
    }

    /// <summary>What has come in about a height.</summary>
    public IReadOnlyList<Statement> Of(long height)
    {
        lock (gate) return byHeight.TryGetValue(height, out var stated) ? [.. stated.Values] : [];
    }

    /// <summary>Heights up to this one are done with.</summary>
    public void ForgetUpTo(long height)
    {
        lock (gate)
        {
            from = Math.Max(from, height + 1);
            while (byHeight.Count > 0 && byHeight.First().Key < from) byHeight.Remove(byHeight.First().Key);
        }
    }

    private void Put(in Statement statement)
    {
        if (statement.Bytes.Length > LongestStatement) return;
        lock (gate)
        {
            if (statement.Height < from || statement.Height >= from + RegisterLimits.Heights) return;
            if (!byHeight.TryGetValue(statement.Height, out var stated)) byHeight.Add(statement.Height, stated = new(StringComparer.Ordinal));
            if (stated.Count < RegisterLimits.Validators || stated.ContainsKey(statement.Validator)) stated[statement.Validator] = statement;
        }
    }
}
