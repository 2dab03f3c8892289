namespace Executor.Interop.Tests.Generator;

/// <summary>What each kind of declaration becomes.</summary>
internal sealed class DeclarationTests : GeneratorRun
{
    [Test]
    public async Task An_enumeration_loses_the_prefix_of_its_members()
    {
        await GenerateAsync("typedef enum tb_colour { TB_COLOUR_RED = 1, TB_COLOUR_DARK_BLUE = -2 } tb_colour;");

        Assert.That(Body("TbColour"), Is.EqualTo("""
            internal enum TbColour : int
            {
                Red = 1,
                DarkBlue = -2,
            }

            """));
    }

    [Test]
    public async Task A_structure_keeps_its_fields_in_order()
    {
        await GenerateAsync("""
            #include <stddef.h>
            #include <stdint.h>
            typedef enum tb_colour { TB_COLOUR_RED } tb_colour;
            typedef struct tb_toy {
                const char *name;
                tb_colour main_colour;
                int8_t a;
                uint16_t b;
                int64_t c;
                double weight;
                size_t size;
                struct tb_toy *next;
            } tb_toy;
            """);

        Assert.That(Body("TbToy"), Is.EqualTo("""
            [StructLayout(LayoutKind.Sequential)]
            internal unsafe struct TbToy
            {
                public byte* Name;
                public TbColour MainColour;
                public sbyte A;
                public ushort B;
                public long C;
                public double Weight;
                public nuint Size;
                public TbToy* Next;
            }

            """));
    }

    [Test]
    public async Task A_structure_without_a_body_is_an_opaque_type()
    {
        await GenerateAsync("typedef struct tb_box tb_box;");

        Assert.That(Body("TbBox"), Is.EqualTo("internal readonly struct TbBox;\n"));
    }

    [Test]
    public async Task A_table_of_callbacks_becomes_function_pointers()
    {
        await GenerateAsync("""
            typedef struct tb_toy { int size; } tb_toy;
            typedef int (*tb_sorter)(const tb_toy *left, const tb_toy *right);
            typedef struct tb_events {
                void (*added)(void *context, tb_toy toy);
                tb_sorter sorter;
            } tb_events;
            """);

        Assert.That(Body("TbEvents"), Is.EqualTo("""
            [StructLayout(LayoutKind.Sequential)]
            internal unsafe struct TbEvents
            {
                public delegate* unmanaged[Cdecl]<void*, TbToy, void> Added;
                public delegate* unmanaged[Cdecl]<TbToy*, TbToy*, int> Sorter;
            }

            """));
    }

    [Test]
    public async Task Functions_and_constants_are_in_the_class_that_is_named_after_the_header()
    {
        await GenerateAsync("""
            #ifndef TOY_BOX_H
            #define TOY_BOX_H
            #define TOY_BOX_API __attribute__((visibility("default")))
            #define TOY_BOX_MOST_TOYS 0x10
            #define OTHER (1 + 1)
            typedef struct tb_box tb_box;
            TOY_BOX_API void tb_box_open(tb_box **box, const char *label_text, char *error);
            #endif
            """);

        Assert.That(Body("ToyBox"), Does.Contain("""
            internal static unsafe partial class ToyBox
            {
                /// <summary>libtoy_box.so, looked for beside the program when a function is first called.</summary>
                internal const string Library = "toy_box";

                /// <summary>The constants of the header that this was generated from.</summary>
                internal static class Header
                {
                    internal const int MostToys = 0x10;
                }

                [LibraryImport(Library, EntryPoint = "tb_box_open")]
                internal static partial void BoxOpen(TbBox** box, byte* labelText, byte* error);
            }
            """));
    }
}
