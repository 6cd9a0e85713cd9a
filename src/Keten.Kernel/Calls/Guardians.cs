using Keten.Kernel.State;

namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>Names who together can replace a lost key. Where there are guardians already, the change waits their delay.</summary>
    /// <param name="Of">Whose.</param>
    /// <param name="Guardians">Other parties, 1 to 16.</param>
    /// <param name="Needed">How many of them.</param>
    /// <param name="DelaySeconds">From an hour to 90 days.</param>
    /// <param name="EmergencyPerDay">What may leave in a day while a recovery is pending, by unit.</param>
    public sealed record SetGuardians(Party Of, Many<Party> Guardians, byte Needed, long DelaySeconds, Many<Amount> EmergencyPerDay) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (!IsPossible(desk)) return KernelRefusal.BadGuardians;
            var next = new Guardianship(Guardians, Needed, DelaySeconds, EmergencyPerDay);
            desk.Ledger.Parties.Set(Of, party.Guardianship is { } now
                ? party with { Pending = new PendingChange(desk.Ledger.Now.Plus(now.DelaySeconds), next, null, null) }
                : party with { Guardianship = next });
            return null;
        }

        private bool IsPossible(Desk desk)
        {
            if (Guardians.Count is 0 or > 16 || Needed == 0 || Needed > Guardians.Count || DelaySeconds is < 3_600 or > 90 * Instant.Day || EmergencyPerDay.Count > 32) return false;
            for (var each = 0; each < Guardians.Count; each++)
            {
                if (Guardians[each] == Of || !desk.Ledger.Parties.Contains(Guardians[each])) return false;
                for (var other = 0; other < each; other++)
                    if (Guardians[other] == Guardians[each]) return false;
            }
            foreach (var amount in EmergencyPerDay)
                if (amount.Minor < 0) return false;
            return true;
        }
    }

    /// <summary>Guardians have a lost key replaced, after their delay. The new key signs too.</summary>
    /// <param name="Of">Whose key is lost.</param>
    /// <param name="NewKey">What takes over: every other key and delegate of the party then signs no more.</param>
    public readonly record struct Recover(Party Of, PublicKey NewKey) : ICall
    {
        Signers ICall.MustSign(Desk desk) =>
            desk.Ledger.Parties.Get(Of)?.Guardianship is { } guardianship ? Signers.AtLeast(guardianship.Needed, guardianship.Guardians.AsSpan()) : Signers.NoOne;

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (desk.Give(NewKey, Of, KeyRole.Retired) is { } taken) return taken;
            var guardianship = party.Guardianship!;
            var all = true;
            foreach (var guardian in guardianship.Guardians) all &= desk.Authority.HasSigned(guardian);
            desk.Ledger.Parties.Set(Of, party with { Pending = null, Recovery = new Recovery(NewKey, desk.Ledger.Now.Plus(guardianship.DelaySeconds), Stoppable: !all) });
            return null;
        }
    }

    /// <summary>The owner stops a recovery, once, for one delay. One that all guardians asked for together cannot be stopped.</summary>
    /// <param name="Of">Whose.</param>
    public readonly record struct StopRecovery(Party Of) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Ledger.Parties.Get(Of) is not { Recovery: { Stoppable: true } recovery, Guardianship: { } guardianship } party) return KernelRefusal.NoRecovery;
            desk.Ledger.Parties.Set(Of, party with { Recovery = recovery with { At = desk.Ledger.Now.Plus(guardianship.DelaySeconds), Stoppable = false } });
            return null;
        }
    }
}

/// <summary>What takes effect when a guardians' delay is over. It is brought up to date whenever the party is met.</summary>
internal static class Guarding
{
    /// <summary>Applies what is due by now.</summary>
    public static void BringUpToDate(Desk desk, Party of)
    {
        var party = desk.Ledger.Parties.Get(of);
        if (party?.Recovery is { } recovery && recovery.At <= desk.Ledger.Now) Complete(desk, of, party, recovery);
        else if (party?.Pending is { } pending && pending.At <= desk.Ledger.Now) Complete(desk, of, party, pending);
    }

    /// <summary>Makes a key a delegate's at once.</summary>
    public static KernelRefusal? Delegate(Desk desk, Party of, PublicKey key, Delegation delegation)
    {
        if (desk.Give(key, of, KeyRole.Delegate) is { } taken) return taken;
        Enter(desk, of, key.Id, delegation);
        return null;
    }

    private static void Enter(Desk desk, Party of, KeyId key, Delegation delegation)
    {
        var party = desk.Ledger.Parties.Get(of)!;
        desk.Ledger.Delegations.Set(key, delegation);
        desk.Ledger.Parties.Set(of, party with { Delegates = new Many<KeyId>([.. party.Delegates.AsSpan(), key]) });
    }

    private static void Complete(Desk desk, Party of, PartyRecord party, Recovery recovery)
    {
        foreach (var key in party.Keys) desk.Retire(key);
        foreach (var key in party.Delegates) desk.Retire(key);
        var id = recovery.NewKey.Id;
        desk.Ledger.Keys.Set(id, new KeyRecord(of, recovery.NewKey, KeyRole.Own));
        desk.Ledger.Parties.Set(of, party with { Keys = new Many<KeyId>(id), Delegates = default, Recovery = null, Pending = null });
    }

    private static void Complete(Desk desk, Party of, PartyRecord party, PendingChange pending)
    {
        desk.Ledger.Parties.Set(of, party with { Pending = null, Guardianship = pending.Guardianship ?? party.Guardianship });
        if (pending is not { Delegate: { } key, Delegation: { } delegation }) return;
        desk.Ledger.Keys.Set(key.Id, new KeyRecord(of, key, KeyRole.Delegate));
        Enter(desk, of, key.Id, delegation);
    }
}
