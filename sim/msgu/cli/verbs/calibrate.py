"""The verb that fits settings to the reported figures: calibrate."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.api import calibrate_folder, read_calibration
from msgu.cli.compiling import compile_first
from msgu.cli.options import Cluster, Workers
from msgu.cli.progress import HEARTBEAT, say_anew
from msgu.cli.settings import Settings
from msgu.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from msgu.scenario.schema.evidence import Figure
    from msgu.study.calibration.problem import Calibration

_WORDS = {
    "en": {
        "stage": "{stage}: {n} nights",
        "beat": "{done} of {total} nights, about {left:.0f} s left",
        "kept": "{n} nights were there already",
        "best": "best point, on fresh nights ({n}): loss {loss:.3g}",
        "value": "  {name} = {best:g}   posterior {low:g} to {high:g} (90 %), {narrowing:.0%} of the prior's width",
        "figures": "{met} of {n} targets met; of {others} other figures, {good} given back, of which {tests} set nothing",
        "row": "  {verdict} {id}: reported {reported}, simulated {fresh}, allowed {low} to {high}",
        "trade": "  {a} and {b} trade off (rank correlation {correlation:.2f})",
        "cost": "{ran} nights run, {kept} kept, {failed} failed, {seconds:.0f} s",
        "out": "overlay {overlay}   page {page}",
        "not reached": "not reached by the horizon, or of another reading: {ids}",
        "missed": "targets not attained on fresh nights: {said}",
        "one": "{id} best {fresh} (closest of any point {closest}), allowed {low} to {high}",
        "ok": "ok    ",
        "no": "MISSED",
    },
    "fr": {
        "stage": "{stage} : {n} nuits",
        "beat": "{done} nuits sur {total}, encore {left:.0f} s environ",
        "kept": "{n} nuits étaient déjà là",
        "best": "meilleur point, sur des nuits nouvelles ({n}) : perte {loss:.3g}",
        "value": "  {name} = {best:g}   a posteriori {low:g} à {high:g} (90 %), {narrowing:.0%} de la largeur a priori",
        "figures": "{met} cibles atteintes sur {n} ; {others} autres, {good} retrouvés, dont {tests} n'ont rien réglé",
        "row": "  {verdict} {id} : rapporté {reported}, simulé {fresh}, admis {low} à {high}",
        "trade": "  {a} et {b} se compensent (corrélation de rang {correlation:.2f})",
        "cost": "{ran} nuits simulées, {kept} gardées, {failed} échouées, {seconds:.0f} s",
        "out": "calque {overlay}   page {page}",
        "not reached": "hors de l'horizon, ou d'une autre lecture : {ids}",
        "missed": "cibles non atteintes sur des nuits nouvelles : {said}",
        "one": "{id} au mieux {fresh} (au plus près {closest}), admis {low} à {high}",
        "ok": "atteint",
        "no": "MANQUÉ ",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(calibrate)


def calibrate(
    context: typer.Context,
    study: Annotated[str, typer.Argument(help="Study file.", metavar="STUDY")],
    out: Annotated[str, typer.Option(help="Folder of the calibration.")],
    workers: Workers = 1,
    cluster: Cluster = "",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the nights that are there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace another calibration in DIR.")] = False,
) -> None:
    """Find the settings under which the reported figures come out, and say how surely."""
    from msgu.cli.announce import announce

    settings: Settings = context.obj
    file = read_calibration(study)
    from msgu.study.calibration.nights import effort_of, nights_of

    effort, words, began = effort_of(file), _WORDS[settings.lang], time.monotonic()
    heart = Heart(words, effort.nights)
    if not resume:
        announce(nights_of(file, effort), workers, settings.lang)
    compile_first(settings.lang)
    made = calibrate_folder(
        file, Path(out), settings.lang, workers=workers, cluster=cluster, resume=resume, overwrite=overwrite,
        begin=heart.begin, beat=heart.beat, give_up=lambda lost: say_anew(lost, out, settings.lang),
    )  # fmt: skip
    _say(made.found, words, made.unreached, file.base.evidence.figures)
    cost = {"ran": made.ran, "kept": made.kept, "failed": made.failed}
    typer.echo(words["cost"].format(**cost, seconds=time.monotonic() - began))
    typer.echo(words["out"].format(overlay=made.overlay, page=made.page))
    if missed := made.found.missed:
        raise TargetError(words["missed"].format(said="; ".join(_line(made.found, t.id, words["one"]) for t in missed)))


class Heart:
    """Lines of progress on standard error: each stage, and the nights at most every `HEARTBEAT` seconds."""

    def __init__(self, words: dict[str, str], total: int) -> None:
        self.words, self.total = words, total
        self.before, self.asked, self.ran = 0, 0, 0
        self.began = self.said = time.monotonic()

    def begin(self, stage: str, nights: int) -> None:
        """Say that a stage begins."""
        self.before += self.asked
        self.asked = nights
        typer.echo(self.words["stage"].format(stage=stage, n=nights), err=True)

    def beat(self, there: int, at_once: int) -> None:
        """Take note of a night, and say how long it may still take."""
        now = time.monotonic()
        if there == at_once:
            if at_once:
                typer.echo(self.words["kept"].format(n=at_once), err=True)
            return
        self.ran += 1
        if now - self.said < (1.0 if sys.stderr.isatty() else HEARTBEAT):
            return
        self.said, done = now, self.before + there
        left = (now - self.began) / self.ran * (self.total - done)
        typer.echo(self.words["beat"].format(done=done, total=self.total, left=left), err=True)


def _say(found: Calibration, words: dict[str, str], left: list[str], ledger: Mapping[str, Figure]) -> None:
    from msgu.study.calibration.facts import parameters, trade_offs

    best, targets, others = found.best, found.problem.targets, found.problem.others
    fresh = {name: len(next(iter(nights.values()))) for name, nights in best.nights.items()}
    said = ", ".join(f"{name} {n}".strip() for name, n in fresh.items())
    typer.echo(words["best"].format(n=said, loss=best.loss))
    for one in parameters(found):
        typer.echo(words["value"].format(**one))
    for pair in trade_offs(found):
        typer.echo(words["trade"].format(**pair))
    counts = {"n": len(targets), "met": len(targets) - len(found.missed), "others": len(others)}
    good = [other for other in others if best.met(other)]
    tests = sum(ledger[other.id].kind == "predicted" for other in good)
    typer.echo(words["figures"].format(**counts, good=len(good), tests=tests))
    for figure in found.problem.figures:
        typer.echo(_line(found, figure.id, words["row"], words["ok" if best.met(figure) else "no"]))
    if left:
        typer.echo(words["not reached"].format(ids=", ".join(left)))


def _line(found: Calibration, key: str, words: str, verdict: str = "") -> str:
    from msgu.cli.verbs.score import number

    figure = next(f for f in found.problem.figures if f.id == key)
    best = found.best
    said = {"reported": figure.value, "low": figure.low, "high": figure.high}
    if figure in found.problem.targets:
        said["closest"] = found.closest(figure)
    fresh = " / ".join(number(best.seen(figure, level)) for level in best.levels_of(figure)) or "-"
    return words.format(id=key, verdict=verdict, fresh=fresh, **{k: number(v) for k, v in said.items()})
