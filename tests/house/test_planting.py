"""What it costs to add to the house: a dummy is planted in a copy of the package, its shared edits are counted, and it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT, TOY

OWN = {
    "scenario/schema/sirens.py": '''
"""Sirens that sound for a time."""

from __future__ import annotations

from msgu.scenario.schema.field import Sourced, field
from msgu.units import Duration, WallTime


class Sirens(Sourced):
    """Sirens of the town."""

    at: WallTime = field(..., "When they sound first.", unit="s")
    every: Duration = field(600.0, "Mean time from one sounding to the next.", unit="s", gt=0)
''',
    "engine/processes/sirens.py": '''
"""Sirens sound again and again."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import numpy as np
from simpy.events import Event

from msgu.engine.context import Context
from msgu.engine.tables.counts import Counts
from msgu.kernels.base.draw import log, uniform
from msgu.scenario.schema.sirens import Sirens
from msgu.streams import Stream

GAPS: Final = Stream("sirens", "time from one sounding to the next")


def start(context: Context) -> Counts:
    """Register the soundings; return their counts."""
    counts = Counts(context.scenario, 1, 1)
    if context.scenario.sirens is not None:
        context.clock.process(_sound(context, context.scenario.sirens, counts))
    return counts


def _sound(context: Context, sirens: Sirens, counts: Counts) -> Generator[Event, Any, None]:
    key = np.uint64(context.stream(GAPS))
    t, n = sirens.at, 0
    while True:
        yield context.clock.at(t)
        counts.add(t, 0, 0)
        t -= log(uniform(key, n, 0, 0)) * sirens.every
        n += 1
''',
    "engine/tables/sirens.py": '''
"""Soundings of sirens."""

from __future__ import annotations

from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.counts import Counts
from msgu.engine.tables.sparse import many_columns
from msgu.results import Columns


def sirens(_: CompiledEngine, counts: Counts) -> Columns:
    """Soundings by bin."""
    return many_columns(counts.array[:, 0], ("bin",), ("soundings",))


COUNTED = {"sirens": sirens}
''',
    "results/tables/sirens.py": '''
"""Table of the sirens."""

from msgu.results.columns import BIN, table

TABLES = {"sirens": table("people", "Soundings by bin.", BIN, ("soundings", "i4", "soundings", "Soundings in the bin."))}
''',
    "measure/metrics/subjects/sirens.py": '''
"""Metrics of sirens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import Arguments, Subject, metric

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window


@metric(Subject("sirens"), "ratio", "sirens", adds=True)
def soundings(night: Night, window: Window, a: Arguments) -> float:
    """Soundings of the sirens."""
    return night.total("sirens", "soundings", window) * night.results.scale
''',
}
"""Files of the phenomenon itself, below the package."""

SHARED = {
    "scenario/schema/root.py": [
        (
            "from msgu.scenario.schema.social import",
            "from msgu.scenario.schema.sirens import Sirens\nfrom msgu.scenario.schema.social import",
        ),
        (
            "    missing: Annotated[Missing | None,",
            "    sirens: Annotated[Sirens | None, Block(dated=(Dated('', lane='closure', fr='Sirènes.', en='Sirens sound.'),),"
            " of_posts=False)] = field(None, 'Sirens.')\n"
            "    missing: Annotated[Missing | None,",
        ),
    ],
    "engine/phenomena.py": [
        ("    posts,\n", "    posts,\n    sirens,\n"),
        (
            "reassurance, shelter, social\n",
            "reassurance, shelter, social\nfrom msgu.engine.tables import sirens as siren_tables\n",
        ),
        (
            '    Phenomenon("phone",',
            '    Phenomenon("sirens", sirens.start, counted=siren_tables.COUNTED, streams=(sirens.GAPS,)),\n'
            '    Phenomenon("phone",',
        ),
    ],
}
"""Edits of files that others share, by file: text that is there once, and what stands in its place."""


def planted(folder: Path, own: dict[str, str], shared: dict[str, list[tuple[str, str]]]) -> Path:
    """A copy of the package with the dummy in it; the folder to import it from."""
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    package = folder / "sim" / "msgu"
    for name, text in own.items():
        assert not (package / name).exists()
        (package / name).write_text(text.lstrip(), encoding="utf-8")
    for name, edits in shared.items():
        text = (package / name).read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (package / name).write_text(text, encoding="utf-8")
    return folder / "sim"


def edited(path: Path) -> list[str]:
    """Files of the house that the copy has otherwise."""
    there = [file for file in (ROOT / "sim").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    names = [file.relative_to(ROOT / "sim") for file in there]
    return [str(name) for name in names if (path / name).read_bytes() != (ROOT / "sim" / name).read_bytes()]


def python(path: Path, *words: str, err: bool = False) -> str:
    """Run Python with the package at a path; what it prints, or what it says on standard error."""
    env = os.environ | {"PYTHONPATH": str(path)}
    done = subprocess.run([sys.executable, *words], cwd=path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr if err else done.stdout


SCRIPT = """
import sys, msgu
from pathlib import Path
from msgu import load, run
from msgu.cli.reference import whole_reference
from msgu.measure.metrics.values import metric_value
from msgu.measure.view import Night
from msgu.report.base.facts import facts
from msgu.results import fingerprint, load as read, save
from msgu.scenario.blocks import dated, posts_only
from msgu.scenario.timeline import timeline

