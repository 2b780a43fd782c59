"""IR → Pydantic source of objects: their classes, and the checks that fields lack."""

from __future__ import annotations

from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.names import class_name, field_names, python_string, raw_python_string
from etl_polyglot.schema.python_source import assignment, docstring, python_value
from etl_polyglot.schema.regex import portable
from etl_polyglot.schema.shape import admits_null


class PydanticObjects:
    """What `PydanticEmitter` writes of objects; the emitter itself says the rest."""

    blocks: list[str]
    classes: list[str]

    def annotation(self, node: Node, name: str) -> str:
        """Return a node's type annotation."""
        raise NotImplementedError

    def _annotated(self, base: str, settings: list[str], *checks: str | None) -> str:
        raise NotImplementedError

    def _check(self, name: str) -> str:
        raise NotImplementedError

    def _free(self, name: str) -> str:
        raise NotImplementedError

    def _use(self, module: str, name: str) -> str:
        raise NotImplementedError

    def _object(self, node: Node, name: str) -> str:
        if self._is_model(node):
            return self._model(node, self._free(name), [])
        checks = self._object_checks(node, name)
        if isinstance(node.extra, Node) and not node.patterns:
            base = f"dict[str, {self.annotation(node.extra, f'{name}Value')}]"
        else:
            base = f"dict[str, {self._use('typing', 'Any')}]"
        return self._annotated(base, [], *checks)

    def _is_model(self, node: Node) -> bool:
        """Whether an object has a class of its own."""
        words = ("minProperties", "maxProperties", "dependentRequired")
        return bool(
            node.properties
            or node.extra is False
            or node.names
            or node.dependents
            or any(word in node.keywords for word in words)
        )

    def _is_model_alone(self, node: Node) -> bool:
        """Whether a class of its own says all of a node."""
        literal = "enum" in node.keywords or "const" in node.keywords
        is_object = node.types == ("object",) and not literal and self._is_model(node)
        return is_object and not [
            one for one in node.in_place() if one not in dict(node.dependents).values()
        ]

    def _model(self, node: Node, name: str, checks: list[str]) -> str:
        """Write the class of an object; `checks` judge it beside its own keywords."""
        for base in ("BaseModel", "ConfigDict"):
            self._use("pydantic", base)
        lines = [f"class {name}(BaseModel):\n"]
        if text := node.description or node.title:
            lines.append(f"{docstring(text, '    ')}\n")
        extra = "forbid" if node.extra is False and not node.patterns else "allow"
        lines.append(
            f'    model_config = ConfigDict(strict=True, extra="{extra}", allow_inf_nan=False)\n'
        )
        if isinstance(node.extra, Node) and not node.patterns:
            value = self.annotation(node.extra, f"{name}Value")
            lines.append(f"\n    __pydantic_extra__: dict[str, {value}]\n")
        checks = [*self._object_checks(node, name), *checks]
        if checks:
            inner = "".join(f"            {check},\n" for check in checks)
            lines.append(
                f"    _checks = {self._check('model_checks')}(\n"
                f"        lambda: (\n{inner}        )\n    )\n"
            )
        if node.properties:
            lines.append("\n")
        fields = field_names(prop.name for prop in node.properties)
        lines += [self._field(prop, fields[prop.name], name) for prop in node.properties]
        self.blocks.append("".join(lines))
        self.classes.append(name)
        return name

    def _object_checks(self, node: Node, name: str) -> list[str]:
        found = []
        if node.patterns:
            pairs = [
                f"({raw_python_string(portable(pattern))}, "
                f"{self.annotation(one, f'{name}Pattern{number}')})"
                for number, (pattern, one) in enumerate(node.patterns, 1)
            ]
            others = ""
            if node.extra is not True:
                names = ", ".join(python_string(prop.name) for prop in node.properties)
                others = f", declared=[{names}], others="
                others += (
                    self.annotation(node.extra, f"{name}Value")
                    if isinstance(node.extra, Node)
                    else self._check("Nothing")
                )
            found.append(f"{self._check('PatternMembers')}([{', '.join(pairs)}]{others})")
        if node.names is not None:
            kind = self.annotation(node.names, f"{name}Name")
            found.append(f"{self._check('MemberNames')}({kind})")
        sizes = [
            f"{setting}={python_value(node.keywords[keyword])}"
            for keyword, setting in (("minProperties", "least"), ("maxProperties", "most"))
            if keyword in node.keywords
        ]
        if sizes:
            found.append(f"{self._check('MemberCount')}({', '.join(sizes)})")
        if wanted := node.keywords.get("dependentRequired"):
            found.append(f"{self._check('DependentRequired')}({python_value(wanted)})")
        if node.dependents:
            pairs = [
                f"{python_string(trigger)}: {self.annotation(one, f'{name}With{number}')}"
                for number, (trigger, one) in enumerate(node.dependents, 1)
            ]
            found.append(f"{self._check('DependentSchemas')}({{{', '.join(pairs)}}})")
        return found

    def _field(self, prop: Property, field: str, owner: str) -> str:
        annotation = self.annotation(prop.node, owner + class_name(prop.name))
        if not prop.required and not admits_null(prop.node):
            annotation = f"{self._check('Omittable')}[{annotation}]"
        value = "" if prop.required else " = None"
        if field != prop.name:
            alias = f"alias={python_string(prop.name)}"
            settings = alias if prop.required else f"default=None, {alias}"
            value = f" = {self._use('pydantic', 'Field')}({settings})"
        line = assignment(f"    {field}: ", annotation, value)
        description = prop.node.description
        return f"{line}{docstring(description, '    ')}" if description else line


def has_literal(node: Node) -> bool:
    return "enum" in node.keywords or "const" in node.keywords
