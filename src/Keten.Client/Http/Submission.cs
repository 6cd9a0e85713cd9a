using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>How long to wait for an answer to a submitted transaction.</summary>
public enum WaitUntil
{
    /// <summary>Until the validator promises to append it.</summary>
    Accepted = 0,

    /// <summary>Until its block is certified.</summary>
    Final = 1,
}

/// <summary>How far a submitted transaction is.</summary>
public enum SubmissionStatus
{
    /// <summary>Void: nothing was decided, no counter was used, and it may be sent again.</summary>
    Rejected = 0,

    /// <summary>Promised to be appended until its expiry.</summary>
    Accepted = 1,

    /// <summary>Decided and certified: done.</summary>
    Done = 2,

    /// <summary>Decided and certified: refused.</summary>
    Refused = 3,
}

/// <summary>What became of a submitted transaction.</summary>
/// <param name="Id">Its id; none where the node could not read it.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Refusal">Why not, by its number on the wire; 0 where nothing was refused.</param>
/// <param name="Call">Which call was refused.</param>
/// <param name="Height">Of its block, once final.</param>
public readonly record struct Submission(Hash Id, SubmissionStatus Status, uint Refusal, int Call, ulong Height)
{
    /// <summary>The validator's signed promise, where it was accepted; whether it is signed as it should be is for <see cref="Acceptance.Verify(ValidatorHistory)"/>. To be kept until the answer is final.</summary>
    public Acceptance? Promise { get; init; }

    /// <summary>Whether it was done, or is promised to be decided.</summary>
    public bool IsGood => Status is SubmissionStatus.Done or SubmissionStatus.Accepted;

    /// <summary>Whether it was turned away for want of room, and is worth sending again as it is.</summary>
    internal bool MayPass => Status == SubmissionStatus.Rejected && (Refusal == KernelRefusal.Busy.Number || Refusal == KernelRefusal.NotOrdered.Number);

    // [[id or null, status, refusal, call, height], or with the promise behind it …]
    internal static Submission[] Read(ReadOnlySpan<byte> bytes, int expected)
    {
        try
        {
            var reader = new CborReader(bytes);
            reader.ArrayOf(expected);
            var read = new Submission[expected];
            for (var each = 0; each < read.Length; each++)
            {
                var parts = reader.Array(6);
                var id = reader.TryNull() ? default : reader.Hash();
                read[each] = new Submission(
                    id, (SubmissionStatus)reader.Unsigned((ulong)SubmissionStatus.Refused), (uint)reader.Unsigned(uint.MaxValue), (int)reader.Integer(-1, Transaction.CallsAtMost), reader.Unsigned())
                    { Promise = parts == 6 ? Acceptance.FromBytes(reader.Bytes().ToArray()) : null };
            }
            reader.End();
            return read;
        }
        catch (MalformedException fault)
        {
            throw new UnexpectedAnswerException("The node's answer to the submission cannot be read.", fault);
        }
    }
}
