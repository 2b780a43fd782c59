"""IR → Pydantic source of objects: their classes, and the checks that fields lack."""

from __future__ import annotations

from collections.abc import Callable

from etl_polyglot.schema.emit.python_module import PythonModule
from etl_polyglot.schema.emit.python_source import assignment, docstring, python_value, wrap
from etl_polyglot.schema.emit.says import has_literal
from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.names import class_name, field_names, python_string, raw_python_string
from etl_polyglot.schema.regex.portable import portable
from etl_polyglot.schema.shape import admits_null

_OF_A_CLASS = ("minProperties", "maxProperties", "dependentRequired")


class PydanticObjects:
    """Writes objects into a module; `annotation` gives the types of what is in them."""

    def __init__(self, module: PythonModule, annotation: Callable[[Node, str], str]) -> None:
        self.module = module
        self.annotation = annotation

    def object(self, node: Node, name: str) -> str:
        """Return an object's type: a class of its own, or a dict."""
        if _is_model(node):
            return self.model(node, self.module.free(name), [])
        if isinstance(node.extra, Node) and not node.patterns:
            member = self.annotation(node.extra, f"{name}Value")
        else:
            member = self.module.anything()
        return self.module.annotated(f"dict[str, {member}]", [], *self._checks(node, name))

    def model(self, node: Node, name: str, checks: list[str]) -> str:
        """Write the class of an object; `checks` judge it beside its own keywords."""
        for base in ("BaseModel", "ConfigDict"):
            self.module.use("pydantic", base)
        extra = "forbid" if node.extra is False and not node.patterns else "allow"
        parts = [
            f'    model_config = ConfigDict(strict=True, extra="{extra}", allow_inf_nan=False)\n'
        ]
        if text := node.description or node.title:
            parts.insert(0, docstring(text, "    "))
        if isinstance(node.extra, Node) and not node.patterns:
            value = self.annotation(node.extra, f"{name}Value")
            parts.append(f"    __pydantic_extra__: dict[str, {value}]\n")
        if checks := [*self._checks(node, name), *checks]:
            made = f"{self.module.check('model_checks')}(lambda: [{', '.join(checks)}])"
            parts.append(wrap("    _checks = ", made, ""))
        fields = field_names(prop.name for prop in node.properties)
        lines = [self._field(prop, fields[prop.name], name) for prop in node.properties]
        parts += ["".join(lines)] if lines else []
        self.module.blocks.append(f"class {name}(BaseModel):\n" + "\n".join(parts))
        return name

    def _checks(self, node: Node, name: str) -> list[str]:
        check, keywords, found = self.module.check, node.keywords, []
        if node.patterns:
            found.append(self._pattern_members(node, name))
        if node.names is not None:
            found.append(f"{check('MemberNames')}({self.annotation(node.names, f'{name}Name')})")
        sizes = [
            f"{setting}={python_value(keywords[keyword])}"
            for keyword, setting in (("minProperties", "least"), ("maxProperties", "most"))
            if keyword in keywords
        ]
        if sizes:
            found.append(f"{check('MemberCount')}({', '.join(sizes)})")
        if wanted := keywords.get("dependentRequired"):
            found.append(f"{check('DependentRequired')}({python_value(wanted)})")
        if node.dependents:
            pairs = [
                f"{python_string(trigger)}: {self.annotation(one, f'{name}With{number}')}"
                for number, (trigger, one) in enumerate(node.dependents, 1)
            ]
            found.append(f"{check('DependentSchemas')}({{{', '.join(pairs)}}})")
        return found

    def _pattern_members(self, node: Node, name: str) -> str:
        pairs = [
            f"({raw_python_string(portable(pattern))}, "
            f"{self.annotation(one, f'{name}Pattern{number}')})"
            for number, (pattern, one) in enumerate(node.patterns, 1)
        ]
        arguments = [f"[{', '.join(pairs)}]"]
        if node.extra is not True:
            if node.properties:
                names = ", ".join(python_string(prop.name) for prop in node.properties)
                arguments.append(f"declared=[{names}]")
            others = (
                self.annotation(node.extra, f"{name}Value")
                if isinstance(node.extra, Node)
                else self.module.check("Nothing")
            )
            arguments.append(f"others={others}")
        return f"{self.module.check('PatternMembers')}({', '.join(arguments)})"

    def _field(self, prop: Property, field: str, owner: str) -> str:
        annotation = self.annotation(prop.node, owner + class_name(prop.name))
        if not prop.required and not admits_null(prop.node):
            annotation = f"{self.module.check('Omittable')}[{annotation}]"
        value = "" if prop.required else " = None"
        if field != prop.name:
            alias = f"alias={python_string(prop.name)}"
            settings = alias if prop.required else f"default=None, {alias}"
            value = f" = {self.module.use('pydantic', 'Field')}({settings})"
        line = assignment(f"    {field}: ", annotation, value)
        description = prop.node.description
        return f"{line}{docstring(description, '    ')}" if description else line


def is_model_alone(node: Node) -> bool:
    """Whether a class of its own says all of a node."""
    dependents = dict(node.dependents).values()
    beside = [one for one in node.in_place() if one not in dependents]
    return node.types == ("object",) and not has_literal(node) and _is_model(node) and not beside


def _is_model(node: Node) -> bool:
    """Whether an object has a class of its own."""
    named = node.properties or node.extra is False or node.names or node.dependents
    return bool(named) or any(word in node.keywords for word in _OF_A_CLASS)
