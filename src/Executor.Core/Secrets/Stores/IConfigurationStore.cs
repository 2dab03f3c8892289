using Executor.Core.Hooks;

namespace Executor.Core.Secrets.Stores;

/// <summary>Where one task's configuration comes from; it is read once.</summary>
/// <remarks>Disposing gives back what the reading took, such as a token, in a bounded time; it never throws.</remarks>
internal interface IConfigurationStore : IAsyncDisposable
{
    /// <summary>For people: where it is, without what may be secret.</summary>
    string Description { get; }

    /// <summary>Tries once.</summary>
    /// <exception cref="UnavailableException">Another try may succeed.</exception>
    /// <exception cref="HookException">The answer is final.</exception>
    Task<StoredDocument> FetchAsync(CancellationToken cancellationToken);
}

/// <summary>What a store gave.</summary>
/// <param name="Content">A flat JSON object, or something encrypted or signed that holds one; cleared by who asked for it.</param>
/// <param name="Revision">What the store calls this state of it: an ETag or a version; null where it has none.</param>
internal sealed record StoredDocument(byte[] Content, string? Revision);
