using System.Diagnostics;
using Keten.Cli.Terminals;

namespace Keten.EndToEnd.Faults;

/// <summary>Faults on real processes, one after another, each under load and each checked; and the controls.</summary>
internal static class Campaign
{
    private static readonly TimeSpan AFault = TimeSpan.FromSeconds(120), ANetwork = TimeSpan.FromSeconds(60);

    /// <summary>How many transfers a second are sent where so many are to be acknowledged: few enough that the nodes come back beside them.</summary>
    public static int PerSecond(int target) => Math.Clamp(target / 20, 150, 1_000);

    /// <summary>Does them all; what goes wrong in one is said in its row, and the next has a network of its own.</summary>
    /// <param name="faults">Which.</param>
    /// <param name="target">How many acknowledged transactions each is to have.</param>
    /// <param name="say">Told how it goes.</param>
    public static async Task<IReadOnlyList<FaultRow>> RunAsync(IEnumerable<Fault> faults, int target, Action<string> say)
    {
        var (rows, network, engine) = (new List<FaultRow>(), (FaultNetwork?)null, "");
        try
        {
            foreach (var fault in faults)
            {
                using var end = new CancellationTokenSource(AFault + ANetwork);
                try
                {
                    if (network is not null && engine != fault.Engine) await EndAsync();
                    (network, engine) = (network ?? await StartAsync(fault.Engine, end.Token), fault.Engine);
                    end.CancelAfter(AFault);
                    rows.AddRange(await RunAsync(network, fault, target, say, end.Token));
                }
                catch (Exception broken)
                {
                    rows.Add(new FaultRow(fault.Name, fault.Promised) { Broken = end.IsCancellationRequested ? "It did not end in time: " + broken.Message : broken.Message });
                    say($"{fault.Name}: {broken}");
                    if (network is not null) say(await network.ConditionAsync());
                    await EndAsync();
                }
                if (fault.IsLast) await EndAsync();
            }
        }
        finally
        {
            await EndAsync();
        }
        return rows;

        async Task EndAsync()
        {
            if (network is not null) await network.DisposeAsync();
            network = null;
        }
    }

    // Once more where somebody else took a port between its choice and its use.
    private static async Task<FaultNetwork> StartAsync(string engine, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await FaultNetwork.StartAsync(engine, etcdMembers: 3, cancel);
            }
            catch (ExitException) when (tries < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            }
        }
    }

    private static async Task<IReadOnlyList<FaultRow>> RunAsync(FaultNetwork network, Fault fault, int target, Action<string> say, CancellationToken cancel)
    {
        if (fault.Lacks(network) is { } lacking) return [new FaultRow(fault.Name, fault.Promised) { Skipped = lacking }];
        await network.EachFinalAsync(cancel);
        var load = new FaultLoad(network.Urls, network.Payers, PerSecond(target));
        var bout = new Bout(network, load, target, line => say($"{fault.Name}: {line}"), cancel);
        try
        {
            await bout.UnderwayAsync(0.25);
            await fault.StrikeAsync(bout);
            await bout.UnderwayAsync(1);
        }
        catch
        {
            say($"{fault.Name}: {load.Count} acknowledged");
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await load.AbandonAsync(soon.Token);
            throw;
        }
        var silent = load.Silence.TotalSeconds;
        var acknowledged = await load.StopAsync(cancel);
        bout.Say("to be checked");
        var began = Stopwatch.GetTimestamp();
        var lost = await network.CheckAsync(acknowledged, cancel);
        var row = new FaultRow(fault.Name, fault.Promised)
        {
            Acknowledged = acknowledged.Length, Lost = lost, RecoveredSeconds = bout.RecoveredSeconds, SilentSeconds = Math.Round(silent, 1), Seen = bout.Seen, Hands = fault.Hands,
        };
        say(FormattableString.Invariant($"{fault.Name}: {row.Acknowledged} acknowledged, {lost} lost, recovered in {row.RecoveredSeconds} s, silent {row.SilentSeconds} s; checked in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        if (fault.NoControl is { } none) bout.Controls.Add(new FaultRow(fault.Name, "no honest control") { IsControl = true, Skipped = none });
        if (fault.ControlAsync is { } control) bout.Controls.Add(await ControlAsync(fault, () => control(new Aftermath(network, target, cancel)), say));
        foreach (var one in bout.Controls) say($"{fault.Name}, control: {one.Skipped ?? $"{one.Lost} of {one.Acknowledged} lost"}");
        return [row, .. bout.Controls];
    }

    // What goes wrong in a control takes nothing from what was seen of the fault.
    private static async Task<FaultRow> ControlAsync(Fault fault, Func<Task<FaultRow>> control, Action<string> say)
    {
        try
        {
            return await control() with { IsControl = true };
        }
        catch (Exception broken)
        {
            say($"{fault.Name}, control: {broken}");
            return new FaultRow(fault.Name, "") { IsControl = true, Broken = broken.Message };
        }
    }
}
