using Keten.Kernel.State;

namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>A key that may use only the named contracts or clauses, up to limits: a car's wallet, an employee, a till. The new key signs too. Where the party has guardians it waits their delay.</summary>
    /// <param name="Of">Whose.</param>
    /// <param name="Key">The delegate's key.</param>
    /// <param name="Scopes">What it may use, 1 to 32.</param>
    /// <param name="Limits">By unit; a unit that is not listed: nothing.</param>
    /// <param name="Until">From then on, nothing.</param>
    public sealed record AddDelegate(Party Of, PublicKey Key, Many<Scope> Scopes, Many<SpendingLimit> Limits, Instant Until) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (party.Delegates.Count == PartyRecord.DelegatesAtMost) return KernelRefusal.TooManyKeys;
            if (!IsPossible(desk.Ledger.Now)) return KernelRefusal.BadDelegation;
            var delegation = new Delegation(Scopes, Limits, Until);
            if (party.Guardianship is not { } guardianship) return Guarding.Delegate(desk, Of, Key, delegation);
            // The key is taken now, so that its signature is not needed again when the delay is over.
            if (desk.Give(Key, Of, KeyRole.Retired) is { } taken) return taken;
            desk.Ledger.Parties.Set(Of, party with { Pending = new PendingChange(desk.Ledger.Now.Plus(guardianship.DelaySeconds), null, Key, delegation) });
            return null;
        }

        private bool IsPossible(Instant now)
        {
            if (Scopes.Count is 0 or > 32 || Limits.Count > 32 || Until <= now) return false;
            for (var each = 0; each < Limits.Count; each++)
            {
                var (most, perDay) = Limits[each];
                if (most.Unit != perDay.Unit || most.Minor < 0 || perDay.Minor < 0) return false;
                for (var other = 0; other < each; other++)
                    if (Limits[other].Each.Unit == most.Unit) return false;
            }
            return true;
        }
    }

    /// <summary>A delegate's key signs no more, at once: to narrow needs no delay.</summary>
    /// <param name="Of">Whose.</param>
    /// <param name="Key">Which.</param>
    public readonly record struct RemoveDelegate(Party Of, KeyId Key) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Of);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Changeable(Of, out var party) is { } refusal) return refusal;
            if (!party.Delegates.Contains(Key)) return KernelRefusal.NotYourKey;
            desk.Retire(Key);
            desk.Ledger.Parties.Set(Of, party with { Delegates = Without(party.Delegates, Key) });
            return null;
        }
    }
}
