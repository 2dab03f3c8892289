namespace Executor.Core.Hooks;

/// <summary>Addresses in log and errors.</summary>
internal static class ShownAddress
{
    /// <summary>Without the query, which may hold a secret.</summary>
    public static string Shown(this Uri address) => address.GetLeftPart(UriPartial.Path);
}
