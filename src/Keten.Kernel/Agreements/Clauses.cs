namespace Keten.Kernel;

/// <summary>How an agreement of contract <typeparamref name="T"/> begins: a record of its terms.</summary>
/// <typeparam name="T">The contract: the agreement's state.</typeparam>
public interface IOpening<T> where T : class
{
    /// <summary>Who must sign; the kernel checks it before anything is decided.</summary>
    Signers MustSign(Facts facts);

    /// <summary>The first state and what comes with it, or a refusal.</summary>
    Outcome<T> Decide(Facts facts);
}

/// <summary>One thing that may be done under a contract.</summary>
/// <typeparam name="T">The contract.</typeparam>
public interface IClause<T> where T : class
{
    /// <summary>Who must sign; the kernel checks it before anything is decided.</summary>
    Signers MustSign(T agreed, Facts facts);

    /// <summary>The next state and what comes with it, or a refusal.</summary>
    Outcome<T> Decide(T agreed, Facts facts);
}

/// <summary>A clause that puts something right. It runs on an ended agreement too.</summary>
/// <typeparam name="T">The contract.</typeparam>
public interface ICorrection<T> where T : class
{
    /// <summary>Who must sign; the kernel checks it before anything is decided.</summary>
    Signers MustSign(T agreed, Facts facts);

    /// <summary>The next state and what comes with it, or a refusal.</summary>
    Outcome<T> Decide(T agreed, Facts facts);
}

/// <summary>A clause that becomes due: signed by nobody, sent by nobody, and so it cannot refuse. It moves only what is held or under a mandate.</summary>
/// <typeparam name="T">The contract.</typeparam>
public interface IDue<T> where T : class
{
    /// <summary>The next state and what comes with it.</summary>
    Accepted<T> Decide(T agreed, Facts facts);
}

/// <summary>
/// Stands beside <see cref="IClause{T}"/>, <see cref="ICorrection{T}"/> or <see cref="IDue{T}"/> on a clause by which a party gets out: takes back what is its own, revokes, ends. It runs while
/// validators have suspended the contract's version; the others do not.
/// </summary>
public interface IExit;

/// <summary>A record of something that happened under a contract. Its name is a participle.</summary>
public interface IEvent;
