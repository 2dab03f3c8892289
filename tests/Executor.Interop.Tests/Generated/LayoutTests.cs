using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Executor.Interop.Tests.Generated;

/// <summary>The bindings, held against what gcc makes of the header.</summary>
[CancelAfter(30_000)]
internal sealed partial class LayoutTests
{
    private static readonly string Header = Path.Combine(AppContext.BaseDirectory, "executor_bridge.h");

    private static IEnumerable<Type> Types { get; } =
        typeof(ExecutorBridge).Assembly.GetTypes().Where(type => GeneratedName().IsMatch(type.Name)).OrderBy(type => type.Name);

    private static IEnumerable<Type> Structures { get; } = Types.Where(type => !type.IsEnum && Fields(type).Length > 0);

    private static IEnumerable<Type> Enumerations { get; } = Types.Where(type => type.IsEnum);

    [TestCaseSource(nameof(Structures))]
    public Task A_structure_is_laid_out_as_in_C(Type type)
    {
        var name = CName(type.Name);
        return AssertAsync(Fields(type)
            .SelectMany(field => new (string, long)[]
            {
                ($"offsetof({name}, {CName(field.Name)})", Marshal.OffsetOf(type, field.Name)),
                ($"sizeof((({name} *)0)->{CName(field.Name)})", Measure(nameof(Size), field.FieldType)),
            })
            .Append(($"sizeof({name})", Measure(nameof(Size), type)))
            .Append(($"_Alignof({name})", Measure(nameof(Alignment), type))));
    }

    [TestCaseSource(nameof(Enumerations))]
    public Task An_enumeration_has_the_size_and_the_values_of_C(Type type)
    {
        var name = CName(type.Name);
        return AssertAsync(Enum.GetNames(type)
            .Select(member => ($"{name}_{CName(member)}".ToUpperInvariant(), Convert.ToInt64(Enum.Parse(type, member))))
            .Append(($"sizeof({name})", Measure(nameof(Size), type)))
            .Append(($"_Alignof({name})", Measure(nameof(Alignment), type))));
    }

    [Test]
    public Task The_constants_have_the_values_of_C() =>
        AssertAsync(Fields(typeof(ExecutorBridge.Header)).Select(constant =>
            ($"EXECUTOR_BRIDGE_{CName(constant.Name)}".ToUpperInvariant(), Convert.ToInt64(constant.GetRawConstantValue()))));

    [Test]
    public void Every_function_of_the_header_is_declared()
    {
        var declared = typeof(ExecutorBridge).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<DllImportAttribute>()?.EntryPoint);

        Assert.That(declared, Is.EquivalentTo(ExportedFunction().Matches(File.ReadAllText(Header)).Select(f => f.Groups[1].Value)));
    }

    /// <summary>Each pair is an expression of C and what the bindings say that it is worth.</summary>
    private static async Task AssertAsync(IEnumerable<(string C, long Value)> pairs)
    {
        var bindings = pairs.ToDictionary(pair => pair.C, pair => pair.Value);
        var c = await CCompiler.EvaluateAsync(Header, bindings.Keys, TestContext.CurrentContext.CancellationToken);

        Assert.That(bindings, Is.EquivalentTo(c));
    }

    private static FieldInfo[] Fields(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    /// <summary>EbStringAbi is eb_string_abi.</summary>
    private static string CName(string name) => Capital().Replace(name, "_$0").ToLowerInvariant();

    private static long Measure(string how, Type type) =>
        (int)typeof(LayoutTests).GetMethod(how, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.IsPointer || type.IsFunctionPointer ? typeof(nint) : type)
            .Invoke(null, null)!;

    private static int Size<T>() => Unsafe.SizeOf<T>();

    private static int Alignment<T>() => Unsafe.SizeOf<AfterOneByte<T>>() - Unsafe.SizeOf<T>();

    [StructLayout(LayoutKind.Sequential)]
    private struct AfterOneByte<T>
    {
        public byte One;
        public T Value;
    }

    [GeneratedRegex("^Eb[A-Z]")]
    private static partial Regex GeneratedName();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"^EXECUTOR_BRIDGE_API [^(]*\b(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ExportedFunction();
}
