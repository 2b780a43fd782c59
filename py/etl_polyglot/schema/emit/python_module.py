"""What a generated Python module is made of while it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

CHECKS = "etl_polyglot.schema.checks"

IMPORTED = frozenset(
    {"Annotated", "Any", "BaseModel", "ConfigDict", "False", "Field", "Literal", "None", "True"}
    | {"Also", "AnyValueOf", "ByType", "Conditional", "Contains", "DependentRequired"}
    | {"DependentSchemas", "ExactlyOne", "Format", "Integer", "Integral", "MemberCount"}
    | {"MemberNames", "MultipleOf", "Not", "Nothing", "Omittable", "PatternMembers"}
    | {"PrefixItems", "Reference", "UniqueItems"}
)
"""What a generated module has already, which no class of its own may be called."""


@dataclass(slots=True)
class PythonModule:
    """Classes and types in `blocks`, inner ones first, and what they import, by module."""

    blocks: list[str] = field(default_factory=list)
    imports: dict[str, set[str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: set(IMPORTED))

    def use(self, module: str, name: str) -> str:
        """Import a name; returns it."""
        self.imports.setdefault(module, set()).add(name)
        return name

    def check(self, name: str) -> str:
        """Import a named check; returns its name."""
        return self.use(CHECKS, name)

    def anything(self) -> str:
        """Return the type of any value."""
        return self.use("typing", "Any")

    def free(self, name: str) -> str:
        """Take a name for a class, with a number where it is taken."""
        free, number = name, 2
        while free in self.taken:
            free, number = f"{name}{number}", number + 1
        self.taken.add(free)
        return free

    def annotated(self, base: str, settings: list[str], *checks: str | None) -> str:
        """Write a type with the settings of its `Field` and the checks behind it."""
        metadata = [f"{self.use('pydantic', 'Field')}({', '.join(settings)})"] if settings else []
        metadata += [check for check in checks if check]
        if not metadata:
            return base
        return f"{self.use('typing', 'Annotated')}[{base}, {', '.join(metadata)}]"
