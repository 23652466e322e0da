"""What YAML readers read differently, lose or expand is refused, with its place; what only looks odd is accepted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from msgu.errors import InputError
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.scenario.yaml import read
from msgu.scenario.yaml.nodes import to_plain
from msgu.scenario.yaml.read import read_tree

HEAD = """\
msgu: 1
id: trap
title: {fr: Une nuit, en: A night}
start: 2015-11-13T20:00:00+01:00
horizon: 4 h
places: {zones: {z: {kind: commune}}}
topics:
  t:
    infectiousness: 0.004
    delay: {law: fixed, value: 5 min}
"""


def load_text(folder: Path, text: str | bytes) -> Scenario:
    path = folder / "trap.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(path)


MUST_REFUSE: dict[str, tuple[str | bytes, int, int]] = {
    "unquoted hashtag": (HEAD + "    title: #PorteOuverte\n", 11, 12),
    "hashtag that ends a text": (HEAD + "    title: Soir\u00e9e #fusillade\n", 11, 19),
    "hashtag in a list": (HEAD + "trending: {topics: [t, #x\n  t]}\n", 11, 24),
    "hashtag alone in a list": (HEAD + "trending:\n  topics: [\n    #t\n  ]\n", 13, 5),
    "old truth value yes": (HEAD + "    note: yes\n", 11, 11),
    "old truth value No": (HEAD + "    note: No\n", 11, 11),
    "old truth value off": (HEAD + "record: {event_log: off}\n", 11, 21),
    "ordinary calls of no length": (HEAD + "phones:\n  holding: {law: fixed, value: 0 s}\n", 12, 3),
    "octal": (HEAD + "seed: 0777\n", 11, 7),
    "octal of YAML 1.2": (HEAD + "seed: 0o17\n", 11, 7),
    "hexadecimal": (HEAD + "seed: 0x1F\n", 11, 7),
    "grouped digits": (HEAD + "seed: 1_000\n", 11, 7),
    "not a number": (HEAD + "    original_share: .nan\n", 11, 21),
    "infinity": (HEAD + "    original_share: -.inf\n", 11, 21),
    "number too large": (HEAD + "    original_share: 1e999\n", 11, 21),
    "number too long": (HEAD + f"seed: {'1' * 5000}\n", 11, 7),
    "whole number as a fraction": (HEAD + "seed: 1.5\n", 11, 7),
    "number between quotes": (HEAD + 'seed: "5"\n', 11, 7),
    "text as a number": (HEAD + "seed: five\n", 11, 7),
    "number as a text": (HEAD + "    title: 2015\n", 11, 12),
    "bare number for a duration": (HEAD + "record: {bin: 60}\n", 11, 15),
    "time as minutes": (HEAD + "    onset: 1280\n", 11, 12),
    "unit of another dimension": (HEAD + "record: {bin: 60 m}\n", 11, 15),
    "decimal comma": (HEAD + "record: {bin: '1,5 min'}\n", 11, 15),
    "duplicate key": (HEAD + "seed: 1\nseed: 1\n", 12, 1),
    "duplicate id": (HEAD + "  t:\n    infectiousness: 1\n", 11, 3),
    "duplicate key in braces": (HEAD + "record: {bin: 60 s, bin: 60 s}\n", 11, 21),
    "misspelt key": (HEAD + "sede: 1\n", 11, 1),
    "key of another block": (HEAD + "bin: 60 s\n", 11, 1),
    "empty value": (HEAD + "seed:\n", 11, 6),
    "empty value before a comment": (HEAD + "seed: # later\n", 11, 6),
    "alias": (HEAD + "    title: &a x\n    note: *a\n", 11, 12),
    "merge key": (HEAD + "    <<: {title: x}\n", 11, 5),
    "tag": (HEAD + "seed: !!int 5\n", 11, 7),
    "python tag": (HEAD + "seed: !!python/object/apply:os.system ['x']\n", 11, 7),
    "second document": (HEAD + "---\nseed: 5\n", 11, 1),
    "directive": ("%YAML 1.1\n---\n" + HEAD, 1, 1),
    "tab as indentation": (HEAD + "record:\n\tbin: 60 s\n", 12, 1),
    "tab after spaces": (HEAD + "record:\n  \tbin: 60 s\n", 12, 3),
    "byte order mark": (b"\xef\xbb\xbf" + HEAD.encode(), 1, 1),
    "not UTF-8": (HEAD.encode() + b"    note: caf\xe9\n", 11, 14),
    "UTF-16": (HEAD.encode("utf-16"), 1, 1),
    "NUL": (HEAD + "seed: \0\n", 11, 7),
    "line separator": (HEAD + "    note: a\u2028b\n", 11, 12),
    "text direction override": (HEAD + "    note: a\u202eb\n", 11, 12),
    "control character by escape": (HEAD + '    note: "a\\x1b[31m"\n', 11, 11),
    "carriage returns alone": (HEAD.replace("\n", "\r"), 1, 8),
    "list for a mapping": (HEAD + "record: [1]\n", 11, 9),
    "mapping for a list": (HEAD + "trending: {topics: {t: 1}}\n", 11, 20),
    "key that is a list": (HEAD + "? [a]\n: 1\n", 11, 3),
    "too deep": (HEAD + "note: " + "[" * 30 + "]" * 30 + "\n", 11, 26),
    "truncated in a brace": (HEAD + "record: {bin: 60 s", 11, 19),
    "truncated in a quote": (HEAD + '    note: "abc', 11, 15),
    "second colon": (HEAD + "    note: a: b\n", 11, 12),
    "line without a key": (HEAD + "seed\n", 12, 1),
    "bad indentation": (HEAD + "   seed: 1\n", 11, 4),
    "whole file a text": ("hello\n", 1, 1),
    "whole file a list": ("- a\n", 1, 1),
    "nothing but a comment": ("# nothing\n", 1, 1),
    "empty file": ("", 1, 1),
    "unknown topic": (HEAD + "trending: {topics: [u]}\n", 11, 21),
    "time before the start": (HEAD + "    onset: 2015-11-12T20:00:00+01:00\n", 11, 12),
    "no such time": (HEAD + "    onset: 25:10\n", 11, 12),
    "no such date": (HEAD.replace("11-13T", "11-31T"), 4, 8),
    "start without offset": (HEAD.replace("+01:00", ""), 4, 8),
    "probability above one": (HEAD + "    original_share: 1.01\n", 11, 21),
    "out of range": (HEAD + "record: {bin: 2 d}\n", 11, 15),
    "unknown law": (HEAD.replace("law: fixed", "law: fxied"), 10, 18),
    "null where something is needed": (HEAD + "horizons: null\n", 11, 1),
}

MUST_ACCEPT: dict[str, tuple[str, str, object]] = {
    "time with a colon": (HEAD + "    onset: 21:20\n", "topics.t.onset", 4800.0),
    "time after midnight": (HEAD + "    onset: 00:30\n", "topics.t.onset", 16200.0),
    "time between quotes": (HEAD + "    onset: '21:20'\n", "topics.t.onset", 4800.0),
    "quoted hashtag": (HEAD + '    title: "#PorteOuverte"\n', "topics.t.title", "#PorteOuverte"),
    "hashtag inside a word": (HEAD + "    title: a#b\n", "topics.t.title", "a#b"),
    "comment with a space": (HEAD + "    title: abc # said later\n", "topics.t.title", "abc"),
    "comment that draws a rule": (HEAD + "#### part two ####\nseed: 2\n", "seed", 2),
    "exponent": (HEAD + "    original_share: 1e-3\n", "topics.t.original_share", 0.001),
    "whole number for a fraction": (HEAD + "    original_share: 1\n", "topics.t.original_share", 1.0),
    "sign": (HEAD + "seed: +5\n", "seed", 5),
    "quoted yes": (HEAD + '    note: "yes"\n', "topics.t.note", "yes"),
    "quoted number": (HEAD + "    note: '007'\n", "topics.t.note", "007"),
    "text that looks like a version": (HEAD + "    note: 1.2.3\n", "topics.t.note", "1.2.3"),
    "sexagesimal text": (HEAD + "    note: 190:20:30\n", "topics.t.note", "190:20:30"),
    "date as a text": (HEAD + "    note: 2015-11-13\n", "topics.t.note", "2015-11-13"),
    "percent sign": (HEAD + "    note: 12 %\n", "topics.t.note", "12 %"),
    "explicit null": (HEAD + "    claim: null\n", "topics.t.claim", None),
    "tilde": (HEAD + "    claim: ~\n", "topics.t.claim", None),
    "folded text": (HEAD + "    note: >-\n      one\n      two\n", "topics.t.note", "one two"),
    "literal text with a hashtag": (HEAD + "    note: |\n      #a\n      b\n", "topics.t.note", "#a\nb\n"),
    "text on two lines": (HEAD + "    note: one\n      two\n", "topics.t.note", "one two"),
    "quotes inside quotes": (HEAD + "    note: 'it''s'\n", "topics.t.note", "it's"),
    "escape": (HEAD + '    note: "caf\\u00e9"\n', "topics.t.note", "caf\u00e9"),
    "key named true": (HEAD + "    claim: {true: true}\n", "topics.t.claim.true", True),
    "Windows line ends": (HEAD.replace("\n", "\r\n") + "seed: 7\r\n", "seed", 7),
    "no line end at the end": (HEAD + "seed: 7", "seed", 7),
    "document marks": ("---\n" + HEAD + "seed: 7\n...\n", "seed", 7),
    "scale as a fraction": (HEAD + "scale: 1/100\n", "scale", 0.01),
    "emoji and accents": (HEAD + "    note: \u00e9\U0001f64f\u6771\n", "topics.t.note", "\u00e9\U0001f64f\u6771"),
    "tab after a colon": (HEAD + "seed:\t7\n", "seed", 7),
}


@pytest.mark.parametrize("name", MUST_REFUSE)
def test_a_trap_is_refused_at_its_place(name: str, tmp_path: Path) -> None:
    text, line, col = MUST_REFUSE[name]
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load_text(tmp_path, text)
    assert (line, col) in [(problem.line, problem.col) for problem in caught.value.problems]
    assert all(problem.given and problem.allowed for problem in caught.value.problems)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("name", MUST_ACCEPT)
def test_what_only_looks_odd_is_accepted_and_means_what_it_says(name: str, tmp_path: Path) -> None:
    text, key, value = MUST_ACCEPT[name]
    found: object = load_text(tmp_path, text)
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.long
def test_a_file_that_is_too_large_or_has_too_many_values_is_refused_at_once(tmp_path: Path) -> None:
    began = time.process_time()
    for text in (HEAD + "#" * 5_000_001, HEAD + "x: [" + "1," * 300_000 + "1]\n", HEAD + "x: " + "[" * 2_000_000):
        with pytest.raises(InputError) as caught:
            load_text(tmp_path, text)
        assert all(problem.line >= 1 and problem.col >= 1 for problem in caught.value.problems)
    assert time.process_time() - began < 10


@pytest.mark.long
def test_a_file_with_very_many_problems_is_refused_in_seconds(tmp_path: Path) -> None:
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load_text(tmp_path, HEAD + "".join(f"  t{n}: {{infectiosness: {n}}}\n" for n in range(20_000)))
    assert "more than" in " ".join(problem.given for problem in caught.value.problems)
    assert time.process_time() - began < 20


def test_the_bomb_of_aliases_is_refused_without_being_expanded(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    began = time.process_time()
    with pytest.raises(InputError):
        load_text(tmp_path, bomb)
    assert time.process_time() - began < 1


def test_problem_text_holds_nothing_that_a_terminal_would_obey(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_text(tmp_path, HEAD + '"\\e[31m\\r": 1\nseed: "\\e]0;x\\a"\n')
    assert str(caught.value).replace("\n", "").isprintable()


def test_keys_are_text_as_written() -> None:
    tree, problems = read_tree("x", "true: 1\n5: 2\n0.5: 3\nnull: 4\n")
    assert not problems and tree is not None
    assert to_plain(tree) == {"true": 1, "5": 2, "0.5": 3, "null": 4}


class Scanned(str):
    """A text that counts how many of its characters are looked at by other means than one regular expression."""

    seen = 0

    def count(self, *words: Any) -> int:
        self.seen += words[2] - words[1]
        return super().count(*words)

    def rfind(self, *words: Any) -> int:
        found = super().rfind(*words)
        self.seen += words[2] - found
        return found

    def find(self, *words: Any) -> int:
        found = super().find(*words)
        self.seen += (found if found >= 0 else len(self)) - (words[1] if len(words) > 1 else 0)
        return found

    def __getitem__(self, key: Any) -> str:
        part = super().__getitem__(key)
        self.seen += len(part)
        return part


SHAPES = {
    "glued comments": lambda n: "a: 1\n" + "#x\n" * n,
    "a glued comment after each value": lambda n: "".join(f"k{i}: 1 \n#x\n" for i in range(n)),
    "a comment for a value": lambda n: "".join(f"k{i}: #x{i}\n" for i in range(n)),
    "nothing as value, in one line": lambda n: "a: [" + "{b: }, " * n + "1]\n",
    "values refused in one line": lambda n: "a: [" + "yes, " * n + "1]\n",
    "good comments": lambda n: "".join(f"k{i}: 1  # x\n" for i in range(n)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_character_of_a_file_is_looked_at_a_few_times_whatever_its_shape(shape: str) -> None:
    text = Scanned(SHAPES[shape](900))
    read_tree("x.yaml", text, list(read._events(str(text))))
    assert 0 < text.seen < 8 * len(text)


@pytest.mark.timeout(60)  # in the square of the length it takes hours
@pytest.mark.parametrize("text", ["#x\n" * 1_600_000, "a: " + "1_" * 2_400_000 + "x\n", "a: #x\n" * 700_000])
def test_a_file_of_five_megabytes_of_one_fault_is_read_or_given_up_with_a_word(text: str) -> None:
    _, problems = read_tree("x.yaml", "b: 1\n" + text)
    assert len(problems) == (0 if "_" in text else 1001)
    assert not problems or "1,000 problems up to here" in str(problems[-1])