assert msgu.__file__.startswith(sys.argv[1]), msgu.__file__
plain = fingerprint(run(load(sys.argv[2])))
scenario = load(sys.argv[2], (), ["sirens={at: '21:00', every: 5 min}"])
results = run(scenario)
save(results, Path("record"), "0" * 64)
kept = read(Path("record"))
after = fingerprint(kept)
print(int(kept.tables["sirens"]["soundings"].sum()), metric_value("soundings()", Night(scenario, kept)))
print(*(layer for layer in after if after[layer] != plain[layer]))
print(*(moment.name for moment in dated(scenario) if "sirens" in moment.name), posts_only(scenario).sirens)
print(*(entry.text for lang in ("fr", "en") for entry in timeline(scenario, lang) if entry.what == "sirens"))
print(*(fact.words for fact in facts(scenario, "en") if fact.lane == "closure" and fact.words.startswith("Siren")))
print(*(line for line in whole_reference().splitlines() if "soundings()" in line))
"""


@pytest.mark.timeout(600)
def test_a_new_phenomenon_edits_two_shared_files_runs_and_moves_no_draw_of_the_others(tmp_path: Path) -> None:
    path = planted(tmp_path, OWN, SHARED)
    assert len(edited(path)) == 2
    counted, moved, asked, told, shown, written = python(path, "-c", SCRIPT, str(path), str(TOY)).splitlines()
    soundings, measured = counted.split()
    assert 10 < int(soundings) == float(measured)
    assert moved == "people"
    assert asked == "sirens None"
    assert told == "Sirènes. Sirens sound."
    assert shown == "Sirens sound."
    assert written == "| `soundings()` | ratio | Soundings of the sirens. |"
    late = python(path, "-m", "msgu", "check", str(TOY), "--set", "sirens={at: T+3 d}", err=True)
    assert "sirens" in late and "after the end" in late
    assert "Sirens sound." in python(path, "-m", "msgu", "explain", str(TOY), "--set", "sirens={at: '21:00'}")


METRIC = {
    "measure/metrics/subjects/shelter.py": [
        (
            '@metric(SHELTER, "s", "seekers", better="less")',
            '''@metric(
    SHELTER, "persons", "seekers", better="less", adds=True,
    told=Told("lookers", "Personnes qui cherchent un toit", "People who look for shelter", _followed),
)
def lookers(night: Night, window: Window, a: Arguments) -> float:
    """People who looked for shelter."""
    first = night.table("seekers")["look"]
    return float(((first >= window.start) & (first < window.end)).sum())


@metric(SHELTER, "s", "seekers", better="less")''',
        ),
    ],
}
"""The one edit of a new metric."""

METRIC_SCRIPT = """
import sys, msgu
from msgu import load, run
from msgu.cli.entry import main
from msgu.cli.reference import whole_reference
from msgu.measure.evidence.audit import audit
from msgu.measure.evidence.score import score
from msgu.measure.metrics.catalogue import figure_problems
from msgu.measure.view import Night
from msgu.scenario.study.comparison import ComparisonStudy, StudyMetric
from msgu.study.comparison.outcomes import outcomes_of, people_outcomes

