using System.Diagnostics;
using System.Globalization;
using Keten.Bench.Harness;

namespace Keten.Bench.Peers;

/// <summary>Transfers in Redis: a script that checks and books, 32 clients with 16 commands under way each, the append-only file flushed always.</summary>
internal static class RedisPeer
{
    // Keys as redis-benchmark draws them: twelve digits.
    private const string Seed = "for i = 0, tonumber(ARGV[1]) - 1 do redis.call('SET', string.format('a:%012d', i), 100000000) end return 1";

    private const string Transfer = """
        if KEYS[1] == KEYS[2] then return 0 end
        local amount, has = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]))
        if not has or has < amount or redis.call('EXISTS', KEYS[2]) == 0 then return redis.error_reply('refused') end
        redis.call('DECRBY', KEYS[1], amount)
        redis.call('INCRBY', KEYS[2], amount)
        return 1
        """;

    public static async Task<string?> MeasureAsync(Run run)
    {
        if (SideBySide.Find("redis-server", "redis-server") is not { } program || Tool.Find("redis-benchmark") is not { } benchmark || Tool.Find("redis-cli") is not { } cli) return "there is no Redis here.";
        var folder = Directory.CreateTempSubdirectory("keten-redis-");
        var socket = Path.Combine(folder.FullName, "socket");
        using var server = Process.Start(Tool.Start(
            program, "--port", "0", "--unixsocket", socket, "--dir", folder.FullName, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0"))!;
        try
        {
            _ = server.StandardOutput.ReadToEndAsync();
            for (var tries = 0; !File.Exists(socket) && tries < 100; tries++) await Task.Delay(50);
            run.Say("Redis " + Tool.Must(program, "--version").Split(' ')[2]);
            Tool.Must(cli, "-s", socket, "EVAL", Seed, "0", SideBySide.Accounts.ToString(CultureInfo.InvariantCulture));
            var sha = Tool.Must(cli, "-s", socket, "SCRIPT", "LOAD", Transfer).Trim();
            var transfers = run.Pick(100_000, 300_000, 2_000_000);
            for (var round = 0; round < run.Rounds; round++)
            {
                var before = Size(folder);
                var said = Tool.Must(
                    benchmark, "-s", socket, "-c", "32", "-P", "16", "-n", $"{transfers}", "-r", $"{SideBySide.Accounts}", "--csv", "EVALSHA", sha, "2", "a:__rand_int__", "a:__rand_int__", "7");
                run.Add("redisPerSecond", "/s", PerSecond(said));
                run.Add("redisBytesPerTransfer", "B", (Size(folder) - before) / (double)transfers);
            }
            return null;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    // "EVALSHA …","71000.00","4.679" …
    private static double PerSecond(string said) =>
        double.Parse(said.Split('\n').First(line => line.StartsWith("\"EVALSHA", StringComparison.Ordinal)).Split("\",\"")[1], CultureInfo.InvariantCulture);

    private static long Size(DirectoryInfo folder) => folder.EnumerateFiles("*.aof", SearchOption.AllDirectories).Sum(file => file.Length);
}
