namespace Keten.Simulation.Network;

/// <summary>What lies between the machines: messages come late, twice or not at all, and none where a wire is cut.</summary>
internal sealed class Wires(World world)
{
    /// <summary>Whether nothing is lost and nothing comes twice any more.</summary>
    public bool AreGood { get; set; }

    /// <summary>Sends a message over a wire.</summary>
    public void Send(Func<bool> isCut, Action deliver)
    {
        if (!AreGood && world.Random.Next(80) == 0) return;
        Carry(isCut, deliver);
        if (!AreGood && world.Random.Next(80) == 0) Carry(isCut, deliver);
    }

    /// <summary>Asks a server until it has answered: what every client of an engine does, by its promise.</summary>
    /// <param name="host">Who asks.</param>
    /// <param name="isCut">The wire between them.</param>
    /// <param name="serve">Done at the server, perhaps more than once; gives the answer now or later.</param>
    /// <param name="again">After so many milliseconds it asks again.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<T> Ask<T>(Host host, Func<bool> isCut, Action<Action<T>> serve, double again, CancellationToken cancel)
    {
        var (answer, life) = (new TaskCompletionSource<T>(), host.Life);
        var given = cancel.UnsafeRegister(_ => answer.TrySetCanceled(cancel), null);
        Try();
        return answer.Task;

        void Try()
        {
            if (host.Life != life || answer.Task.IsCompleted) return;
            Send(isCut, () => serve(value => Send(isCut, () =>
            {
                if (host.Life == life && answer.TrySetResult(value)) given.Unregister();
            })));
            world.Later(again, Try);
        }
    }

    private void Carry(Func<bool> isCut, Action deliver) => world.Later(Delay(), () =>
    {
        if (!isCut()) deliver();
    });

    private double Delay() => world.Random.Next(40) == 0 ? world.Random.Next(300) : 0.5 + world.Random.NextDouble() * 6;
}
