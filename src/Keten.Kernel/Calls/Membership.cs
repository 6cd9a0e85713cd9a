using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>Changes of who the validators are. A block makes one at most: its header names the set before and the set after.</summary>
internal static class Membership
{
    /// <summary>Why a key cannot become that of a party's node, or null.</summary>
    public static KernelRefusal? Fault(Desk desk, in PublicKey key, Party party, in Signature proof)
    {
        var ledger = desk.Ledger;
        if (HasChanged(ledger)) return KernelRefusal.ChangeUnderWay;
        // A key that left, or that signs for a party, is in the list of keys: neither signs for a node again.
        if (ledger.Keys.Contains(key.Id) || ledger.Members.Find(key.Id) is not null) return KernelRefusal.ValidatorTaken;
        return KeyProof.Verify(key, desk.LedgerId, party, proof) ? null : KernelRefusal.BadKeyProof;
    }

    /// <summary>Whether this block has changed the set already.</summary>
    public static bool HasChanged(LedgerState ledger) => ledger.Governance.LastChange == ledger.Height;

    /// <summary>One more.</summary>
    public static void Add(Desk desk, in Validator one)
    {
        Set(desk, desk.Ledger.Members.With(one));
        desk.Ledger.Validators.Set(one.Key.Id, new ValidatorState(0, desk.Ledger.Now));
    }

    /// <summary>One fewer.</summary>
    public static void Remove(Desk desk, in Validator one)
    {
        Set(desk, desk.Ledger.Members.Without(one.Party)!);
        desk.Ledger.Muted.Remove(one.Party);
        Forget(desk, one);
    }

    /// <summary>The same validator with another key, which goes on from the clock that it stated.</summary>
    public static void Replace(Desk desk, in Validator was, in Validator now)
    {
        var clock = desk.Ledger.Validators.Get(was.Key.Id).Clock;
        Set(desk, desk.Ledger.Members.Without(was.Party) is { } others ? others.With(now) : new ValidatorSet(now));
        Forget(desk, was);
        desk.Ledger.Validators.Set(now.Key.Id, new ValidatorState(0, clock));
    }

    // Its entries could be appended again if the key came back with its sequence at nothing: so it never does.
    private static void Forget(Desk desk, in Validator one)
    {
        var id = one.Key.Id;
        desk.Ledger.Validators.Remove(id);
        if (!desk.Ledger.Keys.Contains(id)) desk.Ledger.Keys.Set(id, new KeyRecord(one.Party, one.Key, KeyRole.Retired));
    }

    private static void Set(Desk desk, ValidatorSet set)
    {
        desk.Ledger.Sets.Set(desk.Ledger.Height, set);
        desk.Ledger.GovernanceTable.Set(0, desk.Ledger.Governance with { LastChange = desk.Ledger.Height });
    }
}
