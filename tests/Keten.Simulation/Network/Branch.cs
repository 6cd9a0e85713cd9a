using Keten.Kernel.Blocks;

namespace Keten.Simulation.Network;

/// <summary>The entries of the shared log as some see them: all, unless it shows two orders. Executed as they come.</summary>
internal sealed class Branch(Genesis genesis)
{
    public Truth Truth { get; private set; } = new(genesis);

    public long Last => Truth.Log.Count;

    public event Action? Grew;

    public long Append(ReadOnlyMemory<byte> entry)
    {
        Truth.Execute(entry);
        Grew?.Invoke();
        return Last;
    }

    /// <summary>Another that begins with the same entries.</summary>
    public Branch Fork()
    {
        var other = new Branch(genesis);
        foreach (var entry in Truth.Log) other.Append(entry);
        return other;
    }

    /// <summary>Loses its last entry, which no log may.</summary>
    public void Lose()
    {
        var (old, fresh) = (Truth.Log, new Truth(genesis));
        for (var each = 0; each < old.Count - 1; each++) fresh.Execute(old[each]);
        Truth = fresh;
    }
}
