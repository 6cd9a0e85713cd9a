namespace Keten.Testing;

/// <summary>All folders of one simulated disk: they lose power together, and their operations are counted together.</summary>
internal sealed class Machine(int seed)
{
    private readonly List<SimulatedFolder> folders = [];
    private readonly Random random = new(seed);
    private long moment;

    public Lock Gate { get; } = new();
    public DiskLies Lies { get; set; }
    public long Operations { get; private set; }
    public long CutAt { get; set; }
    public long FailAt { get; set; }
    public bool IsOff { get; private set; }

    /// <summary>Which run of the process this is: handles of earlier ones are dead.</summary>
    public int Boot { get; private set; }

    public SimulatedFolder Add()
    {
        var folder = new SimulatedFolder(this);
        folders.Add(folder);
        return folder;
    }

    /// <summary>Numbers what is changed, in the order of changing.</summary>
    public long NextMoment() => ++moment;

    /// <summary>Draws below a bound.</summary>
    public int Draw(int below) => random.Next(below);

    /// <summary>Counts an operation. Says what becomes of it: it happens, it fails, or the power goes while it is under way.</summary>
    public Fate Begin(int boot)
    {
        if (IsOff || boot != Boot) throw new PowerCutException();
        Operations++;
        if (Operations == CutAt)
        {
            IsOff = true;
            return Fate.PowerCut;
        }
        return Operations == FailAt ? Fate.Fails : Fate.Happens;
    }

    /// <summary>An operation that is whole or not at all: before or after a power cut by the seed, never where it fails.</summary>
    public void Whole(int boot, Action operation)
    {
        var fate = Begin(boot);
        if (fate == Fate.Happens || (fate == Fate.PowerCut && Draw(2) == 0)) operation();
        End(fate);
    }

    /// <summary>Throws what an operation with this fate ends with.</summary>
    public static void End(Fate fate)
    {
        if (fate == Fate.PowerCut) throw new PowerCutException();
        if (fate == Fate.Fails) throw new IOException("The simulated disk failed this operation.");
    }

    public void Restart()
    {
        lock (Gate)
        {
            var survival = Survival.Draw(random, moment);
            foreach (var folder in folders) folder.LosePower(survival);
            Reboot();
        }
    }

    public void Kill()
    {
        lock (Gate) Reboot();
    }

    private void Reboot()
    {
        foreach (var folder in folders) folder.Unlock();
        (IsOff, CutAt, FailAt) = (false, 0, 0);
        Boot++;
    }
}

internal enum Fate
{
    Happens,
    Fails,
    PowerCut,
}

/// <summary>Which of the changes that were not flushed outlive a power cut.</summary>
internal sealed class Survival
{
    private readonly Random random;
    private readonly int kind;
    private readonly long until;

    private Survival(Random random, int kind, long until) => (this.random, this.kind, this.until) = (random, kind, until);

    public static Survival Draw(Random random, long moment) => new(random, random.Next(5), random.NextInt64(Math.Max(0, moment - 40), moment + 1));

    /// <summary>Whether the change made at a moment is kept.</summary>
    public bool Keeps(long changedAt) => kind switch
    {
        0 => false,                         // nothing was on its way yet
        1 => true,                          // all had just arrived
        2 => changedAt <= until,            // written back in order
        3 => random.Next(2) == 0,           // written back in any order
        _ => random.Next(16) != 0,          // nearly all arrived: holes
    };
}