assert msgu.__file__.startswith(sys.argv[1]), msgu.__file__
main(["metrics"])
print(*(row for row in whole_reference().splitlines() if "lookers()" in row))
rest = "quantity: seekers, role: target, kind: fitted, source: invented, confidence: M, weight: 1, metric: lookers()"
windows = {"early": "['20:00', '22:00']", "whole": "['20:00', T+4 h]"}
figures = [f"evidence.figures.{k}={{value: 9, high: 1000, unit: persons, window: {w}, {rest}}}" for k, w in windows.items()]
scenario = load(sys.argv[2], (), figures)
print(*(finding.check for finding in audit(scenario.evidence, scenario) if "early" in finding.figures))
results = run(scenario)
there = len(results.tables["seekers"]["look"])
print(*(row.verdict for row in score([Night(scenario, results)]) if row.id == "whole" and row.simulated == (there,) != (0,)))
told, = (outcome for outcome in people_outcomes(scenario) if outcome.text == "lookers()")
print(told.en, told.more_is_better, *told.constrained)
title = {"fr": "x", "en": "x"}
asked = StudyMetric.model_validate({"title": title, "metric": "lookers()", "better": "less", "unit": "thousand"})
outcomes, wrong = outcomes_of(ComparisonStudy.model_construct(metrics={"x": asked}), scenario)
print(outcomes[0].factor, wrong)
problems = figure_problems(scenario), figure_problems(load(sys.argv[2], (), [figures[0].replace("persons", "min")]))
print(problems[0], problems[1][0][1])
"""


@pytest.mark.timeout(600)
def test_a_new_metric_is_one_edit_and_is_listed_checked_scored_compared_and_written_of(tmp_path: Path) -> None:
    path = planted(tmp_path, {}, METRIC)
    assert edited(path) == ["msgu/measure/metrics/subjects/shelter.py"]
    *listed, row, audited, verdict, told, asked, refused = python(
        path, "-c", METRIC_SCRIPT, str(path), str(TOY)
    ).splitlines()
    assert "lookers()  unit: persons" in listed
    assert row == "| `lookers()` | persons | People who looked for shelter. |"
    assert audited == "nested"
    assert verdict == "ok"
    assert told == "People who look for shelter False early whole"
    assert asked == "0.001 []"
    assert refused == "[] `min` for lookers, which is in persons"


DIAL = {
    "scenario/dials.py": [
        (
            '    Dial(\n        "bots",',
            '    Dial(\n        "answering", "Chance de répondre", "Chance to be answered", "chance that a call is answered",\n'
            '        RecordField("phone", "answer"), "phones.answer",\n    ),\n    Dial(\n        "bots",',
        ),
    ],
}
"""The one edit of a plain dial."""

DIAL_SCRIPT = """
import sys
sys.path.append(sys.argv[3])
import msgu
from msgu import load
from msgu.cli import reference
from msgu.scenario.explain import explain_scenario
from msgu.world.build import build_world
from pathlib import Path
from tests.twin.generate import DIALS as made
from tests.twin.run import log_of_engine, log_of_twin, same_bytes

assert msgu.__file__.startswith(sys.argv[1]), msgu.__file__
measure = "measures.calls={dial: answering, factor: 0.5, at: '21:20', until: '22:20'}"
plain, turned = (load(sys.argv[2], (), ["horizon=3 h", *sets]) for sets in ([], [measure]))
logs = [log_of_engine(build_world(scenario, 1, 1.0), 0) for scenario in (plain, turned)]
answered = [int(((log["code"] == 4) & (log["a"] == 3) & (log["time"] > 5400)).sum()) for log in logs]
print(answered[1] < 0.9 * answered[0], same_bytes(logs[1], log_of_twin(build_world(turned, 1, 1.0), 0)))
lines = [line for lang in ("fr", "en") for line in explain_scenario(turned, lang).splitlines()]
print(*(line.strip() for line in lines if " x 0.5 " in line))
page, = (text for path, text in reference.texts(Path(sys.argv[3])).items() if path.name == "msgu.md")
print(*(line for line in page.splitlines() if "answering" in line), "answering" in reference.json_schema_text())
print("answering" in made)
"""


@pytest.mark.timeout(600)
def test_a_new_plain_dial_is_one_edit_and_turns_both_engines_alike(tmp_path: Path) -> None:
    path = planted(tmp_path, {}, DIAL)
    assert edited(path) == ["msgu/scenario/dials.py"]
    turned, told, written, made = python(
        path, "-W", "ignore", "-c", DIAL_SCRIPT, str(path), str(TOY), str(ROOT)
    ).splitlines()
    assert turned == "True True"
    assert "Chance de répondre x 0.5" in told and "Chance to be answered x 0.5" in told
    assert written == "| answering | chance that a call is answered | True"
    assert made == "True"
    sets = ["measures.calls={dial: answering, factor: 0.5, at: '21:20', until: '22:20', source: made}", "phones=null"]
    words = [word for text in sets for word in ("--set", text)]
    idle = python(path, "-m", "msgu", "check", str(TOY), *words, err=True)
    assert "measures.calls.dial: `answering` - `phones:`, of which this scenario has none - delete the measure" in idle


BLOCK = {
    "scenario/schema/root.py": [
        (
            "    pulses: Annotated[",
            "    drills: Annotated[dict[Slug, Outing], Block(\n"
            '        dated=(Dated(key="leaves", lane="shelter", fr="Exercice.", en="Drill."),), numbered=True,\n'
            '         world=("out",), of_posts=False, needs="network")] = field(dict, "Drills.")\n'
            "    pulses: Annotated[",
        ),
    ],
}
"""The one edit of a block whose entries have a form that is there already."""

BLOCK_SCRIPT = """
import sys, msgu, warnings
warnings.simplefilter("ignore")
from msgu import load
from msgu.errors import InputError
from msgu.report.base.facts import facts
from msgu.scenario.blocks import IDLE, NUMBERED, made_of, posts_only
from msgu.scenario.timeline import timeline

