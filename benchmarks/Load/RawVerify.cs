using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Bench.Load;

/// <summary>How many P-256 signatures this machine checks a second, all cores, imported keys kept: what everything else is held against.</summary>
internal static class RawVerify
{
    private const int Keys = 1_000;

    /// <summary>Adds a round: checks a second of all cores, and what one costs a core.</summary>
    public static void Measure(Run run, int milliseconds = 1_000)
    {
        var counts = new long[Environment.ProcessorCount];
        var (clock, before) = (new Stopwatch(), default(Usage));
        using var ready = new Barrier(counts.Length, _ =>
        {
            before = Usage.Mine();
            clock.Start();
        });
        var threads = Enumerable.Range(0, counts.Length).Select(core => new Thread(() => counts[core] = Count(ready, clock, milliseconds))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        run.Add("verifyRatePerSecond", "/s", counts.Sum() / clock.Elapsed.TotalSeconds);
        run.Add("verifyCpu", "µs", (Usage.Mine().CpuSeconds - before.CpuSeconds) * 1e6 / counts.Sum());
    }

    // Many keys, as a node has them: one key's table would stay in the cache.
    private static long Count(Barrier ready, Stopwatch clock, int milliseconds)
    {
        var digest = Hash.Of("measured"u8).ToArray();
        var all = new (ImportedKey Key, byte[] Signature)[Keys];
        for (var each = 0; each < Keys; each++)
        {
            using var key = SigningKey.Generate();
            var signature = new byte[Signature.Size];
            key.Sign(digest).CopyTo(signature);
            if (!ImportedKey.TryImport(key.Public, out var imported)) throw new InvalidOperationException("A fresh key is on its curve.");
            all[each] = (imported, signature);
        }
        ready.SignalAndWait();
        var count = 0L;
        for (; clock.ElapsedMilliseconds < milliseconds; count++)
        {
            var (key, signature) = all[count % Keys];
            if (!key.Verify(digest, signature)) throw new InvalidOperationException("A good signature verifies.");
        }
        foreach (var (key, _) in all) key.Dispose();
        return count;
    }
}
