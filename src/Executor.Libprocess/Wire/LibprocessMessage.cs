using Executor.Core.Ports;

namespace Executor.Libprocess.Wire;

/// <summary>One message between two libprocess actors: the part of a POST that means something.</summary>
/// <param name="To">The actor's name in the receiving process: the first segment of the path, e.g. <c>slave(1)</c>.</param>
/// <param name="Name">The full protobuf name, e.g. <c>mesos.internal.RunTaskMessage</c>.</param>
/// <param name="From">The sender's PID, from <c>Libprocess-From</c> (or the User-Agent of older peers).</param>
/// <param name="Body">Serialised protobuf; owned by the message. Empty for an empty message.</param>
public sealed record LibprocessMessage(string To, string Name, Upid From, ReadOnlyMemory<byte> Body);
