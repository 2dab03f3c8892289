using System.Text.Json.Serialization;

namespace Executor.Core.Discovery.Vaas;

/// <summary>One page of a list.</summary>
internal sealed record VaasPage<T>(VaasMeta Meta, IReadOnlyList<T> Objects);

/// <param name="Next">Null on the last page.</param>
internal sealed record VaasMeta(string? Next);

internal sealed record VaasDc(int Id, string Symbol);

internal sealed record VaasDirector(int Id, string Name);

/// <param name="Director">Its resource's path.</param>
internal sealed record VaasListedBackend(int Id, string Address, int Port, string Director);

/// <summary>What creates a backend. Address, port and director together are unique.</summary>
/// <param name="Director">Its resource's path, like that of the DC.</param>
internal sealed record VaasNewBackend(
    string Address, int Port, string Director, string Dc, bool InheritTimeProfile, int? Weight, IReadOnlyList<string>? Tags);

/// <param name="Id">Servers of old answer without a body.</param>
internal sealed record VaasCreatedBackend(int? Id = null);

/// <summary>How far the reload of the Varnish servers is.</summary>
/// <param name="Status">As Celery has it.</param>
internal sealed record VaasReload(string Status, string? Info = null);

/// <summary>VaaS's API as far as it is used, compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VaasPage<VaasDc>))]
[JsonSerializable(typeof(VaasPage<VaasDirector>))]
[JsonSerializable(typeof(VaasPage<VaasListedBackend>))]
[JsonSerializable(typeof(VaasNewBackend))]
[JsonSerializable(typeof(VaasCreatedBackend))]
[JsonSerializable(typeof(VaasReload))]
internal sealed partial class VaasJson : JsonSerializerContext;
