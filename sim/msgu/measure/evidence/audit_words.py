"""What the consistency audit says, in French and in English: the arithmetic of each check, and its verdict."""

from __future__ import annotations

import math
from typing import Final

from msgu.lang import Lang
from msgu.measure.evidence.finding import AuditFinding, Verdict

VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    # French, English
    "holds": ("tient", "holds"),
    "cannot hold together": ("incompatibles", "cannot hold together"),
    "only under reading": ("seulement selon la lecture", "only under reading"),
}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "flow": (
        "{great} / {rate} par s = {longest} s à ce débit ; {small} / {rate} = {shortest} s : une pointe, non un débit tenu",
        "{great} / {rate} per s = {longest} s of flow; {small} / {rate} = {shortest} s: a peak, not a rate that lasts",
    ),
    "mean": (
        "pointe {rate} par s, moyenne d'au moins {mean} par s sur la fenêtre : {ratio} fois la moyenne",
        "peak {rate} per s, mean at least {mean} per s over the window: {ratio} times the mean",
    ),
    "growth": (
        "d'un message à {low} par s en {time} s : doublement en {doubling} s au plus, {before} messages déjà avant la "
        "pointe, pour {total} en tout (au plus {high})",
        "from one post to {low} per s in {time} s: doubling within {doubling} s, {before} posts before the peak already, "
        "for {total} in all (at most {high})",
    ),
    "pulse": (
        "une impulsion synchronisée de {rate} par s qui dure {decay} s contient {inside} messages, {share} % de {total} ; "
        "impulsions du scénario pour ce sujet : {pulses}",
        "a synchronised pulse of {rate} per s that lasts {decay} s holds {inside} posts, {share} % of {total}; "
        "pulses of the scenario for this topic: {pulses}",
    ),
    "whole": (
        "{rate} par s, moins que la moyenne de tout l'événement ({mean} par s) : la pointe ne peut être que celle du mot-dièse",
        "{rate} per s, less than the mean of the whole event ({mean} per s): the peak can only be that of the hashtag",
    ),
    "nested": (
        "{inner} dans une fenêtre, {outer} dans une plus longue : au moins {low} contre au plus {high}, facteurs des "
        "compteurs compris (la plus serrée de {pairs} paires)",
        "{inner} within a window, {outer} within a longer one: at least {low} against at most {high}, factors of the "
        "counters included (the tightest of {pairs} pairs)",
    ),
    "printed": (
        "{inner} dans une fenêtre, {outer} dans une plus longue : impossible tel quel, tient par les facteurs et tolérances",
        "{inner} within a window, {outer} within a longer one: impossible as printed, held by factors and tolerances",
    ),
    "kappa": (
        "le compteur {name} voit entre {least} et {greatest} de ce qui s'est passé ; bornes déclarées {low} à {high}",
        "the counter {name} sees between {least} and {greatest} of what happened; stated bounds {low} to {high}",
    ),
    "reported": ("tels quels {part} / {whole} = {ratio}", "as reported {part} / {whole} = {ratio}"),
    "share": (
        "{part} / {whole} = {ratio} ; admis {low} à {high}",
        "{part} / {whole} = {ratio}; {low} to {high} allowed",
    ),
    "originals": (
        "{fewer} / {originals} - 1 = {least} et {uses} / {originals} - 1 = {greatest} retweets par original ; "
        "rapporté {said} ({low} à {high})",
        "{fewer} / {originals} - 1 = {least} and {uses} / {originals} - 1 = {greatest} retweets per original; "
        "reported {said} ({low} to {high})",
    ),
    "offers": (
        "{offers} / {originals} = {share} des originaux sont des offres ; part utile {low} à {high}",
        "{offers} / {originals} = {share} of the originals are offers; relevant share {low} to {high}",
    ),
    "parts": (
        "les sujets rapportés font au moins {least} messages, l'ensemble {whole} (au plus {high})",
        "the topics that were reported make at least {least} posts, the whole {whole} (at most {high})",
    ),
    "handled": (
        "{received} appels reçus x {share} = {handled} traités",
        "{received} calls received x {share} = {handled} handled",
    ),
    "capacity": (
        "{hours} heures d'opérateur / {mean} s par appel = {able} appels possibles ; traités {low} à {high}",
        "{hours} operator hours / {mean} s a call = {able} calls that can be handled; {low} to {high} were",
    ),
    "marks": (
        "{first} en {hours} h, puis {later} après {more} h de plus : {early} par h au plus, puis au moins {late} par h",
        "{first} in {hours} h, then {later} after {more} h more: at most {early} an hour, then at least {late} an hour",
    ),
    "notified": (
        "{notified} / {marks} = {each} prévenus par signalement ; le scénario dit {said}",
        "{notified} / {marks} = {each} notified by each mark; the scenario says {said}",
    ),
    "asked": (
        "{asked} personnes interrogées x {share} = {able} signalements possibles ; au plus {most} rapportés",
        "{asked} people asked x {share} = {able} marks that there can be; {most} reported at most",
    ),
    "subscriber": (
        "{extra} / {cards} abonnés = {each} de plus par abonné en {hours} h",
        "{extra} / {cards} subscribers = {each} more for each subscriber in {hours} h",
    ),
}


def arithmetic(finding: AuditFinding, lang: Lang) -> str:
    """Return the arithmetic of a finding in words, its numbers written out."""
    check, _, name = finding.check.partition(":")
    numbers = {k: written(v) for k, v in _shown(finding).items() if not math.isnan(v)}
    said = _WORDS[check][lang == "en"].format(name=name, **numbers)
    if check == "kappa" and "ratio" in numbers:
        said += {"fr": " ; ", "en": "; "}[lang] + _WORDS["reported"][lang == "en"].format(**numbers)
    return said


def verdict(finding: AuditFinding, lang: Lang) -> str:
    """Return the verdict of a finding in words, with the readings that it depends on."""
    word = VERDICTS[finding.verdict][lang == "en"]
    return f"{word} {', '.join(finding.readings)}" if finding.verdict == "only under reading" else word


_DERIVED: Final = frozenset({"able", "asked", "before", "cards", "early", "high", "inside", "late", "least", "low"})
"""Numbers that were computed: shown to three figures, since more would pretend to be known."""


def _shown(finding: AuditFinding) -> dict[str, float]:
    """Return the numbers of a finding as they are shown: computed ones rounded, shares before a % sign in per cent."""
    numbers = {k: float(f"{v:.3g}") if k in _DERIVED else v for k, v in finding.numbers.items()}
    if finding.check == "pulse":
        numbers["share"] *= 100
    return numbers


def written(x: float) -> str:
    """Return a number as people read it: thousands apart, three figures below a thousand."""
    if math.isinf(x):
        return "∞"
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"
