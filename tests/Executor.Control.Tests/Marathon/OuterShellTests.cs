using Executor.Control.Marathon;

namespace Executor.Control.Tests.Marathon;

public class OuterShellTests
{
    [TestCase("./serve > log", ">")]
    [TestCase("./serve 2>&1", ">")]
    [TestCase("./serve < input; done", "<")]
    [TestCase("./a | ./b; ./c", "|")]
    [TestCase("./a &", "&")]
    [TestCase("./a && ./b & wait", "&")]
    [TestCase("./a &&\n./b &", "&")]
    [TestCase("./a && # both\n./b &", "&")]
    [TestCase("(./a)", "(")]
    [TestCase("f() { ./a; }", "(")]
    [TestCase(" if true; then ./a; fi", "if")]
    [TestCase("for i in 1 2; do ./a; done", "for")]
    [TestCase("while :; do ./a; done", "while")]
    [TestCase("until ./a; do :; done", "until")]
    [TestCase("case $A in b) ./b;; esac", "case")]
    [TestCase("{ ./a; }", "{")]
    public void What_acts_on_the_executor_is_found(string cmd, string found) =>
        Assert.That(OuterShell.Find(cmd), Is.EqualTo(found));

    [TestCase("./a && ./b")]
    [TestCase("./a || ./b > log | ./c")]
    [TestCase("./a && ./b 2>&1 && (./c & ./d)")]
    [TestCase("./a; ./b | ./c > log &")]
    [TestCase("./a\nif true; then ./b; fi")]
    [TestCase("sh -c './a > log | ./b &'")]
    [TestCase("sh -c \"it's ./a | $(hostname | cut -c 1) > 'log'\"")]
    [TestCase("./a --host $(hostname | cut -c 1) `date | ./b` ${PORT0:-(1)} $((1 > 2))")]
    [TestCase("./a \\> \\& \\' find {} iffy")]
    [TestCase("./a # it's > log & more")]
    [TestCase("./a && ./b\n./c &")]
    [TestCase("iffy")]
    [TestCase("")]
    [TestCase("./a '")]
    [TestCase("./a \\")]
    public void What_does_not_is_left_alone(string cmd) => Assert.That(OuterShell.Find(cmd), Is.Null);
}
