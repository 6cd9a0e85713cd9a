namespace Keten.Kernel;

/// <summary>A refusal that the kernel itself gives; its code on the wire is 0. Numbers below 100 void a transaction that was never decided; the others decide it.</summary>
public sealed class KernelRefusal : IRefusal
{
    private static readonly List<KernelRefusal> Numbered = [];

    /// <summary>The bytes are not a canonical transaction.</summary>
    public static readonly KernelRefusal Malformed = new(1, nameof(Malformed), "The bytes are not a transaction in canonical form.");

    /// <summary>Larger than a transaction may be.</summary>
    public static readonly KernelRefusal TooLarge = new(2, nameof(TooLarge), "A transaction is at most 1 MiB.");

    /// <summary>Meant for another ledger.</summary>
    public static readonly KernelRefusal WrongLedger = new(3, nameof(WrongLedger), "The transaction is for another ledger.");

    /// <summary>Its expiry has passed.</summary>
    public static readonly KernelRefusal Expired = new(4, nameof(Expired), "The transaction has expired.");

    /// <summary>Its expiry lies too far ahead.</summary>
    public static readonly KernelRefusal ExpiryTooFar = new(5, nameof(ExpiryTooFar), "A transaction expires within 24 hours at most.");

    /// <summary>A signing key is not known, or has been retired.</summary>
    public static readonly KernelRefusal UnknownKey = new(6, nameof(UnknownKey), "A signing key is not known to the ledger, or has been retired.");

    /// <summary>A signature does not verify.</summary>
    public static readonly KernelRefusal BadSignature = new(7, nameof(BadSignature), "A signature does not verify.");

    /// <summary>Its counter has been used.</summary>
    public static readonly KernelRefusal Replayed = new(8, nameof(Replayed), "A signer's counter has been used already, or is older than the window of 256.");

    /// <summary>The node is full.</summary>
    public static readonly KernelRefusal Busy = new(9, nameof(Busy), "The node has no room for more just now.");

    /// <summary>It was accepted for the log and expired before it was ordered.</summary>
    public static readonly KernelRefusal NotOrdered = new(10, nameof(NotOrdered), "The transaction was not ordered before it expired.");

    /// <summary>The node that took it is no validator now, or is muted.</summary>
    public static readonly KernelRefusal NotAValidator = new(11, nameof(NotAValidator), "This node appends nothing to the log now: it is none of the validators, or is muted.");

    /// <summary>It stood in the way of all others.</summary>
    public static readonly KernelRefusal SetAside = new(12, nameof(SetAside), "The validators have set this transaction aside when they restarted the order.");

    /// <summary>A required signature is missing.</summary>
    public static readonly KernelRefusal SignatureMissing = new(100, nameof(SignatureMissing), "A signature that the clause requires is missing.");

    /// <summary>No such contract in force.</summary>
    public static readonly KernelRefusal UnknownContract = new(101, nameof(UnknownContract), "The catalogue has no such contract in force.");

    /// <summary>No such clause.</summary>
    public static readonly KernelRefusal UnknownClause = new(102, nameof(UnknownClause), "The contract has no such clause to be called.");

    /// <summary>No such agreement.</summary>
    public static readonly KernelRefusal UnknownAgreement = new(103, nameof(UnknownAgreement), "There is no such agreement.");

    /// <summary>It has ended.</summary>
    public static readonly KernelRefusal AgreementEnded = new(104, nameof(AgreementEnded), "The agreement has ended; only corrections run.");

    /// <summary>The arguments are not the clause's.</summary>
    public static readonly KernelRefusal MalformedCall = new(105, nameof(MalformedCall), "The arguments are not those of the clause, or not in canonical form.");

    /// <summary>A statement or reference in the call does not hold.</summary>
    public static readonly KernelRefusal BadReference = new(106, nameof(BadReference), "A signed statement in the call does not verify, or a reference is to no agreement of its contract.");

    /// <summary>Money of somebody who cannot be charged.</summary>
    public static readonly KernelRefusal NotChargeable = new(110, nameof(NotChargeable), "The call would charge a party that has neither signed for it nor given a mandate.");

    /// <summary>More than the signer's cap for this call.</summary>
    public static readonly KernelRefusal OverCap = new(111, nameof(OverCap), "The call would take more than its signer allowed for it.");

