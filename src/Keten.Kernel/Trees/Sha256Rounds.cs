using System.Runtime.CompilerServices;

namespace Keten.Kernel.Trees;

/// <summary>What the rounds of SHA-256 do to a vector of 32-bit words, one word for each message.</summary>
internal interface ILanes<TVector> where TVector : struct
{
    static abstract int Count { get; }
    static abstract TVector All(uint word);
    static abstract TVector Add(TVector a, TVector b);
    static abstract TVector Choose(TVector a, TVector b, TVector c);
    static abstract TVector Majority(TVector a, TVector b, TVector c);

    /// <summary>The three rotations to the right, exclusively or-ed: the standard's big sigmas.</summary>
    static abstract TVector Rotations(TVector a, byte first, byte second, byte third);

    /// <summary>Two rotations and a shift to the right, exclusively or-ed: the small sigmas.</summary>
    static abstract TVector Shifted(TVector a, byte first, byte second, byte shift);

    /// <summary>Reads a block of each message, the messages a stride apart, into sixteen vectors.</summary>
    static abstract void Load(ReadOnlySpan<byte> messages, int stride, ref Sixteen<TVector> words);

    /// <summary>Writes the first messages' digests.</summary>
    static abstract void Store(ref readonly Sixteen<TVector> state, Span<Hash> digests);
}

/// <summary>The sixteen words of a block, or the eight of a state, of all messages.</summary>
[InlineArray(16)]
internal struct Sixteen<TVector> where TVector : struct
{
    private TVector first;
}

/// <summary>The rounds of SHA-256 (FIPS 180-4, section 6.2.2) over messages that are padded already, all lanes at once.</summary>
internal static class Sha256Rounds
{
    private const int BlockSize = 64;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ReadOnlySpan<uint> Start =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    public static void Hash<TLanes, TVector>(ReadOnlySpan<byte> messages, int stride, Span<Hash> digests)
        where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        Sixteen<TVector> state = default, words = default;
        for (var i = 0; i < 8; i++) state[i] = TLanes.All(Start[i]);
        for (var at = 0; at < stride; at += BlockSize)
        {
            TLanes.Load(messages[at..], stride, ref words);
            Block<TLanes, TVector>(ref state, ref words);
        }
        TLanes.Store(in state, digests);
    }

    private static void Block<TLanes, TVector>(ref Sixteen<TVector> state, ref Sixteen<TVector> words)
        where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var round = 0; round < 64; round += 16)
        {
            if (round > 0) Extend<TLanes, TVector>(ref words);
            for (var i = 0; i < 16; i += 8)
            {
                var k = Constants.Slice(round + i, 8);
                Round<TLanes, TVector>(a, b, c, ref d, e, f, g, ref h, k[0], words[i]);
                Round<TLanes, TVector>(h, a, b, ref c, d, e, f, ref g, k[1], words[i + 1]);
                Round<TLanes, TVector>(g, h, a, ref b, c, d, e, ref f, k[2], words[i + 2]);
                Round<TLanes, TVector>(f, g, h, ref a, b, c, d, ref e, k[3], words[i + 3]);
                Round<TLanes, TVector>(e, f, g, ref h, a, b, c, ref d, k[4], words[i + 4]);
                Round<TLanes, TVector>(d, e, f, ref g, h, a, b, ref c, k[5], words[i + 5]);
                Round<TLanes, TVector>(c, d, e, ref f, g, h, a, ref b, k[6], words[i + 6]);
                Round<TLanes, TVector>(b, c, d, ref e, f, g, h, ref a, k[7], words[i + 7]);
            }
        }
        (state[0], state[1], state[2], state[3]) = (TLanes.Add(state[0], a), TLanes.Add(state[1], b), TLanes.Add(state[2], c), TLanes.Add(state[3], d));
        (state[4], state[5], state[6], state[7]) = (TLanes.Add(state[4], e), TLanes.Add(state[5], f), TLanes.Add(state[6], g), TLanes.Add(state[7], h));
    }

    // The next sixteen words of the schedule, written over the last sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend<TLanes, TVector>(ref Sixteen<TVector> words) where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        for (var i = 0; i < 16; i++)
        {
            var (one, two) = (TLanes.Shifted(words[(i + 1) & 15], 7, 18, 3), TLanes.Shifted(words[(i + 14) & 15], 17, 19, 10));
            words[i] = TLanes.Add(TLanes.Add(words[i], one), TLanes.Add(words[(i + 9) & 15], two));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TLanes, TVector>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, uint constant, TVector word)
        where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        var one = TLanes.Add(TLanes.Add(h, TLanes.Add(TLanes.All(constant), word)), TLanes.Add(TLanes.Rotations(e, 6, 11, 25), TLanes.Choose(e, f, g)));
        d = TLanes.Add(d, one);
        h = TLanes.Add(one, TLanes.Add(TLanes.Rotations(a, 2, 13, 22), TLanes.Majority(a, b, c)));
    }
}
