using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Jobs.Invitations;

/// <summary>What the nodes that an invitation names say: of which ledger they are, and, certified from its genesis on, who its validators are.</summary>
internal static class Hosts
{
    private static readonly Patience Short = new() { Attempts = 2, Each = TimeSpan.FromSeconds(10) };

    /// <summary>Asks them all.</summary>
    /// <returns>How high each is that answered; null of one that did not.</returns>
    /// <exception cref="ExitException">None answers, one is of another ledger or says what does not hold, or no validator has signed the invitation.</exception>
    public static async Task<IReadOnlyList<(string Peer, ulong? Height)>> AskAsync(Invitation invitation, CancellationToken cancel)
    {
        var (asked, ledger) = (new List<(string, ulong?)>(), new LightClient(invitation.Genesis));
        foreach (var peer in invitation.Peers) asked.Add((peer, await AskAsync(peer, invitation, ledger, cancel)));
        if (asked.TrueForAll(one => one.Item2 is null)) throw new ExitException(Exit.Unreachable, $"None of the nodes that the invitation names can be reached: {string.Join(", ", invitation.Peers)}.");
        if (ledger.Validators.Find(invitation.By.Id) is null)
            throw new ExitException(Exit.Failed, $"No validator has signed the invitation: the key {invitation.By.Id} is none of the validators' of block {ledger.Certificate?.Header.Height ?? 0}. Ask for another.");
        return asked;
    }

    private static async Task<ulong?> AskAsync(string peer, Invitation invitation, LightClient ledger, CancellationToken cancel)
    {
        using var client = new KetenClient(new Uri(peer), patience: Short, inner: Session.Inner?.Invoke());
        try
        {
            var said = (await client.GenesisAsync(cancel)).LedgerId;
            if (said != invitation.Genesis.LedgerId) throw new ExitException(Exit.Failed, $"The node at {peer} is of another ledger, {said}, than the invitation, {invitation.Genesis.LedgerId}.");
            var head = await client.HeadAsync(cancel);
            if (!ledger.Take(await client.ChangesOfValidatorsAsync(ledger.ChangedAt, cancel)) || (head is not null && ledger.Weigh(head) is HeaderNews.Fork or HeaderNews.NotCertified))
                throw new ExitException(Exit.Failed, $"What the node at {peer} says was not certified by the ledger's validators, or contradicts another node. Do not join by it.");
            return head?.Header.Height ?? 0;
        }
        catch (UnreachableException)
        {
            return null;
        }
        catch (Exception fault) when (fault is UnexpectedAnswerException or ProblemException)
        {
            throw new ExitException(Exit.Failed, $"What answers at {peer} is no node of the ledger: {fault.Message}");
        }
    }
}
