using System.Net;
using System.Threading.RateLimiting;
using Keten.Kernel;
using Keten.Node.Api;

namespace Keten.Node.Hosting;

/// <summary>How much is asked at once and how often: of the whole node, of one address, of one reader. Nothing waits in line at the door: what is too much is told so at once.</summary>
public sealed class RequestLimits : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> perAddress;
    private readonly PartitionedRateLimiter<Party> perReader;
    private readonly PartitionedRateLimiter<IPAddress> streamsPerAddress;
    private readonly ConcurrencyLimiter requests, streams;

    /// <summary>As configured.</summary>
    public RequestLimits(HttpSection http)
    {
        perAddress = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => Bucket(http.PerAddress)));
        perReader = PartitionedRateLimiter.Create<Party, Party>(party => RateLimitPartition.GetTokenBucketLimiter(party, _ => Bucket(http.PerReader)));
        streamsPerAddress = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetConcurrencyLimiter(address, _ => AtOnce(http.StreamsPerAddress)));
        (requests, streams) = (new ConcurrencyLimiter(AtOnce(http.RequestsAtMost)), new ConcurrencyLimiter(AtOnce(http.StreamsAtMost)));
    }

    /// <summary>A place for one request; to be given back.</summary>
    /// <exception cref="ProblemException">The address asks too often, or too many are asking.</exception>
    public IDisposable Enter(IPAddress? from)
    {
        using (var lease = perAddress.AttemptAcquire(NetworkOf(from)))
            if (!lease.IsAcquired) throw new ProblemException(Problem.TooMany("This address asks too often."));
        var place = requests.AttemptAcquire();
        return place.IsAcquired ? place : throw new ProblemException(Problem.Busy("Too many requests are being answered."));
    }

    /// <summary>Counts a signed request against its reader.</summary>
    /// <exception cref="ProblemException">The reader asks too often.</exception>
    public void Count(Party reader)
    {
        using var lease = perReader.AttemptAcquire(reader);
        if (!lease.IsAcquired) throw new ProblemException(Problem.TooMany("This reader asks too often."));
    }

    /// <summary>A place for one event stream; to be given back.</summary>
    /// <exception cref="ProblemException">There are too many.</exception>
    public IDisposable EnterStream(IPAddress? from)
    {
        var mine = streamsPerAddress.AttemptAcquire(NetworkOf(from));
        if (!mine.IsAcquired) throw new ProblemException(Problem.TooMany("This address has too many event streams open.", 30));
        var place = streams.AttemptAcquire();
        if (place.IsAcquired) return new Both(mine, place);
        mine.Dispose();
        throw new ProblemException(Problem.Busy("Too many event streams are open.", 30));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var limiter in (ReadOnlySpan<IDisposable>)[perAddress, perReader, streamsPerAddress, requests, streams]) limiter.Dispose();
    }

    // Two seconds' worth may come at once.
    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = (int)Math.Min(2L * perSecond, int.MaxValue), TokensPerPeriod = Math.Max(1, perSecond / 10), QueueLimit = 0,
        ReplenishmentPeriod = perSecond < 10 ? TimeSpan.FromSeconds(1.0 / perSecond) : TimeSpan.FromMilliseconds(100),
    };

    private static ConcurrencyLimiterOptions AtOnce(int permits) => new() { PermitLimit = permits, QueueLimit = 0 };

    // Whoever has one address of IPv6 has 2^64 of them.
    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            second.Dispose();
            first.Dispose();
        }
    }
}
