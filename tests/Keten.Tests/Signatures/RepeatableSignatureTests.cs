using Keten.Kernel;
using Keten.Testing;

namespace Keten.Tests.Signatures;

/// <summary>The published answers of RFC 6979 §A.2.5, P-256 with SHA-256.</summary>
public sealed class RepeatableSignatureTests
{
    private const string Secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

    [Theory]
    [InlineData("sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")]
    [InlineData("test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367", "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083")]
    public void Signatures_are_the_published_ones(string message, string r, string s)
    {
        var digest = Hash.Of(System.Text.Encoding.UTF8.GetBytes(message));
        Assert.Equal(new Signature(Convert.FromHexString(r + s)), RepeatableSignature.Sign(Convert.FromHexString(Secret), Hash.Bytes(in digest)));
    }

    [Fact]
    public void An_actors_signature_is_the_same_each_time_and_verifies()
    {
        for (var each = 0; each < 20; each++)
        {
            var (one, again, digest) = (new Actor($"actor {each}"), new Actor($"actor {each}"), Hash.Of([(byte)each]));
            var signature = one.Sign(Hash.Bytes(in digest));
            Assert.Equal((one.Id, signature), (again.Id, again.Sign(Hash.Bytes(in digest))));
            Assert.True(Es256.Verify(Hash.Bytes(in digest), signature, one.Public));
        }
    }
}
