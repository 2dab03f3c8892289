namespace Executor.Interop.Tests.Generator;

/// <summary>What the generator cannot tell rightly it refuses, in one line that names the place.</summary>
internal sealed class RefusalTests : GeneratorRun
{
    [TestCase("typedef union tb_any { int a; float b; } tb_any;", "union tb_any")]
    [TestCase("typedef struct tb_toy { unsigned small : 3; } tb_toy;", "bit field small")]
    [TestCase("typedef struct tb_toy { int sizes[4]; } tb_toy;", "type ArrayType of sizes")]
    [TestCase("typedef struct tb_toy { long size; } tb_toy;", "type long int of size")]
    [TestCase("#include <time.h>\nvoid tb_now(struct tm *now);", "type tm of now", 4)]
    [TestCase("typedef struct { int size; } tb_toy;", "nameless struct")]
    [TestCase("typedef struct tb_toy { struct { int x; } inner; } tb_toy;", "nameless struct")]
    [TestCase("enum { TB_RED };", "nameless enumeration")]
    [TestCase("int tb_print(const char *format, ...);", "variable arguments of tb_print")]
    [TestCase("void tb_sort(int (*by)(int first, ...));", "variable arguments of by")]
    [TestCase("static inline int tb_one(void) { return 1; }", "static function tb_one")]
    [TestCase("extern int tb_count;", "variable tb_count")]
    [TestCase("void tb_put(int);", "nameless argument")]
    [TestCase("#define TOY_BOX_TWO (1 + 1)", "macro TOY_BOX_TWO, which is no integer,")]
    public async Task An_unknown_construct_is_named_with_its_line(string code, string construct, int line = 3)
    {
        var (exit, _, errors) = await GenerateAsync($"\ntypedef struct tb_box tb_box;\n{code}\n");

        Assert.That((exit, errors), Is.EqualTo((1, $"{Header}:{line}: {construct} is not known to the generator\n")));
        Assert.That(Output, Does.Not.Exist);
    }

    [Test]
    public async Task A_header_that_is_no_C_is_told_as_the_compiler_tells_it()
    {
        var (code, _, errors) = await GenerateAsync("\nint tb_open(tb_box *box);\n");

        Assert.That((code, errors), Is.EqualTo((1, $"{Header}:2:13: error: unknown type name 'tb_box'\n")));
    }

    [Test]
    public async Task A_header_without_declarations_is_named()
    {
        var (code, _, errors) = await GenerateAsync("#define TOY_BOX_SIZE 1\n");

        Assert.That((code, errors), Is.EqualTo((1, $"{Header}: declares nothing\n")));
    }

    [Test]
    public async Task A_missing_header_is_named()
    {
        var (code, _, errors) = await RunAsync(Header, Output);

        Assert.That((code, errors), Is.EqualTo((1, $"{Header}: no such header\n")));
    }

    [Test]
    public async Task A_missing_castxml_is_named_with_the_way_to_get_it()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", Output);
        try
        {
            var (code, _, errors) = await GenerateAsync("typedef struct tb_box tb_box;");

            Assert.That((code, errors), Is.EqualTo((1, "castxml is not installed: ./build.sh bootstrap installs it\n")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
