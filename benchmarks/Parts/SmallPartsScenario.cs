using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Keten.Bench.Harness;
using Perfolizer.Horology;

namespace Keten.Bench.Parts;

/// <summary>BenchmarkDotNet over the small parts, in this process, with what they allocate.</summary>
internal static class SmallPartsScenario
{
    public static Task MeasureAsync(Run run)
    {
        var artifacts = Directory.CreateTempSubdirectory("keten-parts-");
        try
        {
            var job = run.Pick(Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(100)), Job.ShortRun, Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
            var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance).WithArtifactsPath(artifacts.FullName);
            foreach (var part in (ReadOnlySpan<Type>)[typeof(SmallParts), typeof(ExecutionPart)])
            {
                run.Say(part.Name);
                foreach (var report in BenchmarkRunner.Run(part, config).Reports)
                {
                    var name = char.ToLowerInvariant(report.BenchmarkCase.Descriptor.WorkloadMethod.Name[0]) + report.BenchmarkCase.Descriptor.WorkloadMethod.Name[1..];
                    if (report.ResultStatistics is not { } statistics) throw new InvalidOperationException($"BenchmarkDotNet could not measure {name}.");
                    foreach (var nanoseconds in statistics.OriginalValues) run.Add(name, "ns", nanoseconds);
                    if (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is { } bytes) run.Add(name + "Allocated", "B", bytes);
                }
            }
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
        return Task.CompletedTask;
    }
}
