using System.Net.Sockets;
using Npgsql;

namespace Keten.Log;

/// <summary>PostgreSQL refused for a reason that asking again does not mend: a right that is missing, a table that is not there. The inner exception says it in the server's words.</summary>
public sealed class PostgresRefusedException(PostgresException inner) : LogException($"PostgreSQL refused: {inner.MessageText} ({inner.SqlState})", inner);

/// <summary>Which errors pass: the server is away, starting, full, or no longer the primary.</summary>
internal static class PostgresErrors
{
    public static bool Passes(Exception broken) => broken switch
    {
        PostgresException { SqlState: PostgresSchema.Full } => false,
        // Connection, resources, operator's intervention, system; serialisation and deadlock; a lock not to be had; read only, as a former primary is.
        PostgresException server => server.SqlState[..2] is "08" or "53" or "57" or "58" or "40" || server.SqlState is "55P03" or "25006" or "25P02" or "25P03",
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Repeats what may be repeated for as long as its errors pass.</summary>
    public static async Task<T> RepeatAsync<T>(Func<CancellationToken, Task<T>> ask, Action<string?> trouble, CancellationToken cancel)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                var answer = await ask(cancel);
                trouble(null);
                return answer;
            }
            catch (Exception passing) when (Passes(passing) && !cancel.IsCancellationRequested)
            {
                trouble(passing.Message);
            }
            catch (PostgresException refused) when (refused.SqlState is not (PostgresSchema.RolledBack or PostgresSchema.Full or PostgresErrorCodes.QueryCanceled))
            {
                throw new PostgresRefusedException(refused);
            }
            await backoff.WaitAsync(cancel);
        }
    }
}
