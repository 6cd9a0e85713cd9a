using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>What the kernel's own calls work on.</summary>
internal sealed class Desk(Hash ledgerId, LedgerState ledger, Authority authority, Executor executor)
{
    public Hash LedgerId => ledgerId;

    public LedgerState Ledger { get; } = ledger;

    public Authority Authority { get; } = authority;

    public Executor Executor { get; } = executor;

    /// <summary>The movements of the call, which the executor applies when it has succeeded.</summary>
    public List<Movement> Movements { get; } = [];

    /// <summary>The agreement whose held money the movements are; 0: none's.</summary>
    public ulong ActsFor { get; set; }

    /// <summary>Made ready for the next call.</summary>
    public void Clear()
    {
        Movements.Clear();
        ActsFor = 0;
    }

    /// <summary>Says that something happened on the ledger itself.</summary>
    public void Tell<TEvent>(in TEvent happened) where TEvent : struct, IEvent
    {
        var kind = KernelContents.Events.EventOf<TEvent>();
        Executor.Outcomes.AddEvent(0, KernelContents.Events, kind.Number, kind.Codec.ToBytes(happened));
    }

    /// <summary>A party that may change its keys now; otherwise why not.</summary>
    public KernelRefusal? Changeable(Party party, out PartyRecord record)
    {
        record = Ledger.Parties.Get(party)!;
        return record is null ? KernelRefusal.UnknownParty : record.Recovery is not null ? KernelRefusal.RecoveryPending : null;
    }

    /// <summary>Gives a key to a party, once for ever. The key's own signature is on the transaction.</summary>
    public KernelRefusal? Give(PublicKey key, Party to, KeyRole role)
    {
        var id = key.Id;
        if (Ledger.Keys.Contains(id)) return KernelRefusal.KeyTaken;
        if (!Authority.HasKey(id)) return KernelRefusal.SignatureMissing;
        Ledger.Keys.Set(id, new KeyRecord(to, key, role));
        return null;
    }

    /// <summary>A key is nobody's to use any more, and stays its party's for ever.</summary>
    public void Retire(KeyId key)
    {
        if (Ledger.Keys.Get(key) is { } record) Ledger.Keys.Set(key, record with { Role = KeyRole.Retired });
        Ledger.Delegations.Remove(key);
    }
}
