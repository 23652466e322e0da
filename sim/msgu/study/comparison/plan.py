"""The plan of a comparison: a baseline and its alternatives, resolved and checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgu.errors import InputError, Problem
from msgu.lang import Lang
from msgu.measure.metrics.catalogue import bind, figure_problems, latest
from msgu.scenario.files import Reader
from msgu.scenario.load import Resolved, digest, overrides, resolve
from msgu.scenario.policy import Policy
from msgu.scenario.policy_folder import Change, changes
from msgu.scenario.schema.root import Scenario
from msgu.scenario.study.comparison import Alternative, ComparisonStudyFile, Reading, Selecting, load_study
from msgu.scenario.yaml.locate import placed
from msgu.study.comparison.outcomes import Outcome, outcomes_of, people_outcomes

BASELINE: Final = "baseline"
_TITLES: Final = {"fr": "sans mesure nouvelle", "en": "no new measure"}


@dataclass(frozen=True)
class Choice:
    """One alternative, resolved.

    Parameters
    ----------
    scenario : with the seed and the scale that are run.
    sha256 : digest of that scenario.
    policies : policies laid over it.
    changes : every value that its policies and overrides set.
    """

    id: str
    fr: str
    en: str
    scenario: Scenario
    sha256: str
    policies: tuple[Policy, ...] = ()
    changes: tuple[Change, ...] = ()

    def title(self, lang: Lang) -> str:
        """Return its name in a language."""
        return self.fr if lang == "fr" else self.en


@dataclass(frozen=True)
class PlannedReading:
    """Another reading of what is known, under which the comparison is made again.

    Parameters
    ----------
    choices : the baseline and every alternative under it, called as they are in the plan.
    reps : nights of each.
    changes : every value that the reading itself sets.
    """

    id: str
    fr: str
    en: str
    choices: tuple[Choice, ...]
    reps: int
    changes: tuple[Change, ...] = ()

    def title(self, lang: Lang) -> str:
        """Return its name in a language."""
        return self.fr if lang == "fr" else self.en


@dataclass(frozen=True)
class Plan:
    """A comparison that can be run; the first choice is the baseline.

    words : of the command that runs it again, without `msgu compare`.
    readings : under which the same comparison is made again.
    reading : id of the one that this plan is itself under; empty: as the study says.
    """

    id: str
    fr: str
    en: str
    choices: tuple[Choice, ...]
    outcomes: tuple[Outcome, ...]
    reps: int
    select: Selecting | None = None
    words: tuple[str, ...] = ()
    readings: tuple[PlannedReading, ...] = ()
    reading: str = ""

    def cut(self) -> Plan:
        """Return the plan whose nights end where no outcome asks for more of them."""
        base = self.baseline.scenario
        asked = max(max(o.window.end, latest(bind(o.text, base))) for o in self.outcomes)
        every = [choice for one in (self, *self.under()) for choice in one.choices]
        if asked >= base.horizon or any(choice.scenario.horizon != base.horizon for choice in every):
            return self
        readings = tuple(replace(r, choices=tuple(_until(c, asked) for c in r.choices)) for r in self.readings)
        return replace(self, choices=tuple(_until(choice, asked) for choice in self.choices), readings=readings)

    def under(self) -> tuple[Plan, ...]:
        """Return the same comparison under each of the other readings."""
        return tuple(
            replace(self, choices=r.choices, reps=r.reps, select=None, readings=(), reading=r.id) for r in self.readings
        )

    def label(self, choice: str) -> str:
        """Return how one of its choices is called among those of every reading."""
        return f"{self.reading}/{choice}" if self.reading else choice

    @property
    def baseline(self) -> Choice:
        """What every alternative is compared with."""
        return self.choices[0]

    @property
    def alternatives(self) -> tuple[Choice, ...]:
        """Every choice but the baseline."""
        return self.choices[1:]

    def outcome(self, name: str) -> Outcome:
        """Return an outcome by its id."""
        return next(outcome for outcome in self.outcomes if outcome.id == name)


def from_words(
    scenario: str,
    policies: Sequence[str],
    reps: int,
    sets: Sequence[str] = (),
    seed: int | None = None,
    scale: str | None = None,
    readings: Sequence[str] = (),
) -> Plan:
    """Return the plan of a comparison told by words of a command; each policy, or `A+B`, is an alternative.

    `readings` : each an overlay file, or an override such as `a.b=v`, under which the comparison is made again.

    Raises
    ------
    InputError
        Where scenario, policies or overrides are wrong, or nothing is to be compared.
    """
    common = overrides(sets, scale=scale or None, seed=seed)
    told = [_choice(BASELINE, resolve(scenario, (), common, (figure_problems,)), ())]
    if not policies:
        raise InputError([Problem("--policy", 1, 1, "", "no policy", "one or more; see `msgu policies`")])
    _refuse_twice("--policy", policies, "each alternative once")
    for name in policies:
        told.append(_choice(_short(name), resolve(scenario, name.split("+"), common, (figure_problems,)), ()))
    base, made = told[0].scenario, list[PlannedReading]()
    for text in readings:
        layers, override = ((), (text,)) if "=" in text else ((text,), ())
        own = _choice(_slug(text), resolve(scenario, layers, [*common, *override], (figure_problems,)), override)
        all_layers = [layers, *((*layers, *name.split("+")) for name in policies)]
        found = [resolve(scenario, one, [*common, *override], (figure_problems,)) for one in all_layers]
        made.append(_reading(own, told, found, reps))
    _refuse_twice("--reading", [one.id for one in made], "each reading once")
    words = (scenario, *(f"--policy={name}" for name in policies), f"--reps={reps}", *(f"--set={text}" for text in common),
             *(f"--reading={text}" for text in readings))  # fmt: skip
    question = {lang: f"{title} ?" if lang == "fr" else f"{title}?" for lang, title in _asked(told[1:]).items()}
    return Plan(f"{base.id}-compare"[:60], question["fr"], question["en"], tuple(told), tuple(people_outcomes(base)), reps,
                words=words, readings=tuple(made)).cut()  # fmt: skip


def _refuse_twice(option: str, names: Sequence[str], allowed: str) -> None:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise InputError([Problem(option, 1, 1, "", f"`{twice[0]}` twice", allowed)])


def _asked(choices: Sequence[Choice]) -> dict[str, str]:
    fr, en = "\u00a0; ".join(c.fr for c in choices), "; ".join(c.en for c in choices)
    return {"fr": f"Qu'auraient changé : {fr}", "en": f"What would these have changed: {en}"}


def _slug(text: str) -> str:
    """Return a name for a reading told by a word: that of its file, or of its value."""
    return re.sub(r"[^a-z0-9]+", "-", _short(text).rsplit("=", 1)[-1].lower()).strip("-")[:60] or "reading"


def _reading(own: Choice, told: Sequence[Choice], found: Sequence[Resolved], reps: int) -> PlannedReading:
    """Return a reading: what it is in itself, and every choice as it is under it.

    Raises
    ------
    InputError
        Where it changes the seed or the scale: nights of another seed are not comparable.
    """
    for what in ("seed", "scale"):
        if getattr(own.scenario, what) != getattr(told[0].scenario, what):
            raise InputError([Problem("readings", 1, 1, own.id, f"another {what}", "the same nights under every reading")])
    under = [_choice(choice.id, one, ()) for choice, one in zip(told, found, strict=True)]
    choices = (replace(a, scenario=b.scenario, sha256=b.sha256) for a, b in zip(told, under, strict=True))
    return PlannedReading(own.id, own.fr, own.en, tuple(choices), reps, own.changes)


def _short(name: str) -> str:
    """Return an alternative's id: the policies' names without folder and ending, joined by `+`."""
    return "+".join(part.rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml") for part in name.split("+"))


def from_study(path: str) -> Plan:
    """Return the plan of a study file.

    Raises
    ------
    InputError
        With every problem of the study, its scenario, its policies and its metrics, each at its place.
    """
    return planned(load_study(path))


def planned(file: ComparisonStudyFile, more: Sequence[str] = (), *, readings: bool = True) -> Plan:
    """Return the plan of a study that was read, with overrides common to all alternatives.

    `readings` : whether the other readings of the study belong to it.
    """
    study = file.study
    common = [*study.sets, *more, *([f"seed={study.seed}"] if study.seed is not None else ())]
    if study.scale is not None:
        common.append(f"scale={study.model_dump(mode='json')['scale']}")
    asked = {BASELINE: study.baseline, **study.alternatives}
    choices = [
        _titled(_choice(name, one, tuple(asked[name].sets)), asked[name]) for name, one in _all_found(file, common).items()
    ]
    outcomes, wrong = outcomes_of(study, choices[0].scenario)
    if wrong:
        raise InputError(placed(file.tree, wrong))
    _check_select(file, outcomes)
    return Plan(
        study.id,
        study.question.fr,
        study.question.en,
        tuple(choices),
        tuple(outcomes),
        study.reps,
        study.select,
        (file.path,),
        tuple(_read_otherwise(file, name, common, choices) for name in study.readings if readings),
    ).cut()


def _read_otherwise(
    file: ComparisonStudyFile, name: str, common: Sequence[str], choices: Sequence[Choice]
) -> PlannedReading:
    """Return the comparison of a study under another reading of it."""
    reading = file.study.readings[name]
    own = _choice(name, _found(file, Alternative(), common, reading), tuple(reading.sets))
    found = list(_all_found(file, common, reading).values())
    return _reading(_titled(own, reading), choices, found, reading.reps or file.study.reps)


def _all_found(file: ComparisonStudyFile, common: Sequence[str], reading: Reading | None = None) -> dict[str, Resolved]:
    """Resolve the baseline and every alternative, under another reading if one is given; every problem at once."""
    problems, found = list[Problem](), dict[str, Resolved]()
    for name, alternative in {BASELINE: file.study.baseline, **file.study.alternatives}.items():
        try:
            found[name] = _found(file, alternative, common, reading)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _check_select(file: ComparisonStudyFile, outcomes: Sequence[Outcome]) -> None:
    """Refuse a selection on an outcome that is not there, or without an indifference zone."""
    asked = file.study.select
    if asked is None:
        return
    chosen = next((outcome for outcome in outcomes if outcome.id == asked.metric), None)
    if chosen is None or chosen.matters <= 0:
        with_zone = [outcome.id for outcome in outcomes if outcome.matters > 0]
        allowed = "an outcome with `matters` above 0: " + (", ".join(with_zone) or "none here")
        raise InputError(placed(file.tree, [(("select", "metric"), repr(asked.metric), allowed, "")]))


def _found(file: ComparisonStudyFile, alternative: Alternative, common: Sequence[str], reading: Reading | None) -> Resolved:
    under = reading or Alternative()
    policies = [file.policy(policy) for policy in (*under.policies, *alternative.policies)]
    sets = [*common, *under.sets, *alternative.sets]
    return resolve(file.beside(file.study.scenario), policies, sets, (figure_problems,))


def _titled(choice: Choice, alternative: Alternative) -> Choice:
    if alternative.title is None:
        return choice
    return replace(choice, fr=alternative.title.fr, en=alternative.title.en)


def _until(choice: Choice, end: float) -> Choice:
    """Return a choice whose nights end at a time [s]."""
    scenario = choice.scenario.model_copy(update={"horizon": end})
    return replace(choice, scenario=scenario, sha256=digest(scenario))


def _choice(name: str, found: Resolved, sets: tuple[str, ...]) -> Choice:
    fr = " + ".join(layer.policy.title.fr for layer in found.policies)
    en = " + ".join(layer.policy.title.en for layer in found.policies)
    plain = ", ".join(sets) or (name if name != BASELINE else "")
    told = [change for layer in found.policies for change in changes(layer)]
    told += [Change(*text.split("=", 1)) for text in sets]
    policies = tuple(layer.policy for layer in found.policies)
    titles = fr or plain or _TITLES["fr"], en or plain or _TITLES["en"]
    return Choice(name, *titles, found.scenario, digest(found.scenario), policies, tuple(told))


def is_study(path: str) -> bool:
    """Return whether a file is a study rather than a scenario; an unreadable one is taken for a scenario, which says so."""
    tree = Reader(path).scenario()
    return tree is not None and "alternatives" in tree.values
