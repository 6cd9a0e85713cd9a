using System.Threading.RateLimiting;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>
/// Who is given what other nodes need, all blocks: validators, by their keys; observers, by a current key of a party that the settings admit; and everybody where the ledger is open to read. A few at
/// a time, so that those who catch up do not stand in the way of those who pay.
/// </summary>
internal sealed class PeerGuard(LedgerNode node, ReaderGuard guard, RequestLimits limits, NodeConfiguration configuration) : IDisposable
{
    private const int AtOnce = 8;
    private readonly HashSet<Party> observers = [.. configuration.Order.Observers.Select(text => Admitted(configuration, text))];
    private readonly ConcurrencyLimiter places = new(new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = 0 });

    /// <summary>A place for one who may; to be given back.</summary>
    /// <exception cref="ProblemException">It may not, asks too often, or there is none.</exception>
    public async ValueTask<IDisposable> EnterAsync(HttpContext http)
    {
        var validators = node.Read(ledger => ledger.Validators);
        var (fault, key) = await guard.Check(http, id => validators.Find(id) ?? Observer(id));
        if (fault == RequestFault.None) limits.Count(Party.Of(key));
        else if (!node.Genesis.OpenToRead)
        {
            throw new ProblemException(fault is RequestFault.UnknownKey ? Problem.Forbidden("It is no validator's key, and of no party that this node admits as an observer.")
                : new Reader(fault, default, default, default, false).Refuse("This is for other nodes."));
        }
        return Enter();
    }

    /// <summary>A place for anybody.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public IDisposable Enter()
    {
        var place = places.AttemptAcquire();
        return place.IsAcquired ? place : throw new ProblemException(Problem.Busy("Other nodes are being given as much as may be given at once."));
    }

    public void Dispose() => places.Dispose();

    private PublicKey? Observer(KeyId id) => guard.Current(id) is { Role: KeyRole.Own } record && observers.Contains(record.Party) ? record.Key : null;

    private static Party Admitted(NodeConfiguration configuration, string text) => Party.TryParse(text, out var party) && !party.IsNone ? party
        : throw new ConfigurationException(configuration.PlaceOf("order.observers"), "«order.observers» holds parties, 40 hexadecimal digits each.");
}
