"""IR → Zod source, as TypeScript or as a plain JavaScript module."""

from __future__ import annotations

from functools import partial

from etl_polyglot.schema.canonical import number_text
from etl_polyglot.schema.emit.discriminator import discriminator
from etl_polyglot.schema.emit.merged import merged_member
from etl_polyglot.schema.emit.says import JUDGED, has_literal, says_of
from etl_polyglot.schema.emit.typescript_source import (
    INDENT,
    bracketed,
    doc_comment,
    regex_literal,
    typescript_value,
)
from etl_polyglot.schema.emit.typescript_types import typescript_type
from etl_polyglot.schema.emit.zod_module import Part, ZodModule, is_plain, own_engine
from etl_polyglot.schema.emit.zod_objects import INHERITED, ZodObjects
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import class_name, typescript_string
from etl_polyglot.schema.shape import value_types
from etl_polyglot.schema.values import decimal_places, fits_type

GLOBALS = frozenset({"Array", "Boolean", "Number", "Object", "Record", "String"})
"""Types of TypeScript that a declared one must not hide."""

_BOUNDS = {"minimum": "min", "exclusiveMinimum": "gt", "maximum": "max", "exclusiveMaximum": "lt"}
SCALARS = {"null", "boolean", "integer", "number", "string"}


class ZodEmitter:
    """Writes one schema's Zod expression.

    `module` gathers the named checks that it uses and the schemas that it refers to, each after
    those that it needs itself. A node that always applies together with another is a
    part of an `allOf`; each part judges the value as it came.
    """

    def __init__(self, root: Node, name: str, *, typescript: bool = True) -> None:
        self._typescript = typescript
        self.types: dict[int, str] = {}
        """Names of the types of schemas within themselves, by the identity of their nodes."""
        self.module = ZodModule()
        self._objects = ZodObjects(self.module, self.expression)
        self._names: dict[int, str] = {id(root): f"{name}Schema"}
        self._open = {id(root)}
        self._within: dict[int, Node] = {}

    def expression(self, node: Node, indent: str = "") -> str:
        """Return the Zod expression for a node, its later lines indented by `indent`."""
        if node.never:
            return "z.never()"
        if (name := discriminator(node)) is not None:
            return self.options(
                f"z.discriminatedUnion({typescript_string(name)}, ", node.one_of, indent
            )
        parts = self.parts(merged_member(node), indent)
        return self.module.all_of(parts, indent) or "z.unknown()"

    def parts(self, node: Node, indent: str) -> list[Part]:
        """Return what a value must fit, each as a function of the indent."""
        found: list[Part] = []
        for keyword in ("const", "enum"):
            if keyword in node.keywords:
                found.append(partial(self.literal, keyword, node))
        if typed := self.typed(node):
            found.append(typed)
        if node.reference is not None:
            found.append(partial(self.reference, node.reference.node))
        found += [partial(self.expression, one) for one in node.all_of]
        if node.variants:
            found.append(partial(self.options, "z.union(", node.variants))
        if node.one_of:
            found.append(partial(self.options, f"{self.module.check('exactlyOne')}(", node.one_of))
        if node.negated is not None:
            found.append(self._call("not", node.negated))
        if condition := node.condition:
            anything = Node(node.pointer)
            branches = (condition.then or anything, condition.otherwise or anything)
            found.append(self._call("conditional", condition.test, *branches))
        return found

    def _call(self, name: str, *nodes: Node) -> Part:
        return partial(self.module.call, name, [partial(self.expression, one) for one in nodes])

    def options(self, head: str, nodes: tuple[Node, ...], indent: str) -> str:
        inner = indent + INDENT
        return bracketed([self.expression(node, inner) for node in nodes], indent, f"{head}[", "])")

    def reference(self, node: Node, indent: str) -> str:
        name = self._names.get(id(node))
        if id(node) in self._open and name is not None:
            # A schema within itself: z.compile takes it as an island.
            kind = name.removesuffix("Schema")
            self.types[id(node)] = kind
            head = self.module.check("reference")
            head += f"<{kind}>((): z.ZodType => " if self._typescript else "(() => "
            return f"{head}{name})"
        if name is None:
            name = self._free(f"{class_name(node.pointer.rsplit('/', 1)[-1])}Schema")
            self._names[id(node)] = name
            self._open.add(id(node))
            expression = self.expression(node)
            self._open.discard(id(node))
            comment = doc_comment(node.description, "") if node.description else ""
            self.module.definitions.append(f"{comment}const {name} = {expression};\n")
            self._within[id(node)] = node
        return name

    def type_declarations(self) -> list[str]:
        """Write the types of schemas within themselves, which `z.infer` cannot follow."""
        return [
            f"type {self.types[key]} = {typescript_type(node, self.types)};\n"
            for key, node in self._within.items()
            if key in self.types
        ]

    def _free(self, name: str) -> str:
        free, number = name, 2
        while free in self._names.values() or free.removesuffix("Schema") in GLOBALS:
            free, number = f"{name.removesuffix('Schema')}{number}Schema", number + 1
        return free

    def literal(self, keyword: str, node: Node, indent: str) -> str:
        values = node.keywords["enum"] if keyword == "enum" else [node.keywords["const"]]
        if node.types:
            values = [value for value in values if fits_type(value, node.types)]
        if not values:
            return "z.never()"
        if any(isinstance(value, list | dict) for value in values):
            return f"{self.module.check('anyValueOf')}({typescript_value(values, indent)})"
        is_text = all(isinstance(value, str) and value not in INHERITED for value in values)
        if is_text and keyword == "enum":
            return f"z.enum({typescript_value(values, indent)})"
        return f"z.literal({typescript_value(values if values[1:] else values[0], indent)})"

    def typed(self, node: Node) -> Part | None:
        """Return the part that has the type and what is particular to types."""
        if not node.types or has_literal(node):
            wanted = {"number" if kind == "integer" else kind for kind in node.types or JUDGED}
            kinds = [kind for kind in JUDGED if kind in wanted and says_of(node, kind)]
            return partial(self.by_type, node, kinds) if kinds else None
        return partial(self.union, node)

    def union(self, node: Node, indent: str) -> str:
        parts = [self.of_type(node, name, indent) for name in node.types if name != "null"]
        if not parts:
            return "z.null()"
        if len(parts) == 1:
            return f"{parts[0]}.nullable()" if "null" in node.types else parts[0]
        if "null" in node.types:
            parts.append("z.null()")
        return f"z.union([{', '.join(parts)}])"

    def by_type(self, node: Node, kinds: list[str], indent: str) -> str:
        inner = indent + INDENT
        members = [f"{kind}: {self.of_type(node, kind, inner)}" for kind in kinds]
        return bracketed(members, indent, f"{self.module.check('byType')}({{", "})", " ")

    def of_type(self, node: Node, kind: str, indent: str) -> str:
        match kind:
            case "boolean":
                return "z.boolean()"
            case "string":
                return self.string(node)
            case "array":
                return self.array(node, indent)
            case "object":
                return self._objects.object(node, indent)
        return self.number(node)

    def number(self, node: Node) -> str:
        whole = "integer" in node.types
        calls = ["z.int()" if whole else "z.number()"]
        for keyword, method in _BOUNDS.items():
            if keyword in node.keywords:
                calls.append(f".{method}({number_text(node.keywords[keyword])})")
        step = node.keywords.get("multipleOf")
        if step is not None and not (whole and decimal_places(step)):
            calls.append(f".check({self.module.check('multipleOf')}({number_text(step)}))")
        return "".join(calls)

    def string(self, node: Node) -> str:
        calls = ["z.string()"]
        for keyword, method in (("minLength", "min"), ("maxLength", "max")):
            if keyword in node.keywords:
                calls.append(f".{method}({number_text(node.keywords[keyword])})")
        if "pattern" in node.keywords:
            pattern = node.keywords["pattern"]
            if is_plain(pattern):
                calls.append(f".regex({regex_literal(pattern)})")
            else:
                calls.append(f".check({self.module.check('pattern')}({own_engine(pattern)}))")
        if "format" in node.keywords:
            name = typescript_string(node.keywords["format"])
            calls.append(f".check({self.module.check('format')}({name}))")
        return "".join(calls)

    def array(self, node: Node, indent: str) -> str:
        sizes = "".join(
            f".{method}({number_text(node.keywords[keyword])})"
            for keyword, method in (("minItems", "min"), ("maxItems", "max"))
            if keyword in node.keywords
        )
        checks = (
            [f"{self.module.check('uniqueItems')}()"] if node.keywords.get("uniqueItems") else []
        )
        if node.contains is not None:
            checks.append(self.contains(node, indent + INDENT))
        checked = f".check({', '.join(checks)})" if checks else ""
        parts: list[Part]
        if node.prefix:
            parts = [partial(self.prefix_items, node)]
        elif node.items is None:
            return f"z.array(z.unknown()){sizes}{checked}"
        elif not checks or set(value_types(node.items) or ["any"]) <= SCALARS:
            return f"z.array({self.expression(node.items, indent)}){sizes}{checked}"
        else:
            items = node.items
            parts = [lambda indent: f"z.array({self.expression(items, indent)})"]
        if sizes or checked:  # on the items as they came, not as another part gave them back
            parts.append(lambda indent: f"z.array(z.unknown()){sizes}{checked}")
        return self.module.all_of(parts, indent)

    def prefix_items(self, node: Node, indent: str) -> str:
        head = self.options(f"{self.module.check('prefixItems')}(", node.prefix, indent)
        if node.items is None:
            return head
        return f"{head[:-1]}, {self.expression(node.items, indent)})"

    def contains(self, node: Node, indent: str) -> str:
        assert node.contains is not None
        least = number_text(node.keywords.get("minContains", 1))
        most = node.keywords.get("maxContains")
        counts = f", {least}" if most is None else f", {least}, {number_text(most)}"
        return f"{self.module.check('contains')}({self.expression(node.contains, indent)}{counts})"
