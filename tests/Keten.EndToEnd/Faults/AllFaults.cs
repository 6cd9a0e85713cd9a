namespace Keten.EndToEnd.Faults;

/// <summary>The faults, in an order in which one network stands most of them.</summary>
internal static class AllFaults
{
    private const string NoHands = "none: what runs the node starts it again";

    public static readonly Fault[] List =
    [
        new("kill-node", "etcd", "Of four validators one may fall out: what is final stays, and the others go on.", NoHands, NodeFaults.KillOneAsync),
        new("kill-two-nodes", "etcd", "Without more than two thirds nothing becomes final; once they are back, all goes on, and what was final stays.", NoHands, NodeFaults.KillTwoAsync),
        new("kill-all-nodes", "etcd", "What is final survives the death of all nodes at once.", NoHands, NodeFaults.KillAllAsync),
        new("kill-etcd-leader", "etcd", "Of three etcd servers one may fall out, the leader too.", "none: the others choose another", OrderFaults.KillEtcdLeaderAsync)
            { NoControl = "a killed process takes nothing from the disk; an order whose only copy goes is that of lost-etcd" },
        new("partition", "etcd", "Of four validators one may be cut off: the others go on, and it follows once it is back.", "none", NodeFaults.PartitionAsync)
            { NoControl = "nothing is taken away by it: what protects is that three of four must sign, and no setting says less" },
        new("clock-jump", "etcd", "Ledger time is the lower median of the validators' clocks: one that is wrong does not move it.", "none; an operator sets the clock right", NodeFaults.ClockJumpAsync)
            {
                Lacks = network => network.Clock is null ? "There is no libfaketime on this machine: apt-get install libfaketime." : null,
                NoControl = "a wrong clock loses nothing that is final: it would make honest clients' transfers expire, and the median of one validator alone is its own clock",
            },
        new("full-disk", "etcd", "A validator whose disk is full signs nothing that it could not keep; the others go on, and it follows once there is room.", "make room, and start the node again", NodeFaults.FullDiskAsync)
            {
                Lacks = network => network.Disk is null ? "No small disk can be mounted here: that takes root on Linux." : null,
                NoControl = "no setting lets a node answer for what it could not write",
            },
        new("lost-disk", "etcd", "A validator that has lost its disk joins again from the others.", "none but an empty disk: what runs the node starts it again", NodeFaults.LostDiskAsync) { ControlAsync = NodeFaults.AloneAsync },
        new("lost-etcd", "etcd", "Nothing final is lost with all of the ordering service: every node has it. The validators restart the order.", "on each validator: stop the node, 'keten epoch', start the node", OrderFaults.LostEtcdAsync)
            { IsLast = true },
        new("kill-postgres", "postgres", "A PostgreSQL that is killed comes back with all that it had confirmed.", "none: what runs the server starts it again", OrderFaults.KillPostgresAsync)
            { IsLast = true, ControlAsync = OrderFaults.FlushedLateAsync },
    ];

    public static Fault? Find(string name) => Array.Find(List, fault => fault.Name == name);
}
