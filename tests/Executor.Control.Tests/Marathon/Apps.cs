using System.Text;
using Executor.Control.Marathon;

namespace Executor.Control.Tests.Marathon;

internal static class Apps
{
    public static AppDefinition Read(string json) => AppReader.Read(Encoding.UTF8.GetBytes(json), TimeProvider.System);

    /// <summary>An app that is complete but for these further members.</summary>
    public static AppDefinition With(string members) =>
        Read($$"""{"id": "/shop/cart", "cmd": "./run $PORT0"{{(members.Length > 0 ? "," : "")}} {{members}}}""");

    public static UsageException Refuse(string json) =>
        Assert.Throws<UsageException>(() => Read(json))!;

    public static UsageException RefuseWith(string members) =>
        Assert.Throws<UsageException>(() => With(members))!;
}
