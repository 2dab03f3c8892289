namespace Executor.Interop.Generator;

/// <summary>
/// What a header declares: C's names, C#'s types, and the comment that stands at each. The records are in one file
/// because they are one table.
/// </summary>
internal sealed record Bindings(
    IReadOnlyList<Constant> Constants,
    IReadOnlyList<Enumeration> Enumerations,
    IReadOnlyList<Structure> Structures,
    IReadOnlyList<Function> Functions);

/// <summary>A macro that is an integer, or a member of an enumeration.</summary>
internal sealed record Constant(string Name, string Value, string Comment);

internal sealed record Enumeration(string Name, string Type, IReadOnlyList<Constant> Members, string Comment);

/// <summary>A structure; an opaque one has no fields.</summary>
internal sealed record Structure(string Name, IReadOnlyList<Field> Fields, string Comment);

internal sealed record Field(string Name, string Type, string Comment);

internal sealed record Function(string Name, string Returns, IReadOnlyList<Parameter> Parameters, string Comment);

internal sealed record Parameter(string Name, string Type);
