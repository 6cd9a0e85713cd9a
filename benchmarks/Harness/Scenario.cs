namespace Keten.Bench.Harness;

/// <summary>One thing to measure, by name. It says what it found through <see cref="Run"/>.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="What">One line for people.</param>
/// <param name="Measure">Measures.</param>
internal sealed record Scenario(string Name, string What, Func<Run, Task> Measure);
