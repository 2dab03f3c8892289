using System.Security.Cryptography;

namespace Executor.Core.Secrets.Documents;

/// <summary>A curve of RFC 7518.</summary>
/// <param name="Name">As JSON Web Keys call it.</param>
/// <param name="Size">Of a coordinate, in bytes.</param>
internal sealed record EcCurve(string Name, int Size, ECCurve Curve)
{
    private static readonly EcCurve[] All =
    [
        new("P-256", 32, ECCurve.NamedCurves.nistP256),
        new("P-384", 48, ECCurve.NamedCurves.nistP384),
        new("P-521", 66, ECCurve.NamedCurves.nistP521),
    ];

    public static string Accepted { get; } = string.Join(", ", All.Select(curve => curve.Name));

    /// <returns>Null for any other curve.</returns>
    public static EcCurve? Of(ECCurve curve) => Array.Find(
        All, known => curve.IsNamed && (curve.Oid.Value is { } oid ? oid == known.Curve.Oid.Value : curve.Oid.FriendlyName == known.Curve.Oid.FriendlyName));
}
