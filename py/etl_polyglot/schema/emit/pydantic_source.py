"""IR → Pydantic source: one class per object with named members."""

from __future__ import annotations

from collections.abc import Sequence

from etl_polyglot.schema.emit import pydantic_scalars as scalars
from etl_polyglot.schema.emit.discriminator import discriminator
from etl_polyglot.schema.emit.merged import merged, merged_member
from etl_polyglot.schema.emit.pydantic_objects import PydanticObjects, is_model_alone
from etl_polyglot.schema.emit.python_module import PythonModule
from etl_polyglot.schema.emit.python_source import alias, python_value
from etl_polyglot.schema.emit.says import JUDGED, has_literal, says_of
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import class_name, python_string
from etl_polyglot.schema.shape import value_types

_SCALARS = {"null", "boolean", "integer", "number", "string"}


class PydanticEmitter:
    """Writes the classes and types of one schema into `module`.

    What always applies together with a type stands behind it in an `Annotated`, as a named check
    that judges the value as it came.
    """

    def __init__(self) -> None:
        self.module = PythonModule()
        self._objects = PydanticObjects(self.module, self.annotation)
        self._names: dict[int, str] = {}
        self._open: dict[int, bool] = {}
        """What is being written, the innermost last, and whether it is a class, whose own name
        an annotation in it may have."""

    def record(self, node: Node, name: str) -> str:
        """Write the class of a record; everything that its schema says is in it."""
        self._names[id(node)] = self.module.free(name)
        self._open[id(node)] = True
        whole = merged(node)
        checks = [] if whole.reference is None else [self._also(self._reference(whole))]
        if whole.variants:
            checks.append(self._also(self._options(whole.variants, name)))
        checks += map(self._also, self._parts(whole, name))
        return self._objects.model(
            whole, self._names[id(node)], checks + self._combined(whole, name)
        )

    def annotation(self, node: Node, name: str) -> str:
        """Return a node's type annotation; `name` is for the class that it may need."""
        if node.never:
            return self.module.check("Nothing")
        if (tag := discriminator(node)) is not None:
            setting = f"discriminator={python_string(tag)}"
            return self.module.annotated(self._options(node.one_of, name), [setting])
        node = merged_member(node)
        # What can stand as the type itself comes first; the others are checks behind it.
        base = self._own(node, name)
        checks = self._by_type(node, name)
        others = [] if node.reference is None else [self._reference(node)]
        if node.variants:
            others.append(self._options(node.variants, name))
        others += self._parts(node, name)
        if node.one_of:
            others.append(self._exactly_one(node.one_of, name))
        if base is None and others:
            base = next((one for one in others if not self._is_untyped(one)), others[0])
            others.remove(base)
        checks += [*map(self._also, others), *self._combined(node, name, one_of=False)]
        return self.module.annotated(base or self.module.anything(), [], *checks)

    def _own(self, node: Node, name: str) -> str | None:
        """Return the node's own types, with what is particular to each; None without any."""
        if has_literal(node):
            return scalars.literal(self.module, node)
        if not node.types:
            return None
        parts = [self._typed(node, kind, name) for kind in node.types if kind != "null"]
        return " | ".join([*parts, "None"] if "null" in node.types else parts)

    def _by_type(self, node: Node, name: str) -> list[str]:
        """Return the check of what is particular to types where the node has none of its own."""
        if node.types and not has_literal(node):
            return []
        wanted = {"number" if kind == "integer" else kind for kind in node.types or JUDGED}
        types = [
            f"{kind}={self._typed(node, kind, name)}"
            for kind in JUDGED
            if kind in wanted and says_of(node, kind)
        ]
        return [f"{self.module.check('ByType')}({', '.join(types)})"] if types else []

    def _typed(self, node: Node, kind: str, name: str) -> str:
        match kind:
            case "boolean":
                return "bool"
            case "string":
                return scalars.string(self.module, node)
            case "array":
                return self._array(node, name)
            case "object":
                return self._objects.object(node, name)
        return scalars.number(self.module, node)

    def _array(self, node: Node, name: str) -> str:
        module = self.module
        first = self._annotations(node.prefix, f"{name}Item", "")
        item = (
            module.anything() if node.items is None else self.annotation(node.items, f"{name}Item")
        )
        settings = scalars.sizes(node, "minItems", "maxItems")
        checks = [module.check("UniqueItems")] if node.keywords.get("uniqueItems") else []
        if first:
            checks.append(f"{module.check('PrefixItems')}([{', '.join(first)}], {item})")
            item = self._item_of_prefix(node, first, item)
        if node.contains is not None:
            kind = self.annotation(node.contains, f"{name}Contained")
            counts = f", least={python_value(node.keywords.get('minContains', 1))}"
            if "maxContains" in node.keywords:
                counts += f", most={python_value(node.keywords['maxContains'])}"
            checks.append(f"{module.check('Contains')}({kind}{counts})")
        return module.annotated(f"list[{item}]", settings, *checks)

    def _item_of_prefix(self, node: Node, first: list[str], rest: str) -> str:
        """Return the type of any item where `prefixItems` names scalars only."""
        nodes = [*node.prefix, *filter(None, [node.items])]
        judged = [one for one in nodes if not one.never]
        kinds = [value_types(one) for one in judged]
        if node.items is None or not all(kind and _SCALARS.issuperset(kind) for kind in kinds):
            return self.module.anything()
        types = [*first, rest]
        return " | ".join(
            dict.fromkeys(text for text, one in zip(types, nodes, strict=True) if not one.never)
        )

    def _parts(self, node: Node, name: str) -> list[str]:
        parts = self._annotations(node.all_of, name, "Part")
        return [one for one in parts if one != "Any"]

    def _combined(self, node: Node, name: str, *, one_of: bool = True) -> list[str]:
        """Return the checks of keywords that no type of Python stands for."""
        check, found = self.module.check, []
        if one_of and node.one_of:
            found.append(self._also(self._exactly_one(node.one_of, name)))
        if node.negated is not None:
            found.append(f"{check('Not')}({self.annotation(node.negated, f'{name}Not')})")
        if condition := node.condition:
            anything = Node(node.pointer)
            branches = (
                self.annotation(condition.test, f"{name}If"),
                self.annotation(condition.then or anything, f"{name}Then"),
                self.annotation(condition.otherwise or anything, f"{name}Else"),
            )
            found.append(f"{check('Conditional')}({', '.join(branches)})")
        return found

    def _exactly_one(self, nodes: Sequence[Node], name: str) -> str:
        types = self._annotations(nodes, name, "Variant")
        check = f"{self.module.check('ExactlyOne')}({', '.join(types)})"
        return self.module.annotated(" | ".join(dict.fromkeys(types)), [], check)

    def _options(self, nodes: Sequence[Node], name: str) -> str:
        return " | ".join(dict.fromkeys(self._annotations(nodes, name, "Variant")))

    def _annotations(self, nodes: Sequence[Node], name: str, word: str) -> list[str]:
        return [
            self.annotation(node, name + class_name(node.title or f"{word}{number}"))
            for number, node in enumerate(nodes, 1)
        ]

    def _also(self, annotation: str) -> str:
        return f"{self.module.check('Also')}({annotation})"

    @staticmethod
    def _is_untyped(annotation: str) -> bool:
        return annotation.partition(",")[0] in ("Any", "Annotated[Any")

    def _reference(self, node: Node) -> str:
        """Return the name of a schema that is referred to; it is written at its first use."""
        assert node.reference is not None
        target = node.reference.node
        name = self._names.get(id(target))
        if name is not None and id(target) not in self._open:
            return name
        if name is not None:
            *_, innermost = self._open.values()
            kind = name if self._open[id(target)] and innermost else self.module.anything()
            reference = f"{self.module.check('Reference')}(lambda: {name})"
            return self.module.annotated(kind, [], reference)
        name = self.module.free(class_name(target.pointer.rsplit("/", 1)[-1]))
        self._names[id(target)] = name
        whole = merged(target)
        self._open[id(target)] = is_model_alone(whole)
        if is_model_alone(whole):
            self._objects.model(whole, name, [])
        else:
            text = self.annotation(target, f"{name}Value")
            self.module.blocks.append(alias(name, text, target.description))
        del self._open[id(target)]
        return name