    /// <summary>More than the mandate allows, or after its end.</summary>
    public static readonly KernelRefusal OverMandate = new(112, nameof(OverMandate), "The call would take more than the payer's mandate allows, or after its end.");

    /// <summary>Not enough there.</summary>
    public static readonly KernelRefusal InsufficientFunds = new(113, nameof(InsufficientFunds), "The account does not hold that much.");

    /// <summary>An amount below nothing.</summary>
    public static readonly KernelRefusal NegativeAmount = new(114, nameof(NegativeAmount), "An amount that moves is more than nothing.");

    /// <summary>No such unit.</summary>
    public static readonly KernelRefusal UnknownUnit = new(115, nameof(UnknownUnit), "There is no such unit.");

    /// <summary>Only its issuer may.</summary>
    public static readonly KernelRefusal NotTheIssuer = new(116, nameof(NotTheIssuer), "Only the agreement that issues the unit may do that.");

    /// <summary>Beyond what a unit can count.</summary>
    public static readonly KernelRefusal AmountOverflow = new(117, nameof(AmountOverflow), "No unit counts as far as 2^62.");

    /// <summary>Not within the delegate's scope.</summary>
    public static readonly KernelRefusal OutsideDelegation = new(118, nameof(OutsideDelegation), "The delegate's key may not use that clause.");

    /// <summary>More than the delegate may spend.</summary>
    public static readonly KernelRefusal OverDelegateLimit = new(119, nameof(OverDelegateLimit), "The delegate's key may not spend that much at once, or on one day.");

    /// <summary>While a recovery is pending only the emergency limit leaves.</summary>
    public static readonly KernelRefusal OverEmergencyLimit = new(120, nameof(OverEmergencyLimit), "While a recovery is pending no more than the emergency limit leaves the account.");

    /// <summary>The contract's code failed.</summary>
    public static readonly KernelRefusal ContractFaulted = new(130, nameof(ContractFaulted), "The contract could not decide on these values; nothing was changed.");

    /// <summary>Too much work.</summary>
    public static readonly KernelRefusal StepsExhausted = new(131, nameof(StepsExhausted), "The call needs more steps than a call may take.");

    /// <summary>Too many effects.</summary>
    public static readonly KernelRefusal TooManyEffects = new(132, nameof(TooManyEffects), "The call has more effects than a call may have.");

    /// <summary>Too many wake-ups pending.</summary>
    public static readonly KernelRefusal TooManyWakeUps = new(133, nameof(TooManyWakeUps), "An agreement has at most 16 wake-ups pending.");

    /// <summary>Money would be stranded.</summary>
    public static readonly KernelRefusal HeldLeft = new(134, nameof(HeldLeft), "An agreement cannot end while it holds money.");

    /// <summary>The account of an agreement's own unit must be level before it ends.</summary>
    public static readonly KernelRefusal UnwindUnbalanced = new(135, nameof(UnwindUnbalanced), "Unwinding must give out exactly what is held.");

    /// <summary>No such parked wake-up.</summary>
    public static readonly KernelRefusal NothingParked = new(136, nameof(NothingParked), "There is no such parked wake-up.");

    /// <summary>That key belongs to a party already.</summary>
    public static readonly KernelRefusal KeyTaken = new(140, nameof(KeyTaken), "That key belongs to a party already, or did once.");

    /// <summary>That key is not this party's.</summary>
    public static readonly KernelRefusal NotYourKey = new(141, nameof(NotYourKey), "That key is not a current key of this party.");

    /// <summary>A party keeps one key at least.</summary>
    public static readonly KernelRefusal LastKey = new(142, nameof(LastKey), "A party keeps at least one key.");

    /// <summary>No such party.</summary>
    public static readonly KernelRefusal UnknownParty = new(143, nameof(UnknownParty), "There is no such party.");

    /// <summary>The guardians' rule is not possible.</summary>
    public static readonly KernelRefusal BadGuardians = new(144, nameof(BadGuardians), "Guardians are 1 to 16 other parties, of whom 1 to all are needed, with a delay of 1 hour to 90 days.");

    /// <summary>No recovery to stop.</summary>
    public static readonly KernelRefusal NoRecovery = new(145, nameof(NoRecovery), "No recovery is pending for this party, or it cannot be stopped.");

