using System.Globalization;

namespace Keten.Bench.Harness;

/// <summary>What a process has used so far, as Linux counts it; nothing where it does not.</summary>
/// <param name="CpuSeconds">Of user and system.</param>
/// <param name="MemoryBytes">Resident now.</param>
/// <param name="WrittenBytes">Sent to the disk.</param>
/// <param name="Threads">Now.</param>
internal readonly record struct Usage(double CpuSeconds, long MemoryBytes, long WrittenBytes, int Threads)
{
    private const double TicksPerSecond = 100;      // USER_HZ, the same on every Linux

    public static Usage Of(int process)
    {
        try
        {
            // The name may hold blanks and brackets: what counts follows the last bracket. Fields by proc(5), from the third on.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var io = File.ReadLines($"/proc/{process}/io").FirstOrDefault(line => line.StartsWith("write_bytes", StringComparison.Ordinal));
            return new Usage(
                (Number(fields[11]) + Number(fields[12])) / TicksPerSecond, Number(fields[21]) * Environment.SystemPageSize, io is null ? 0 : Number(io.Split(' ')[1]), (int)Number(fields[17]));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    public static Usage Mine() => Of(Environment.ProcessId);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
