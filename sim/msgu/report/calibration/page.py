"""The page of a calibration: one HTML file that loads nothing, and its pictures as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgu.lang import Lang
from msgu.report.base.escape import visible
from msgu.report.base.style import NARROW, WIDE, png, render, svg
from msgu.report.base.template import fill
from msgu.report.base.wording import listed, spoken
from msgu.report.calibration.figures import pictures
from msgu.results.files import replace_files
from msgu.scenario.study.calibration import CalibrationStudyFile
from msgu.study.calibration.facts import facts
from msgu.study.calibration.nights import unreached
from msgu.study.calibration.problem import Calibration

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # French, English
    "mark": ("MSGU-Sim : calage", "MSGU-Sim: calibration"),
    "attained": (
        "Toutes les {n} cibles sont atteintes au meilleur point, sur {nights} nuits nouvelles.",
        "All {n} targets are met at the best point, on {nights} fresh nights.",
    ),
    "missed": (
        "{missed} cibles sur {n} ne sont pas atteintes au meilleur point, sur {nights} nuits nouvelles : {ids}.",
        "{missed} of {n} targets are not met at the best point, on {nights} fresh nights: {ids}.",
    ),
    "ran": (
        "Scénario {scenario}, lecture du pic {reading} ; {points} points, {total} nuits en tout ; niveaux : {levels} ; "
        "graine {seed}, nuits nouvelles {fresh}.",
        "Scenario {scenario}, reading of the peak {reading}; {points} points, {total} nights in all; levels: {levels}; "
        "seed {seed}, fresh nights {fresh}.",
    ),
    "left": (
        "Avant la dernière vague, {share} de l'espace des réglages n'était pas exclu.",
        "Before the last wave, {share} of the space of settings was not ruled out.",
    ),
    "figures": ("Chiffres", "Figures"),
    "settings": ("Réglages", "Settings"),
    "search": ("Recherche", "Search"),
    "level": (
        "{name} (échelle {scale:g}, {points} points de {replicates} nuits)",
        "{name} (scale {scale:g}, {points} points of {replicates} nights)",
    ),
    "columns.figures": (
        "chiffre|rôle|rapporté|vaut reproduit|meilleur point{levels}|a posteriori (90 %)|selon les autres (90 %)|verdict",
        "figure|role|reported|counts as reproduced|best point{levels}|posterior (90 %)|from the others (90 %)|verdict",
    ),
    "columns.settings": (
        "réglage|meilleur|a posteriori (90 %)|largeur / a priori|remarque",
        "setting|best|posterior (90 %)|width / prior|remark",
    ),
    "target": ("cible", "target"),
    "validation": ("validation", "validation"),
    "ok": ("atteint", "met"),
    "no": ("MANQUÉ", "MISSED"),
    "not told": ("les chiffres n'en disent rien", "the figures tell nothing of it"),
    "trades": ("se compense avec {other} ({r})", "trades off with {other} ({r})"),
    "validation words": (
        "Les chiffres de validation n'ont pas servi au calage : eux seuls éprouvent le modèle.",
        "The figures for validation took no part in the fit: they alone put the model to the test.",
    ),
    "not reached": (
        "Hors de l'horizon ou d'une autre lecture : {ids}.",
        "Beyond the horizon, or of another reading: {ids}.",
    ),
}
"""What the page says: French, English."""


def say(lang: Lang, key: str, **blanks: object) -> str:
    """Return a text of the page."""
    return spoken(TEXTS, lang, key, **blanks)


def page(found: Calibration, file: CalibrationStudyFile, lang: Lang) -> str:
    """Return the page as one HTML document."""
    wide = [(p, render(p)) for p in pictures(found, lang, WIDE)]
    narrow = [(p, render(p)) for p in pictures(found, lang, NARROW)]
    both = {
        "wide": {p.name: svg(p, "wide", text) for p, text in wide},
        "narrow": {p.name: svg(p, "narrow", text) for p, text in narrow},
    }
    told = facts(found, file, unreached(file))
    title = file.study.title.of(lang)
    judged = " / ".join(level["name"] for level in told["levels"] if level["confirm"] and level["name"])
    heads = {"levels": f" ({judged})" if judged else ""}
    return fill(
        "calibration.html.j2",
        lang=lang,
        say=lambda key, **blanks: say(lang, key, **{**heads, **blanks}),
        title=visible(title),
        verdict=_verdict(found, lang),
        ran=_ran(told, lang),
        left=say(lang, "left", share=_share(told["waves"][-1]["left"])),
        late=say(lang, "not reached", ids=", ".join(told["not_reached"])) if told["not_reached"] else "",
        figures=_figures(told, file, lang),
        settings=_settings(told, lang),
        drawn=both,
    )


def _verdict(found: Calibration, lang: Lang) -> str:
    fresh = {name: len(next(iter(nights.values()))) for name, nights in found.best.nights.items()}
    nights = " + ".join(str(n) for n in fresh.values())
    n, ids = len(found.problem.targets), ", ".join(target.id for target in found.missed)
    if not found.missed:
        return say(lang, "attained", n=n, nights=nights)
    return say(lang, "missed", n=n, nights=nights, missed=len(found.missed), ids=ids)


def _ran(told: dict[str, Any], lang: Lang) -> str:
    levels = ", ".join(say(lang, "level", **{k: level[k] for k in ("name", "scale", "points", "replicates")}).strip()
                       for level in told["levels"])  # fmt: skip
    points = sum(level["points"] for level in told["levels"])
    return say(
        lang, "ran", scenario=told["scenario"], reading=told["reading"], points=points, total=told["nights"],
        levels=levels, seed=told["seed"], fresh=told["fresh_seed"],
    )  # fmt: skip


def _share(x: float) -> str:
    return f"{100 * x:.2g} %" if x >= 1e-4 else "< 0.01 %"


def _figures(told: dict[str, Any], file: CalibrationStudyFile, lang: Lang) -> list[dict[str, Any]]:
    rows = []
    for role in ("target", "validation"):
        for one in told["targets" if role == "target" else "validation"]:
            about = file.base.evidence.figures[one["id"]]
            rows.append({
                "id": one["id"],
                "quantity": visible(about.quantity),
                "role": say(lang, role),
                "reported": number(one["reported"]),
                "allowed": f"{number(one['low'])} – {number(one['high'])}",
                "fresh": " / ".join(number(fresh["median"]) for fresh in one["fresh"].values()) or "–",
                "predicted": _range(one["predicted"]),
                "left_out": _range(one["left_out"]),
                "met": one["met"],
                "verdict": say(lang, "ok" if one["met"] else "no"),
            })  # fmt: skip
    return rows


def _settings(told: dict[str, Any], lang: Lang) -> list[dict[str, Any]]:
    rows = []
    for one in told["parameters"]:
        remarks = [] if one["told"] else [say(lang, "not told")]
        for pair in told["trade_offs"]:
            if one["name"] in (pair["a"], pair["b"]):
                other = pair["b"] if one["name"] == pair["a"] else pair["a"]
                remarks.append(say(lang, "trades", other=other, r=f"{pair['correlation']:.2f}"))
        ends = f"{one['low']:.4g} – {one['high']:.4g}"
        share = f"{one['narrowing']:.0%}"
        rows.append({"name": one["name"], "best": f"{one['best']:.4g}", "ends": ends, "share": share,
                     "remark": listed(remarks, lang)})  # fmt: skip
    return rows


def _range(quantiles: dict[str, float] | None) -> str:
    return f"{number(quantiles['low'])} – {number(quantiles['high'])}" if quantiles else ""


def number(x: float | None) -> str:
    """Return a number as people read it."""
    if x is None:
        return "–"
    return f"{x:,.0f}".replace(",", "\u202f") if abs(x) >= 1000 else f"{x:.3g}"


def write_page(found: Calibration, file: CalibrationStudyFile, folder: Path, lang: Lang) -> list[Path]:
    """Write the page and its pictures into a folder; return what was written, the page first."""
    files = {"calibration.html": page(found, file, lang).encode()}
    files |= {f"{picture.name}.png": png(picture) for picture in pictures(found, lang)}
    return replace_files(folder, files)
