namespace Executor.Interop.Tests.Generator;

/// <summary>castxml drops comments; what the header says must still be read at the bindings.</summary>
internal sealed class CommentTests : GeneratorRun
{
    [Test]
    public async Task Comments_above_and_beside_a_declaration_document_it_and_no_other()
    {
        await GenerateAsync("""
            /* What this file is about. */

            /* How a box
             * stands. */
            typedef enum tb_state {
                TB_STATE_OPEN, /* the lid is off */
                TB_STATE_SHUT,
                /* fell & < broke */
                TB_STATE_LOST,
            } tb_state;
            """);

        Assert.That(Body("TbState"), Is.EqualTo("""
            /// <summary>How a box stands.</summary>
            internal enum TbState : uint
            {
                /// <summary>the lid is off</summary>
                Open = 0,

                Shut = 1,

                /// <summary>fell &amp; &lt; broke</summary>
                Lost = 2,
            }

            """));
    }

    [Test]
    public async Task What_a_comment_names_becomes_a_reference()
    {
        await GenerateAsync("""
            #define TOY_BOX_MOST 5 /* see tb_open */
            typedef struct tb_box { int count; } tb_box;
            typedef enum tb_result { TB_RESULT_OK } tb_result;
            /*
             * Fills tb_box.count up to TOY_BOX_MOST; `NULL` and tb_unknown are words.
             * `label_text`: of the box; is read where
             *               TB_RESULT_OK is answered.
             */
            tb_result tb_open(tb_box *box, const char *label_text);
            """);

        Assert.That(Body("ToyBox"), Does.Contain("""
                    /// <summary>see <see cref="ToyBox.Open"/></summary>
                    internal const int Most = 5;
            """).And.Contain("""
                /// <summary>
                /// Fills <see cref="TbBox.Count"/> up to <see cref="ToyBox.Header.Most"/>; <c>NULL</c> and tb_unknown are words.
                /// </summary>
                /// <param name="labelText">of the box; is read where <see cref="TbResult.Ok"/> is answered.</param>
            """));
    }

    [Test]
    public async Task No_line_is_longer_than_a_reader_likes()
    {
        await GenerateAsync($"""
            typedef struct tb_box tb_box;
            /* {string.Concat(Enumerable.Repeat("One looks into the tb_box again. ", 20))} */
            void tb_look(tb_box *first_of_the_boxes, tb_box *second_of_the_boxes, tb_box *third_of_the_boxes, tb_box *last);
            """);

        Assert.That(Body("ToyBox").Split('\n'), Has.All.Length.LessThanOrEqualTo(120));
    }
}
