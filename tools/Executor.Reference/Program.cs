using Executor.Reference;

const string usage = """
    Usage: Executor.Reference DOCUMENT [--check]

    Writes the tables of settings and labels into a Markdown document, between the lines <!-- settings --> and
    <!-- end of settings -->.

      --check   write nothing; exit with 1 where the document differs

    """;

if (args is not ([[not '-', ..]] or [[not '-', ..], "--check"]))
{
    Console.Error.Write(usage);
    return 2;
}

var document = File.ReadAllText(args[0]);
if (ReferenceText.PutInto(document) is not { } written)
{
    Console.Error.WriteLine($"{args[0]}: has not the two lines between which the tables stand");
    return 1;
}

if (written == document) return 0;
if (args.Length == 2)
{
    Console.Error.WriteLine($"{args[0]} differs from the settings and labels");
    return 1;
}

File.WriteAllText(args[0], written);
return 0;
