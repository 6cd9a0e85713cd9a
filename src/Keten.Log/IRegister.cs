namespace Keten.Log;

/// <summary>
/// The register of validators' attestations, beside the log: each validator publishes its statement about a height under its own id. Statements are opaque here and are no log
/// entries; whoever reads them checks the signatures. The register keeps only each validator's newest heights (older ones are served by peers), so one validator that publishes
/// nonsense pushes out nothing but its own.
/// <para>It is a notice board, not a record: a statement MUST be readable by all validators once publishing has completed, but MAY be forgotten when the register's process or
/// cluster restarts; validators then publish again. A second statement of one validator for one height replaces its first.</para>
/// </summary>
public interface IRegister
{
    /// <summary>Publishes a validator's statements about some heights, together.</summary>
    /// <param name="validator">Whose.</param>
    /// <param name="statements">At most <see cref="RegisterLimits.AtOnce"/>, by rising height.</param>
    /// <param name="cancel">Gives up; they may be published all the same.</param>
    /// <returns>False where a height is older than those kept of this validator: that one is left out.</returns>
    /// <exception cref="ArgumentException">The id is not 40 lower-case hexadecimal digits, a height is negative or does not rise, or a statement is longer than
    /// <see cref="RegisterLimits.StatementBytes"/>.</exception>
    /// <exception cref="RegisterFullException">It holds as many validators as it may already.</exception>
    ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default);

    /// <summary>All statements about a height that are still kept, ordered by validator; empty where there are none.</summary>
    ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default);

    /// <summary>Statements as anybody publishes them from now on, until it is cancelled: so that who waits for some need not ask again and again. A hint: what was published while the register
    /// could not be reached, or before this has begun, is not repeated, and <see cref="ReadAsync"/> tells it.</summary>
    IAsyncEnumerable<Statement> FollowAsync(CancellationToken cancel = default);
}

/// <summary>One statement, published alone.</summary>
public static class Registers
{
    /// <inheritdoc cref="IRegister.PublishAsync"/>
    public static ValueTask<bool> PublishAsync(this IRegister register, string validator, long height, ReadOnlyMemory<byte> statement, CancellationToken cancel = default) =>
        register.PublishAsync(validator, [new Stated(height, statement)], cancel);
}

/// <summary>What a validator is about to say of a height.</summary>
/// <param name="Height">The height that it speaks of.</param>
/// <param name="Bytes">The statement: signed inside, opaque here.</param>
public readonly record struct Stated(long Height, ReadOnlyMemory<byte> Bytes);

/// <summary>What one validator says about one height.</summary>
/// <param name="Validator">Its 20-byte id as 40 lower-case hexadecimal digits.</param>
/// <param name="Height">The height that it speaks of.</param>
/// <param name="Bytes">The statement: signed inside, opaque here.</param>
public readonly record struct Statement(string Validator, long Height, ReadOnlyMemory<byte> Bytes);

/// <summary>Limits that all registers share.</summary>
public static class RegisterLimits
{
    /// <summary>The longest statement, in bytes.</summary>
    public const int StatementBytes = 16 * 1024;

    /// <summary>How many statements are published together at most.</summary>
    public const int AtOnce = 16;

    /// <summary>The most validators.</summary>
    public const int Validators = 128;

    /// <summary>How many heights of each validator are kept.</summary>
    public const int Heights = 1024;
}

/// <summary>The register holds <see cref="RegisterLimits.Validators"/> validators already.</summary>
public sealed class RegisterFullException() : LogException($"The register holds {RegisterLimits.Validators} validators already.");
