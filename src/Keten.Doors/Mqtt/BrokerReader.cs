using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Keten.Doors;

/// <summary>
/// Reads a queue of a broker, to which devices publish by MQTT. A message is acknowledged to the broker once it is in the store and not before, so that it stays in the queue, which is durable, when the
/// doors are closed or fail.
/// </summary>
internal sealed class BrokerReader(Broker broker, Intake intake, Action<string> tell)
{
    private const ushort AtOnce = 64;
    private const int QueueAtMost = 1_000_000;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>Whether it is connected.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Reads until it is cancelled, and connects again whenever it has to.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        for (var told = false; !cancel.IsCancellationRequested;)
        {
            try
            {
                await ReadAsync(cancel);
                told = false;
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                if (!told) tell($"The broker at {broker.Uri.Host}:{broker.Uri.Port} is not reached: {fault.Message}");
                told = true;
            }
            IsConnected = false;
            await Task.Delay(Again, cancel);
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        // Recovered by this loop, which declares queue and bindings again: a broker may have lost them.
        var factory = new ConnectionFactory { Uri = broker.Uri, AutomaticRecoveryEnabled = false, ClientProvidedName = "keten doors", RequestedHeartbeat = TimeSpan.FromSeconds(20) };
        await using var connection = await factory.CreateConnectionAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            over.TrySetResult();
            return Task.CompletedTask;
        };
        var arguments = new Dictionary<string, object?> { ["x-max-length"] = QueueAtMost, ["x-overflow"] = "reject-publish" };
        await channel.QueueDeclareAsync(broker.Queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancel);
        foreach (var topic in broker.Topics ?? ["keten.#"]) await channel.QueueBindAsync(broker.Queue, broker.Exchange, topic, cancellationToken: cancel);
        await channel.BasicQosAsync(0, AtOnce, false, cancel);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            if (await TakeAsync(message, cancel)) await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancel);
            else await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, cancel);
        };
        await channel.BasicConsumeAsync(broker.Queue, autoAck: false, consumer, cancel);
        IsConnected = true;
        await over.Task.WaitAsync(cancel);
    }

    private async Task<bool> TakeAsync(BasicDeliverEventArgs message, CancellationToken cancel)
    {
        try
        {
            // The library lends the bytes for the time of this call.
            intake.Take("mqtt:" + message.RoutingKey, null, message.Body.ToArray());
            return true;
        }
        catch (Exception fault) when (fault is Intake.FullException or Microsoft.Data.Sqlite.SqliteException or IOException)
        {
            tell("A message of the broker could not be kept, and waits there: " + fault.Message);
            await Task.Delay(Again, cancel);
            return false;
        }
    }
}
