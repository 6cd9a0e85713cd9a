using Keten.Kernel;

namespace Keten.Client;

/// <summary>Calls by their types: the clause's number and its form are looked up on the contract's contents page, so that neither stands twice.</summary>
public static class Calls
{
    /// <summary>Adds a payment from one party to another. Nobody named as payer: the transaction's one signer pays.</summary>
    /// <param name="builder">To which transaction.</param>
    /// <param name="from">Who pays.</param>
    /// <param name="to">Who is paid.</param>
    /// <param name="amount">How much.</param>
    /// <param name="reference">The payer's own, unique for the payment.</param>
    public static TransactionBuilder Transfer(this TransactionBuilder builder, Party? from, Party to, Amount amount, Reference? reference = null) =>
        builder.Do(new KernelCalls.Transfer(from, to, amount, reference));

    /// <summary>Adds the joining of a new party with its first key, which signs too.</summary>
    public static TransactionBuilder Enrol(this TransactionBuilder builder, PublicKey key) => builder.Do(new KernelCalls.Enrol(key));

    /// <summary>Adds one more key to a party; the new key signs too.</summary>
    public static TransactionBuilder AddKey(this TransactionBuilder builder, Party of, PublicKey key) => builder.Do(new KernelCalls.AddKey(of, key));

    /// <summary>Retires a key of a party.</summary>
    public static TransactionBuilder RetireKey(this TransactionBuilder builder, Party of, KeyId key) => builder.Do(new KernelCalls.RetireKey(of, key));

    /// <summary>Adds one of the ledger's own calls (<see cref="KernelCalls"/>).</summary>
    /// <exception cref="KeyNotFoundException">It is none of the ledger's.</exception>
    public static TransactionBuilder Do<TCall>(this TransactionBuilder builder, in TCall call) where TCall : notnull
    {
        var (number, codec) = KernelContents.Of<TCall>();
        return builder.Open(0, number, codec, call);
    }

    /// <summary>Adds a clause, called on an agreement.</summary>
    /// <exception cref="KeyNotFoundException">The contract has no such clause.</exception>
    /// <exception cref="ArgumentException">The clause opens an agreement, or nobody calls it.</exception>
    public static TransactionBuilder Call<T, TClause>(this TransactionBuilder builder, Contract<T> contract, Agreement<T> agreement, in TClause clause)
        where T : class where TClause : notnull
    {
        var page = contract.ClauseOf<TClause>();
        if (page.Kind is not (ClauseKind.Ordinary or ClauseKind.Correction)) throw new ArgumentException("The clause is not called on an agreement.", nameof(clause));
        return builder.Call(agreement.Number, page.Number, (Codec<TClause>)page.ArgumentsCodec, clause);
    }

    /// <summary>Adds the opening of an agreement.</summary>
    /// <exception cref="KeyNotFoundException">The contract has no such opening.</exception>
    /// <exception cref="ArgumentException">The clause is no opening.</exception>
    public static TransactionBuilder Open<T, TOpening>(this TransactionBuilder builder, Contract<T> contract, in TOpening opening)
        where T : class where TOpening : notnull
    {
        var page = contract.ClauseOf<TOpening>();
        if (page.Kind is not ClauseKind.Opening) throw new ArgumentException("The clause opens nothing.", nameof(opening));
        return builder.Open(contract.Code, page.Number, (Codec<TOpening>)page.ArgumentsCodec, opening);
    }
}
