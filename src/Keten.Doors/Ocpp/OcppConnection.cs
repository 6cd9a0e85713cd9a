using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Doors;

/// <summary>A connected charge point. Its calls are answered one after the other, each once; the door's own calls to it go out one at a time.</summary>
internal sealed class OcppConnection(WebSocket socket, ChargePoint point, OcppVersion version, DoorLimits limits) : IDisposable
{
    private const int Remembered = 64;

    private readonly SemaphoreSlim sending = new(1, 1), calling = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement?>> asked = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, byte[] Answer)> answered = new();
    private int calls;

    public ChargePoint Point { get; } = point;

    public OcppVersion Version { get; } = version;

    /// <summary>Answers until the charge point goes, or is sent away.</summary>
    /// <param name="handle">What a call is answered with, once all that it asks for is on disk.</param>
    /// <param name="tooLarge">Told of a message that is longer than one may be, with its beginning.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(Func<OcppConnection, string, JsonElement, Task<JsonObject>> handle, Action<byte[]> tooLarge, CancellationToken cancel)
    {
        var buffer = new byte[limits.Message];
        while (socket.State == WebSocketState.Open)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == buffer.Length)
                {
                    tooLarge(buffer);
                    await SendAwayAsync(buffer, WebSocketCloseStatus.MessageTooBig, "A message is longer than one may be.");
                    return;
                }
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                return;
            }
            if (part.MessageType == WebSocketMessageType.Binary)
            {
                await SendAwayAsync(buffer, WebSocketCloseStatus.InvalidMessageType, "OCPP-J is text.");
                return;
            }
            if (await AnswerAsync(buffer.AsMemory(0, length), handle) is { } answer) await SendAsync(answer, cancel);
        }
    }

    /// <summary>Asks the charge point; null where it does not answer in time, or answers with an error.</summary>
    public async Task<JsonElement?> CallAsync(string action, JsonObject payload, CancellationToken cancel)
    {
        await calling.WaitAsync(cancel);
        var id = $"door-{Interlocked.Increment(ref calls)}";
        var answer = asked[id] = new TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await SendAsync(OcppFrame.WriteCall(id, action, payload), cancel);
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(limits.Answer), cancel);
        }
        catch (Exception fault) when (fault is TimeoutException or WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            return null;
        }
        finally
        {
            asked.TryRemove(id, out _);
            calling.Release();
        }
    }

    /// <summary>Ends the connection.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string why)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, patience.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            socket.Abort();
        }
    }

    public void Abort() => socket.Abort();

    public void Dispose()
    {
        sending.Dispose();
        calling.Dispose();
    }

    // What is still on its way is let in and dropped: a line that is cut before it is read through would take the reason with it.
    private async Task SendAwayAsync(byte[] buffer, WebSocketCloseStatus status, string why)
    {
        await CloseAsync(status, why);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            while (socket.State == WebSocketState.CloseSent) await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // It does not say goodbye.
        }
    }

    private async Task<byte[]?> AnswerAsync(ReadOnlyMemory<byte> text, Func<OcppConnection, string, JsonElement, Task<JsonObject>> handle)
    {
        try
        {
            var frame = OcppFrame.Read(text, Version);
            if (frame.Type != OcppFrame.Call)
            {
                if (asked.TryGetValue(frame.Id, out var waiting)) waiting.TrySetResult(frame.Type == OcppFrame.Result ? frame.Payload : null);
                return null;
            }
            foreach (var (id, before) in answered)
                if (id == frame.Id) return before;
            var answer = await AnswerAsync(frame, handle);
            if (answered.Count == Remembered) answered.Dequeue();
            answered.Enqueue((frame.Id, answer));
            return answer;
        }
        catch (OcppErrorException error)
        {
            return OcppFrame.WriteError(error);
        }
    }

    private async Task<byte[]> AnswerAsync(OcppFrame frame, Func<OcppConnection, string, JsonElement, Task<JsonObject>> handle)
    {
        if (!Version.Requests.TryGetValue(frame.Action, out var shape))
            throw Version.NotSupported.Contains(frame.Action) ? new OcppErrorException(frame.Id, "NotSupported", "These doors do not do that.") : new OcppErrorException(frame.Id, "NotImplemented", "There is no such action.");
        try
        {
            shape.Check(frame.Payload, frame.Action);
            return OcppFrame.WriteResult(frame.Id, await handle(this, frame.Action, frame.Payload));
        }
        catch (MisshapenException fault)
        {
            throw new OcppErrorException(frame.Id, Version.CodeOf(fault.Fault), fault.Message);
        }
        catch (Exception fault) when (fault is not (OcppErrorException or OperationCanceledException))
        {
            // Not taken: the charge point keeps it and sends it again.
            throw new OcppErrorException(frame.Id, "InternalError", "The message could not be kept; it has to come again.");
        }
    }

    private async Task SendAsync(byte[] text, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
        finally
        {
            sending.Release();
        }
    }
}
