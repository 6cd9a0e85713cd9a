using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>The records that changed up to a height, to be hashed into the state tree beside execution: whoever asks first for the root does the work.</summary>
public sealed class Checkpoint
{
    // A whole snapshot's records are hashed in parts, so that what is needed beside them stays small.
    private const int AtOnce = 1 << 18;

    private readonly StateTree tree;
    private readonly Lock once = new();
    private StateCapture? changed;
    private Hash root;

    internal Checkpoint(ulong height, StateCapture changed, StateTree tree) => (Height, this.changed, this.tree) = (height, changed, tree);

    /// <summary>After which block.</summary>
    public ulong Height { get; }

    /// <summary>The root of all records as of the height. Any thread may ask, and then works or waits.</summary>
    public Hash Root
    {
        get
        {
            lock (once)
            {
                if (changed is null) return root;
                lock (tree)
                {
                    for (var first = 0; first < changed.Count; first += AtOnce) tree.Apply(Changes(changed, first, Math.Min(AtOnce, changed.Count - first)));
                    root = tree.Root;
                }
                changed = null;
                return root;
            }
        }
    }

    private static StateChange[] Changes(StateCapture capture, int first, int count)
    {
        var leaves = capture.Leaves(first, count);
        var changes = new StateChange[leaves.Length];
        for (var each = 0; each < changes.Length; each++) changes[each] = new StateChange(leaves[each].Key, leaves[each].Value);
        return changes;
    }
}
