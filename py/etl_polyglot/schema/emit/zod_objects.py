"""IR → Zod source of objects: their members, and the checks that Zod's objects lack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from etl_polyglot.schema.canonical import number_text
from etl_polyglot.schema.emit.typescript_source import (
    INDENT,
    WIDTH,
    bracketed,
    chain,
    doc_comment,
    typescript_value,
)
from etl_polyglot.schema.emit.zod_module import Part, ZodModule
from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.names import typescript_key, typescript_string

INHERITED = frozenset(
    {"constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString"}
    | {"toString", "valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__"}
    | {"__lookupSetter__", "__proto__"}
)
"""Members of Object.prototype, which Zod finds in every row."""

PROTO = "__proto__"
"""The one name that Zod's objects neither judge nor keep."""


class ZodObjects:
    """Writes objects; `expression` gives the schemas of what is in them."""

    def __init__(self, module: ZodModule, expression: Callable[[Node, str], str]) -> None:
        self.module = module
        self.expression = expression

    def object(self, node: Node, indent: str) -> str:
        parts = self.object_checks(node)
        if self.is_shaped(node):
            parts.insert(0, partial(self.shaped, node))
        elif isinstance(node.extra, Node) and not node.patterns and not node.properties:
            parts.insert(0, self._call("mapOf", node.extra))
        return self.module.all_of(parts, indent) or "z.record(z.string(), z.unknown())"

    def is_shaped(self, node: Node) -> bool:
        """Whether an object of Zod's own says what members it has."""
        return self.is_strict(node) or any(prop.name != PROTO for prop in node.properties)

    def is_strict(self, node: Node) -> bool:
        named = any(prop.name == PROTO for prop in node.properties)
        return node.extra is False and not node.patterns and not named

    def shaped(self, node: Node, indent: str) -> str:
        properties = tuple(prop for prop in node.properties if prop.name != PROTO)
        members = self.shape(properties, indent)
        return f"z.strictObject({members})" if self.is_strict(node) else f"z.looseObject({members})"

    def object_checks(self, node: Node) -> list[Part]:
        found: list[Part] = []
        keywords = node.keywords
        extra = node.extra is not True and not self.is_strict(node)
        proto = [prop for prop in node.properties if prop.name == PROTO]
        plain_map = not (node.patterns or node.properties) and isinstance(node.extra, Node)
        if node.patterns or proto or (extra and not plain_map):
            found.append(partial(self.members, node))
        if proto and proto[0].required:
            found.append(
                lambda indent: f"{self.module.check('requires')}([{typescript_string(PROTO)}])"
            )
        if node.names is not None:
            found.append(self._call("memberNames", node.names))
        if "minProperties" in keywords or "maxProperties" in keywords:
            least = number_text(keywords.get("minProperties", 0))
            most = keywords.get("maxProperties")
            counts = least if most is None else f"{least}, {number_text(most)}"
            found.append(lambda indent: f"{self.module.check('memberCount')}({counts})")
        if keywords.get("dependentRequired"):
            names = keywords["dependentRequired"]
            text = self.module.check("dependentRequired")
            found.append(lambda indent: f"{text}({typescript_value(names, indent)})")
        if node.dependents:
            found.append(partial(self.dependents, node))
        return found

    def _call(self, name: str, node: Node) -> Part:
        return partial(self.module.call, name, [partial(self.expression, node)])

    def members(self, node: Node, indent: str) -> str:
        """Write the check of the members that an object of Zod's own does not judge."""
        inner = indent + INDENT
        deep = inner + INDENT
        names = [prop.name for prop in node.properties]
        lines = []
        for prop in node.properties:
            if prop.name == PROTO:
                lines.append(
                    f"own: [[{typescript_string(PROTO)}, {self.expression(prop.node, '')}]]"
                )
        if node.patterns:
            pairs = [
                f"[{self.module.matcher(pattern)}, {self.expression(one, deep)}]"
                for pattern, one in node.patterns
            ]
            lines.append(bracketed(pairs, inner, "patterns: [", "]"))
        if node.extra is not True:
            if names:
                lines.append(f"declared: {typescript_value(names, inner)}")
            extra = node.extra
            others = self.expression(extra, inner) if isinstance(extra, Node) else "z.never()"
            lines.append(f"others: {others}")
        return bracketed(lines, indent, f"{self.module.check('members')}({{", "})", " ")

    def dependents(self, node: Node, indent: str) -> str:
        inner = indent + INDENT
        pairs = [
            f"{typescript_key(name)}: {self.expression(one, inner)}"
            for name, one in node.dependents
        ]
        return bracketed(pairs, indent, f"{self.module.check('dependentSchemas')}({{", "})", " ")

    def shape(self, properties: tuple[Property, ...], indent: str) -> str:
        if not properties:
            return "{}"
        inner = indent + INDENT
        lines = []
        for prop in properties:
            if prop.node.description:
                lines.append(doc_comment(prop.node.description, inner))
            lines.append(f"{inner}{typescript_key(prop.name)}: {self.member(prop, inner)},\n")
        return "{\n" + "".join(lines) + indent + "}"

    def member(self, prop: Property, indent: str) -> str:
        expression = self.expression(prop.node, indent)
        optional = "" if prop.required else ".optional()"
        if prop.name in INHERITED:
            required = "true" if prop.required else "false"
            return f"{self.module.check('ownMember')}({expression}, {required}){optional}"
        expression += optional
        head = f"{indent}{typescript_key(prop.name)}: "
        if "\n" in expression or len(head) + len(expression) < WIDTH:
            return expression
        return chain(expression, indent + INDENT)
