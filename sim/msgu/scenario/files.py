"""The files that a scenario is made of, each read once, none outside the scenario's own folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Row
from pathlib import Path, PurePosixPath
from typing import Final

from msgu.disk import read_file
from msgu.errors import InputError, Problem
from msgu.scenario import examples
from msgu.scenario.check import Model, fresh, tidy, validate
from msgu.scenario.policy import Layer, PolicyFile
from msgu.scenario.yaml.locate import nearest
from msgu.scenario.yaml.merge import conflicts, emptied, merge, replaced_lists
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Spot, shorten
from msgu.scenario.yaml.read import MAX_BYTES, read_tree
from msgu.scenario.yaml.scalars import decode
from msgu.scenario.yaml.syntax import SYNTAX

BLOCK_FILES: Final = ("places", "evidence")
MAX_EXTENDS: Final = 8


def read_whole(
    path: str, model: type[Model], within: Callable[[Mapping], Mapping] = lambda tree: tree
) -> tuple[Model, Mapping, dict[str, str]]:
    """Read a file as a model; `within` makes of its tree the one that is checked.

    Returns
    -------
    The model, the tree, and the SHA-256 of each file read.

    Raises
    ------
    InputError
        With every problem found, each at its place.
    """
    reader = Reader(path)
    tree = reader.scenario()
    if tree is None:
        raise InputError(tidy(reader.problems))
    made, wrong = validate(within(tree), model)
    problems = [*reader.problems, *fresh(wrong, reader.problems)]
    if problems or made is None:
        raise InputError(tidy(problems))
    return made, tree, reader.files


class Reader:
    """Reads the files of one scenario and keeps what is wrong with them.

    Parameters
    ----------
    path
        Scenario file as the user named it, or the name of an example (`msgu.scenario.examples`).
    """

    def __init__(self, path: str) -> None:
        self.path = examples.scenario_path(path)
        self.folder = os.path.dirname(self.path)
        self.root = _real(self.folder or ".")
        self.problems: list[Problem] = []
        self.files: dict[str, str] = {}
        self.broken = False

    # ---- scenario ----

    def scenario(self) -> Mapping | None:
        """Return the tree of the scenario over the files that it extends, or None when one cannot be read."""
        tree = self._extended(self.path, Spot(self.path, 1, 1), ())
        return None if self.broken else tree

    def _extended(self, shown: str, blame: Spot, chain: tuple[str, ...]) -> Mapping | None:
        if _real(shown) in chain or len(chain) >= MAX_EXTENDS:
            self._refuse(
                blame,
                "extends",
                f"`{shorten(shown)}` extends itself",
                f"at most {MAX_EXTENDS} files, none twice",
                "",
            )
            return None
        key, within, known = ("extends", self.root, ()) if chain else ("", None, _known(shown, examples.scenarios()))
        tree = self._read(shown, blame, key, within, known)
        if tree is None:
            return None
        tree = self.expand(tree)
        if "extends" not in tree.values:
            return tree
        del tree.keys["extends"]
        value = tree.values.pop("extends")
        below = self._inside(value, "extends", "other.yaml")
        if below is None:
            return None
        base = self._extended(below, value.spot, (*chain, _real(shown)))
        if base is None:
            return None
        self.problems += emptied(base, tree)
        return merge(base, tree)

    def expand(self, tree: Mapping) -> Mapping:
        """Return the tree with `places: NAME` and `evidence: NAME` replaced by the content of their files."""
        expanded = Mapping(tree.spot, dict(tree.keys), dict(tree.values))
        for block in BLOCK_FILES:
            value = tree.values.get(block)
            if not isinstance(value, Scalar) or not isinstance(value.value, str):
                continue
            name = value.text if value.text.endswith((".yaml", ".yml")) else f"{block}/{value.text}.yaml"
            path = self._inside(value, block, name, name)
            content = self._read(path, value.spot, block, self.root) if path is not None else None
            if content is not None:
                expanded.put(block, tree.keys[block], content)
        return expanded

    # ---- policies ----

    def policies(self, given: Row[str]) -> list[Layer]:
        """Return the policies in the order of their ids, without those that cannot be read.

        Parameters
        ----------
        given
            Files, or names of files in ``policies/`` beside the scenario or among the examples; those beside it come first.
        """
        layers: dict[str, Layer] = {}
        for n, name in enumerate(given, start=1):
            blame = Spot(f"--policy[{n}]", 1, 1)
            layer = self._policy(name, blame)
            if layer is not None and layer.policy.id in layers:
                self._refuse(
                    blame,
                    "",
                    f"the policy `{layer.policy.id}` a second time",
                    "each policy once",
                    "delete one of the two",
                )
            elif layer is not None:
                layers[layer.policy.id] = layer
        self.problems += conflicts({name: layer.apply for name, layer in layers.items()})
        return [layers[name] for name in sorted(layers)]

    def _policy(self, name: str, blame: Spot) -> Layer | None:
        shown, within = self._policy_file(name)
        tree = self._read(shown, blame, "", within, _known(name, examples.policies()))
        if tree is None:
            return None
        head, problems = validate(tree, PolicyFile)
        self.problems += problems
        apply = tree.values.get("apply")
        return Layer(head.policy, apply) if head is not None and isinstance(apply, Mapping) else None

    def _policy_file(self, name: str) -> tuple[str, str | None]:
        """Return the path of a policy, and the folder that it must not lead out of, if any."""
        if not examples.is_name(name):
            return name, None
        beside = os.path.join(self.folder, "policies", f"{name}.yaml")
        if name not in examples.policies() or os.path.lexists(beside):
            return beside, self.root
        return examples.policies()[name], _real(str(examples.folder()))

    def lay_over(self, tree: Mapping, layer: Layer) -> None:
        """Refuse lists of a policy that would replace lists of the scenario."""
        for path, spot in replaced_lists(tree, layer.apply):
            given = "a list in place of the scenario's list"
            self._refuse(
                spot,
                "apply." + ".".join(path),
                given,
                "mappings keyed by id: lists are never merged",
                "",
                fatal=False,
            )

    # ---- one file ----

    def _inside(self, node: Node, key: str, example: str, name: str | None = None) -> str | None:
        """Return the path of a file that a scenario names, if it lies under the scenario's folder."""
        text = name or (node.text if isinstance(node, Scalar) and isinstance(node.value, str) else "")
        pure = PurePosixPath(text)
        allowed = "the name of a file under the scenario's own folder"
        if (
            not text
            or not pure.parts
            or pure.is_absolute()
            or ".." in pure.parts
            or "\\" in text
            or "\0" in text
            or len(text) > 200
        ):
            self._refuse(node.spot, key, f"`{shorten(text)}`" if text else "not a file name", allowed, example)
            return None
        path = os.path.join(self.folder, text)
        if not Path(_real(path)).is_relative_to(self.root):
            self._refuse(node.spot, key, f"`{shorten(text)}` leads out of the folder", allowed, example)
            return None
        return path

    def _read(self, shown: str, blame: Spot, key: str, within: str | None = None, known: Row[str] = ()) -> Mapping | None:
        """Return the tree of a file, or None when it cannot be read or is no YAML mapping.

        `within` as for `open_file`; `known` are the examples that might have been meant.
        """
        data = self._bytes(shown, blame, key, within, known)
        if data is None:
            return None
        self.files[shown] = hashlib.sha256(data).hexdigest()
        text, problems = decode(shown, data)
        tree: Node | None = None
        if not problems:
            tree, problems = read_tree(shown, text)
        self.problems += problems
        if isinstance(tree, Mapping) and not any(problem.allowed == SYNTAX for problem in problems):
            return tree
        if not problems:
            what = "an empty file" if tree is None else "not a mapping"
            self._refuse(Spot(shown, 1, 1), "", what, "`key: value` lines", "")
        self.broken = True
        return None

    def _bytes(self, shown: str, blame: Spot, key: str, within: str | None, known: Row[str]) -> bytes | None:
        try:
            return read_file(shown, MAX_BYTES, within)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "not a file name"
            self._refuse(
                blame,
                key,
                f"`{shorten(shown, 200)}`: {why[0].lower()}{why[1:]}",
                f"a YAML file of at most {MAX_BYTES:,} bytes" + (f", or one of: {', '.join(known)}" if known else ""),
                _neighbour(shown) or nearest(Path(shown).stem, known),
            )
        return None

    def _refuse(self, spot: Spot, key: str, given: str, allowed: str, fix: str, *, fatal: bool = True) -> None:
        self.problems.append(Problem(spot.path, spot.line, spot.col, key, given, allowed, fix))
        self.broken = self.broken or fatal


def names_yaml(path: str, name: str) -> bool:
    """Whether what a study calls by a relative path ends, links followed, at the name of a YAML file, in whatever folder."""
    return not os.path.isabs(name) and _real(os.path.join(os.path.dirname(path), name)).endswith((".yaml", ".yml"))


def _real(path: str) -> str:
    """Return the path with its links followed; unchanged when it can be no path."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _known(given: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of examples among which a bare name stands; none for the path of a file."""
    return tuple(names) if examples.is_name(given) else ()


def _neighbour(shown: str) -> str:
    """Return the file beside a missing one whose name is nearest, or an empty string."""
    folder = os.path.dirname(shown)
    try:
        names = [name for name in os.listdir(folder or ".")[:1000] if name.endswith((".yaml", ".yml"))]
    except (OSError, ValueError):
        return ""
    near = nearest(os.path.basename(shown), names)
    return os.path.join(folder, near) if near else ""