    /// <summary>A recovery is pending.</summary>
    public static readonly KernelRefusal RecoveryPending = new(146, nameof(RecoveryPending), "Keys, delegates and guardians stay as they are while a recovery is pending.");

    /// <summary>Too many keys or delegates.</summary>
    public static readonly KernelRefusal TooManyKeys = new(147, nameof(TooManyKeys), "A party has at most 16 keys and 256 delegates.");

    /// <summary>Delegation that cannot be.</summary>
    public static readonly KernelRefusal BadDelegation = new(148, nameof(BadDelegation), "A delegation names 1 to 32 scopes, ends in the future, and lists each unit once.");

    /// <summary>Only validators vote.</summary>
    public static readonly KernelRefusal NotAValidatorsVote = new(150, nameof(NotAValidatorsVote), "Only the party of a validator proposes and votes.");

    /// <summary>No such proposal.</summary>
    public static readonly KernelRefusal UnknownProposal = new(151, nameof(UnknownProposal), "There is no such proposal, or it is open no more.");

    /// <summary>One vote a validator.</summary>
    public static readonly KernelRefusal AlreadyVoted = new(152, nameof(AlreadyVoted), "A validator votes once on a proposal.");

    /// <summary>Too many proposals open.</summary>
    public static readonly KernelRefusal TooManyProposals = new(153, nameof(TooManyProposals), "A validator has at most 4 proposals open.");

    /// <summary>A proposal that cannot be.</summary>
    public static readonly KernelRefusal BadProposal = new(154, nameof(BadProposal), "A proposal makes exactly one change, and lapses within 90 days; a validator's name has 1 to 64 bytes.");

    /// <summary>A validator already.</summary>
    public static readonly KernelRefusal ValidatorTaken = new(155, nameof(ValidatorTaken), "That party is a validator already, or that key is in use or was once.");

    /// <summary>The key's holder has not signed.</summary>
    public static readonly KernelRefusal BadKeyProof = new(156, nameof(BadKeyProof), "The key's own signature over ledger and party does not verify.");

    /// <summary>Somebody has to be left.</summary>
    public static readonly KernelRefusal LastValidator = new(157, nameof(LastValidator), "A ledger keeps a validator whose entries count; and as many as a certificate takes where one is muted.");

    /// <summary>No such validator.</summary>
    public static readonly KernelRefusal UnknownValidator = new(158, nameof(UnknownValidator), "That party is no validator.");

    /// <summary>One change of validators a block.</summary>
    public static readonly KernelRefusal ChangeUnderWay = new(159, nameof(ChangeUnderWay), "The validators have changed in this block already; the next change takes another block.");

    /// <summary>Limits that would stop the ledger.</summary>
    public static readonly KernelRefusal BadLimits = new(160, nameof(BadLimits), "A ledger could not live with those limits, or one who is to admit others is no party.");

    /// <summary>Not enough time to install it.</summary>
    public static readonly KernelRefusal ActivationTooSoon = new(161, nameof(ActivationTooSoon), "A catalogue comes into force at least 100 blocks after it has been voted in.");

    /// <summary>It is so already.</summary>
    public static readonly KernelRefusal NothingToChange = new(162, nameof(NothingToChange), "It is suspended, running, muted or heard already.");

    /// <summary>Suspended by the validators.</summary>
    public static readonly KernelRefusal ContractSuspended = new(163, nameof(ContractSuspended), "The validators have suspended this version of the contract; only its exit clauses run.");

    /// <summary>No more validators.</summary>
    public static readonly KernelRefusal TooManyValidators = new(164, nameof(TooManyValidators), "A ledger has at most 64 validators.");

    private KernelRefusal(ushort number, string name, string sentence)
    {
        (Number, Name, Sentence) = (number, name, sentence);
        Numbered.Add(this);
    }

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<KernelRefusal> All => Numbered;

    /// <inheritdoc/>
    public ushort Number { get; }

    /// <summary>As in the source.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sentence { get; }

    /// <summary>Whether a transaction refused so was never decided: no counter is consumed, and it may be tried again.</summary>
    public bool Voids => Number < 100;

    /// <summary>Name and sentence.</summary>
    public override string ToString() => Name + ": " + Sentence;
}
