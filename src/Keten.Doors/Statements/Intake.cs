using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What became of a message.</summary>
/// <param name="Taken">Whether it is in the outbox now.</param>
/// <param name="Reason">Otherwise why it is kept apart.</param>
/// <param name="Sentence">In a sentence.</param>
internal readonly record struct Receipt(bool Taken, ApartReason Reason, string Sentence);

/// <summary>
/// Takes what devices have signed, from whichever door. When it returns, what was taken, or that it was not and why, is on disk. It asks nobody: whether device and signature are good is found when it is
/// put on the ledger, and what is not is kept apart then.
/// </summary>
internal sealed class Intake(DoorStore store, Hash ledger, DoorLimits limits, TimeProvider clock)
{
    /// <summary>The outbox is full: nothing was taken, and it may come again.</summary>
    public sealed class FullException() : Exception("The outbox is full: the ledger has not been reached for long.");

    /// <summary>Takes a message.</summary>
    /// <param name="source">From where it came.</param>
    /// <param name="id">Its id there; null: what was signed is its id.</param>
    /// <param name="content">A COSE_Sign1.</param>
    /// <exception cref="FullException">There is no room.</exception>
    public Receipt Take(string source, string? id, ReadOnlyMemory<byte> content)
    {
        if (content.Length > limits.Message) return Apart(source, id ?? Hash.Of(content.Span).ToString(), new ApartException(ApartReason.TooLarge, $"It is longer than {limits.Message} bytes."), content);
        Statement statement;
        try
        {
            statement = Statement.Read(content, ledger);
            if (statement.At < new Instant(clock.GetUtcNow().ToUnixTimeSeconds()).PlusDays(-limits.DaysLate))
                throw new ApartException(ApartReason.Late, $"It is older than {limits.DaysLate} days, by its own clock.");
        }
        catch (ApartException apart)
        {
            return Apart(source, id ?? Hash.Of(content.Span).ToString(), apart, content);
        }
        return store.Do(open =>
        {
            if (!open.HasRoom) throw new FullException();
            var own = id ?? statement.Id.ToString();
            // All of it, signature too: what somebody else forged must not stand in the way of what the device signed. A sender's id counts once its signature has been found good (Maker).
            if (!open.TakeOnce("statement", Hash.Of(content.Span).ToString(), [], null, out _)) return Doubled(open, "The same has been taken already.");
            open.Hand(statement.Key.ToString(), Work.Statement, source, own, content.Span, statement.For);
            return new Receipt(true, default, "");

            Receipt Doubled(DoorStore into, string sentence)
            {
                into.KeepApart(source, own, ApartReason.Doubled, sentence, content.Span);
                return new Receipt(false, ApartReason.Doubled, sentence);
            }
        });
    }

    /// <summary>Keeps a message apart that is no event at all.</summary>
    public Receipt Apart(string source, string id, ApartException apart, ReadOnlyMemory<byte> content)
    {
        store.Do(open => open.KeepApart(source, id, apart.Reason, apart.Message, content.Span));
        return new Receipt(false, apart.Reason, apart.Message);
    }
}
