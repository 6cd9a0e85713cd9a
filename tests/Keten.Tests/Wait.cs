using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Keten.Tests;

/// <summary>Waits that end: a test that would wait for ever says what for.</summary>
internal static class Wait
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);

    /// <summary>Looks again and again until something holds, for a minute at most.</summary>
    /// <param name="holds">What is waited for.</param>
    /// <param name="state">What is so instead, for the message.</param>
    /// <param name="what">The condition, as it is written.</param>
    public static Task UntilAsync(Func<bool> holds, Func<string>? state = null, [CallerArgumentExpression(nameof(holds))] string? what = null) =>
        UntilAsync(() => Task.FromResult(holds()), state, what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, Func{string}?, string?)"/>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string>? state = null, [CallerArgumentExpression(nameof(holds))] string? what = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > AtMost) throw new TimeoutException($"Waited a minute for {what}. {state?.Invoke()}");
            await Task.Delay(5);
        }
    }
}