def refused(*sets):
    try:
        load(sys.argv[2], (), sets)
    except InputError as error:
        return [(p.key, p.allowed.split(" (")[0]) for p in error.problems if p.key.startswith("drills")]

assert msgu.__file__.startswith(sys.argv[1]), msgu.__file__
drill = "drills.first={people: 10, zone: %s, leaves: '21:00'}"
scenario = load(sys.argv[2], (), [drill % "centre"])
print("drills" in NUMBERED, "drills" in made_of("out"), "drills" in made_of("accounts"), "drills" in IDLE)
print(posts_only(scenario).drills, [e.what for e in timeline(scenario) if e.what.startswith("drills")])
print([fact.lane for fact in facts(scenario, "en") if fact.words == "Drill."])
print(refused(drill % "nowhere"))
bare = ["network=null", "gains=null", "drivers=null"]
print([key for key, _ in refused(drill % "centre", *bare) or [("drills.first", "")]])
"""


@pytest.mark.timeout(600)
def test_a_new_block_of_a_known_form_is_one_edit(tmp_path: Path) -> None:
    path = planted(tmp_path, {}, BLOCK)
    assert edited(path) == ["msgu/scenario/schema/root.py"]
    listed, kept, lanes, wrong, bare = python(path, "-c", BLOCK_SCRIPT, str(path), str(TOY)).splitlines()
    assert listed == "True True False True"
    assert kept == "{} ['drills.first']"
    assert lanes == "['shelter']"
    assert wrong == "[('drills.first.zone', 'a zone of this scenario')]"
    assert bare == "['drills.first']"


OBSERVABLE = {
    "scenario/observables.py": [
        (
            '    Observable(\n        "unchecked",',
            '    Observable(\n        "taken", "appels pris par {desk}", "calls taken by {desk}",\n'
            '        "calls taken by a desk per minute", "rate", "desk",\n'
            '        (Count("desks", "calls", column=2, per_part=True),),\n'
            '        needs=("desks",), needed="`desks:`", followed="desks",\n'
            '    ),\n    Observable(\n        "unchecked",',
        ),
    ],
}
"""The one edit of something that a rule may watch."""

OBSERVABLE_SCRIPT = """
import sys, msgu
import numpy as np
from msgu import load, run
from msgu.cli import reference
from msgu.scenario.explain import explain_scenario
from pathlib import Path

assert msgu.__file__.startswith(sys.argv[1]), msgu.__file__
rule = "rules.busy={at: '21:00', sees: taken, desk: hotline, over: 10 min, above: 0.5 /min}"
scenario = load(sys.argv[2], (), [rule])
night = run(scenario)
rules, desks = night.tables["rules"], night.tables["desks"]
first = int(rules["looked"][0] / 60)
inside = (desks["bin"] >= first - 10) & (desks["bin"] < first)
print(rules["what"][0], desks["answered"][inside].sum() / 600 == rules["true"][0] > 0.5 / 60)
print(*(line.strip() for line in explain_scenario(scenario, "en").splitlines() if "taken by hotline" in line))
page, = (text for path, text in reference.texts(Path(sys.argv[3])).items() if path.name == "rules.md")
print(*(line for line in page.splitlines() if "| taken" in line), "taken" in reference.json_schema_text())
"""


@pytest.mark.timeout(600)
def test_a_new_observable_is_one_edit_and_is_watched_explained_and_listed(tmp_path: Path) -> None:
    path = planted(tmp_path, {}, OBSERVABLE)
    assert edited(path) == ["msgu/scenario/observables.py"]
    seen, told, written = python(path, "-c", OBSERVABLE_SCRIPT, str(path), str(TOY), str(ROOT)).splitlines()
    assert seen == "1 True"
    assert "calls taken by hotline" in told
    assert written.startswith("| taken | calls taken by a desk per minute | rate | desk |") and written.endswith("True")
