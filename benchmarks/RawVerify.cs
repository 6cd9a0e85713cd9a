using System.Diagnostics;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Bench;

/// <summary>How many P-256 signatures this machine checks a second, all cores, imported keys kept: what everything else is held against.</summary>
internal static class RawVerify
{
    public static int PerSecond()
    {
        var counts = new long[Environment.ProcessorCount];
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, counts.Length).Select(core => new Thread(() => counts[core] = Count(clock))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return (int)(counts.Sum() / clock.Elapsed.TotalSeconds);
    }

    private static long Count(Stopwatch clock)
    {
        using var key = SigningKey.Generate();
        var digest = Hash.Of("measured"u8).ToArray();
        var signature = new byte[Signature.Size];
        key.Sign(digest).CopyTo(signature);
        if (!ImportedKey.TryImport(key.Public, out var imported)) throw new InvalidOperationException("A fresh key is on its curve.");
        var count = 0L;
        while (clock.ElapsedMilliseconds < 2_000)
        {
            if (!imported.Verify(digest, signature)) throw new InvalidOperationException("A good signature verifies.");
            count++;
        }
        return count;
    }
}
