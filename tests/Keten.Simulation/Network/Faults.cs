namespace Keten.Simulation.Network;

/// <summary>What goes wrong, when and for how long, as the seed draws it; and the end of it.</summary>
internal sealed class Faults(World world, Wires wires, Engine engine, Host[] honest, bool forks, bool disksAreLost)
{
    private readonly Random random = world.Random;
    private bool over;

    /// <summary>So many of them within so many milliseconds.</summary>
    public void Begin(int count, int within)
    {
        for (; count > 0; count--) world.Later(random.Next(within), One);
        if (disksAreLost) world.Later(random.Next(within), () => Stop(honest[random.Next(honest.Length)], End.DiskLost));
        if (forks) world.Later(random.Next(within / 3, within), Fork);
    }

    /// <summary>Everything is mended, and stays so.</summary>
    public void Heal()
    {
        (over, wires.AreGood, engine.IsAway) = (true, true, false);
        foreach (var host in honest)
        {
            (host.IsCut, host.IsShut, host.IsSlow) = (false, false, false);
            host.Disk.CutPowerAt(0);
            host.Disk.FailAt(0);
        }
    }

    private void One()
    {
        if (over) return;
        var host = honest[random.Next(honest.Length)];
        switch (random.Next(14))
        {
            case 0: Stop(host, End.Killed); break;
            case 1: Stop(host, End.PowerCut); break;
            case 2: Stop(host, End.Closed); break;
            case 3: Together(End.Killed); break;
            case 4 when host.IsUp: host.Disk.CutPowerAt(host.Disk.Operations + random.Next(1, 80)); break;
            case 5 when host.IsUp:
                host.MayFail = true;
                host.Disk.FailAt(host.Disk.Operations + random.Next(1, 80));
                break;
            case 6: For(6_000, () => host.IsCut = true, () => host.IsCut = false); break;
            case 7: For(6_000, () => host.IsShut = true, () => host.IsShut = false); break;
            case 8: For(5_000, () => host.IsSlow = true, () => host.IsSlow = false); break;
            case 9: For(4_000, () => engine.IsAway = true, () => engine.IsAway = false); break;
            case 10: engine.Forget(); break;
            case 11: host.Jump(TimeSpan.FromMilliseconds(random.Next(-5_000, 5_000))); break;
            case 12: host.Jump(TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(3_600, 90_000) : random.Next(-60, 60))); break;
            default:
                For(3_000, () => host.IsCut = true, () => host.IsCut = false);
                Together(End.PowerCut);
                break;
        }
    }

    private void Fork()
    {
        // Two orders, to two parts of them.
        foreach (var host in honest) host.SeesOther = random.Next(2) == 0;
        honest[0].SeesOther = false;
        honest[^1].SeesOther = true;
        engine.Fork();
    }

    private void Stop(Host host, End end) => host.Stop(end, random.Next(50, 5_000));

    private void Together(End end)
    {
        foreach (var host in honest)
            if (random.Next(3) > 0) Stop(host, end);
    }

    private void For(int milliseconds, Action begin, Action end)
    {
        begin();
        world.Later(random.Next(100, milliseconds), () =>
        {
            if (!over) end();
        });
    }
}
