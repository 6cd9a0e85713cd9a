using System.Security.Cryptography;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class ReadyKeysTests
{
    private static readonly byte[] Data = [1, 2, 3];

    private static OcmfPublicKey Public(byte seed) => OcmfPublicKey.Of(Craft.Key(seed));

    private static byte[] Signed(byte seed) => Craft.Key(seed).SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private static bool Verifies(OcmfPublicKey key, byte[] signature) => key.Verifies(Data, signature, HashAlgorithmName.SHA256);

    [Fact]
    public void A_key_that_was_kept_checks_as_one_that_is_fresh()
    {
        var (first, same, other) = (Public(21), Public(21), Public(22));
        Assert.Equal(first, same);
        Assert.NotEqual(first, other);
        foreach (var key in (OcmfPublicKey[])[first, same, first])
        {
            Assert.True(Verifies(key, Signed(21)));
            Assert.False(Verifies(key, Signed(22)));
            Assert.False(Verifies(key, [0x30, 0]));
        }
        Assert.True(Verifies(other, Signed(22)));
    }

    [Fact]
    public void What_is_given_back_is_borrowed_again_and_by_one_at_a_time()
    {
        var (keys, key) = (new OcmfReadyKeys(4), Public(23));
        var (first, second) = (keys.Borrow(key)!, keys.Borrow(key)!);
        Assert.NotSame(first, second);
        keys.Return(key, first);
        keys.Return(key, second);
        Assert.Equal(1, keys.Count);
        Assert.Same(first, keys.Borrow(Public(23)));
        Assert.Equal(0, keys.Count);
        Assert.Throws<ObjectDisposedException>(() => second.VerifyData(Data, Signed(23), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void No_more_are_kept_than_said_and_the_one_that_was_used_last_stays()
    {
        var keys = new OcmfReadyKeys(2);
        var ready = new Dictionary<byte, ECDsa>();
        foreach (var seed in (byte[])[31, 32, 31, 33])
        {
            ready[seed] = keys.Borrow(Public(seed))!;
            keys.Return(Public(seed), ready[seed]);
        }
        Assert.Equal(2, keys.Count);
        Assert.Same(ready[31], keys.Borrow(Public(31)));
        Assert.Same(ready[33], keys.Borrow(Public(33)));
        Assert.NotSame(ready[32], keys.Borrow(Public(32)));
    }

    [Fact]
    public void Many_threads_check_with_one_key_at_once()
    {
        var (key, good, bad) = (Public(24), Signed(24), Signed(25));
        Parallel.For(0, 200, each => Assert.Equal(each % 2 == 0, Verifies(key, each % 2 == 0 ? good : bad)));
    }
}
