"""Texts of the page of a comparison, in French and in English: one line for each, the same blanks in both."""

from __future__ import annotations

from typing import Final

from msgu.lang import Lang
from msgu.report.base.wording import spoken

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # French, English
    "compared": ("Ce qui est comparé", "What is compared"),
    "answer": ("La réponse en trois phrases", "The answer in three sentences"),
    "effects": ("Ce que chaque mesure change", "What each measure changes"),
    "done": ("Ce qui est fait, et quand", "What is done, and when"),
    "measures": ("Les mesures : pourquoi, à quel prix", "The measures: why, at what cost"),
    "flips": ("Ce qui renverserait la conclusion", "What would flip the conclusion"),
    "open": ("Ce qu’aucun chiffre rapporté ne contraint", "What no reported figure constrains"),
    "assumptions": ("Hypothèses", "Assumptions"),
    "settings": ("Tous les réglages de la référence", "All settings of the baseline"),
    "provenance": ("Provenance", "Provenance"),
    "again": ("Refaire ce calcul", "Run this again"),
    "contents": ("Sommaire", "Contents"),
    "ran": (
        "La nuit de « {title} » est rejouée {nights} fois sans mesure nouvelle (la référence), puis {nights} fois avec chaque "
        "mesure, avec le même hasard : seule la mesure change. Durée simulée {horizon} ; échelle {scale}, graine {seed}.",
        "The night of “{title}” is played {nights} times with no new measure (the baseline), then {nights} times with each "
        "measure, with the same luck: only the measure changes. Simulated time {horizon}; scale {scale}, seed {seed}.",
    ),
    "short.nights": (
        "Prévu : {planned} nuits ; faites : {nights}. La comparaison est valable, avec des intervalles plus larges.",
        "Planned: {planned} nights; done: {nights}. The comparison is valid, with wider intervals.",
    ),
    "short.some": (
        "Moins de nuits sont là avec : {list}.",
        "Fewer nights are there with: {list}.",
    ),
    "nature": (
        "Ce sont des résultats d’un modèle, non des observations.",
        "These are results of a model, not observations.",
    ),
    "best.one": (
        "Pour « {outcome} », {measures} aide : {told}.",
        "For “{outcome}”, {measures} helps: {told}.",
    ),
    "best.many": (
        "Pour « {outcome} », {n} mesures aident, d’abord {measures} : {told}.",
        "For “{outcome}”, {n} measures help, first {measures}: {told}.",
    ),
    "best.none": (
        "Aucune des {n} mesures ne montre d’effet favorable sur « {outcome} ».",
        "None of the {n} measures is shown to help with “{outcome}”.",
    ),
    "best.few": (
        "Trop peu de nuits pour dire si l’une des {n} mesures aide pour « {outcome} ».",
        "Too few nights to tell whether any of the {n} measures helps with “{outcome}”.",
    ),
    "best.empty": (
        "« {outcome} » n’a de valeur dans aucune nuit avec l’une des {n} mesures : rien à comparer.",
        "“{outcome}” has a value in no night with any of the {n} measures: there is nothing to compare.",
    ),
    "best.also": (" Ailleurs : {list}.", " Elsewhere: {list}."),
    "also.one": ("{measure} aide pour « {outcome} » ({effect})", "{measure} helps with “{outcome}” ({effect})"),
    "told": (
        "{effect} ({interval}), mieux dans {helps} nuits sur {n}",
        "{effect} ({interval}), better in {helps} of {n} nights",
    ),
    "price.some": ("Le prix : {list}.", "The price: {list}."),
    "price.one": ("{measure} aggrave « {outcome} » ({effect})", "{measure} makes “{outcome}” worse ({effect})"),
    "price.more": ("et {n} autre(s) dans les tableaux", "and {n} more in the tables"),
    "price.none": (
        "Aucune mesure ne montre qu’elle aggrave l’un des {n} résultats suivis.",
        "No measure is shown to make any of the {n} outcomes worse.",
    ),
    "sure": (
        "Sûreté : {nights} nuits par mesure ; un effet n’est affirmé que si le hasard des nuits ne le donnerait pas une fois "
        "sur vingt, toutes mesures comptées (Holm) ; aucun chiffre rapporté n’est en regard de {open} des {n} résultats, et ce "
        "qu’on ignore des réglages du modèle n’est pas dans ces intervalles.",
        "How sure: {nights} nights for each measure; an effect is claimed only where the luck of nights would not give it once "
        "in twenty, all measures counted (Holm); no reported figure stands beside {open} of the {n} outcomes, and what is "
        "not known of the model’s settings is not in these intervals.",
    ),
    "selected": (
        "Sélection séquentielle sur « {metric} » (Kim et Nelson) : {best} est la meilleure, avec une chance d’au moins "
        "{guarantee} % si elle devance les autres de {zone} ou plus ; décidé après {nights} nuits.",
        "Sequential selection on “{metric}” (Kim and Nelson): {best} is the best, with a chance of at least {guarantee} % if it "
        "leads the others by {zone} or more; decided after {nights} nights.",
    ),
    "selecting": (
        "Sélection séquentielle sur « {metric} » : pas encore décidée après {nights} nuits ; restent en course {alive}.",
        "Sequential selection on “{metric}”: not decided yet after {nights} nights; still in the race: {alive}.",
    ),
    "selecting.empty": (
        "Hors course, faute de valeur dans les premières nuits : {list}.",
        "Out of the race, without a value in the first nights: {list}.",
    ),
    "how": (
        "Effet : médiane, sur les nuits, de la différence avec la référence dans la même nuit. Intervalle : il ne suppose "
        "aucune forme de loi ; son niveau est écrit. « Mieux dans 100 nuits » : intervalle de Clopper et "
        "Pearson, d’au moins 95 %.",
        "Effect: median over nights of the difference from the baseline in the same night. Interval: it assumes no shape of "
        "law; its level is written. “Better in 100 nights”: Clopper and Pearson’s interval, of at least 95 %.",
    ),
    "picture.title": ("Effet de chaque mesure, nuit pour nuit", "Effect of each measure, night for night"),
    "picture.below": (
        "Point : médiane des nuits ; trait : intervalle ; à côté, le niveau s’il n’est pas de 95 % ; vertical : aucun effet",
        "Point: median of the nights; line: interval; beside it, its level where it is not 95 %; vertical: no effect",
    ),
    "picture.alt": (
        "Effets de {n} mesures sur {m} résultats ; ce qui reste identique chaque nuit n’y est pas, les tableaux le disent.",
        "Effects of {n} measures on {m} outcomes; what stays identical in every night is left out, the tables tell it.",
    ),
    "picture.first": (
        "Seules les {n} premières mesures sur {all} y sont ; les tableaux les ont toutes.",
        "Only the first {n} measures of {all} are in it; the tables have all.",
    ),
    "curves": ("Le cours de la nuit", "The course of the night"),
    "curves.below": (
        "médiane de {n} nuits ; noir : référence",
        "median of {n} nights; black: baseline",
    ),
    "curves.alt": (
        "Courbes de {names} au cours de la nuit, sans mesure nouvelle et avec celles qui sont tracées.",
        "Curves of {names} over the night, with no new measure and with those drawn.",
    ),
    "curves.drawn": (
        "tracées : les {drawn} mesures sur {n} qui déplacent le plus ces courbes",
        "drawn: the {drawn} measures of {n} that move these curves most",
    ),
    "curves.without": (
        "aucune nuit avec : {list}",
        "no night with: {list}",
    ),
    "curves.others": (
        "Sans ligne ici, parce qu’elles déplacent moins ces courbes ou pas du tout (les tableaux disent leurs effets) : {list}.",
        "Without a line here, because they move these curves less or not at all (the tables tell their effects): {list}.",
    ),
    "curve.aware": ("Personnes au courant", "People who know"),
    "curve.believes": ("Comptes qui croient une rumeur", "Accounts that believe a rumour"),
    "curve.stranded": ("Personnes bloquées dehors", "People stranded outside"),
    "curve.sheltered": ("Personnes accueillies", "People sheltered"),
    "curve.waiting": ("Appelants en attente, tous les centres", "Callers waiting, all desks"),
    "reach": ("Qui n’est pas atteint", "Who is not reached"),
    "reach.words": (
        "Habitants qui ne savent encore rien, médiane des nuits (et part des habitants), par heure.",
        "Residents who know nothing yet, median of the nights (and share of the residents), by hour.",
    ),
    "reach.where": (
        "À {soon}, sans mesure nouvelle, ils sont surtout ici :",
        "At {soon}, with no new measure, most of them are here:",
    ),
    "reach.zone": ("{people} personnes, {share} % de ceux qui y habitent", "{people} people, {share} % of those who live there"),
    "reach.map": (
        "Part des habitants qui savent, par arrondissement et commune : choisir l’heure. Un rond par zone, plus grand où "
        "plus de monde habite ; plus sombre : plus de gens savent ; le nombre est celui de l’arrondissement.",
        "Share of residents who know, by district and suburb: choose the hour. One dot a zone, larger where more people "
        "live; darker: more people know; the number is the district’s.",
    ),
    "reach.hour": ("Heure", "Hour"),
    "uncalibrated": ("non calé : étendue des nuits, non une valeur", "not calibrated: range of the nights, not a value"),
    "base": ("référence", "baseline"),
    "less": ("moins vaut mieux", "less is better"),
    "more": ("plus vaut mieux", "more is better"),
    "col.measure": ("Mesure", "Measure"),
    "col.base": ("Référence", "Baseline"),
    "col.with": ("Avec", "With"),
    "col.effect": ("Effet", "Effect"),
    "col.nights": ("Mieux dans 100 nuits", "Better in 100 nights"),
    "col.p": ("p (Holm)", "p (Holm)"),
    "col.verdict": ("Verdict", "Verdict"),
    "col.when": ("Quand", "When"),
    "col.what": ("Quoi", "What"),
    "verdict.better": ("aide", "helps"),
    "verdict.worse": ("aggrave", "harms"),
    "verdict.better by little": ("aide, mais de moins que ce qui compte", "helps, but by less than matters"),
    "verdict.worse by little": ("aggrave, mais de moins que ce qui compte", "harms, but by less than matters"),
    "verdict.no difference detected": ("pas de différence décelée", "no difference detected"),
    "verdict.no difference that matters": ("pas de différence qui compte", "no difference that matters"),
    "verdict.too few nights": ("trop peu de nuits pour le dire", "too few nights to tell"),
    "verdict.no value": ("aucune valeur à comparer", "no value to compare"),
    "verdict.identical": ("identique chaque nuit", "identical in every night"),
    "between": ("{low} à {high}", "{low} to {high}"),
    "level": ("{level} %", "{level} %"),
    "level.least": ("au moins {level} %", "at least {level} %"),
    "level.none": ("sans niveau assuré", "no level assured"),
    "point": ("point", "point"),
    "points": ("points", "points"),
    "colon": ("\u00a0: ", ": "),
    "same.all": ("Aucune mesure n’y change rien, nuit pour nuit.", "No measure changes it, night for night."),
    "same": ("Sans aucun changement, nuit pour nuit : {list}.", "Nothing changes, night for night, with: {list}."),
    "zone": ("compte à partir de {zone}", "matters from {zone}"),
    "unchanged": ("rien de daté : réglages seulement", "nothing dated: settings only"),
    "removed": ("n’a plus lieu : {what}", "no longer happens: {what}"),
    "cost": ("Coût :", "Cost:"),
    "source": ("Source :", "Source:"),
    "flips.none": (
        "Non examiné ici : la pointe des tweets est lue {reading}, et les paramètres incertains gardent leur valeur "
        "centrale. `msgu sensitivity` dit sous quelles hypothèses le classement se renverse.",
        "Not examined here: the peak of tweets is read {reading}, and uncertain parameters keep their central value. "
        "`msgu sensitivity` says under which assumptions the ranking flips.",
    ),
    "flips.ran": (
        "{points} réglages de {k} paramètres incertains, {reps} nuit(s) chacun, jugés sur « {metric} », la pointe des tweets "
        "restant lue {reading}.",
        "{points} settings of {k} uncertain parameters, {reps} night(s) each, judged on “{metric}”, the peak of tweets "
        "staying read {reading}.",
    ),
    "flips.unexplored": (
        "Les paramètres incertains gardent ici leur valeur centrale ; `msgu sensitivity` dit sous lesquelles de leurs valeurs "
        "le classement se renverse.",
        "Uncertain parameters keep their central value here; `msgu sensitivity` says under which of their values the ranking "
        "flips.",
    ),
    "read.ran": (
        "La comparaison entière a été refaite sous {n} autres lectures de ce qu’on sait, sur les mêmes nuits : {list}.",
        "The whole comparison was made again under {n} other readings of what is known, on the same nights: {list}.",
    ),
    "read.ran.one": (
        "La comparaison entière a été refaite sous une autre lecture de ce qu’on sait, sur les mêmes nuits : {list}.",
        "The whole comparison was made again under another reading of what is known, on the same nights: {list}.",
    ),
    "read.one": ("{title} ({nights} nuits)", "{title} ({nights} nights)"),
    "read.not.yet": ("{title} (pas encore jouée)", "{title} (not run yet)"),
    "read.firm": (
        "Aucune ne change une conclusion : nulle part une autre mesure n’y aide davantage de façon établie, ce qui aide y aide "
        "encore, et aucune mesure n’aide sous l’une en aggravant sous l’autre.",
        "None changes a conclusion: nowhere is another measure shown to help more, what helps still does, and no measure helps "
        "under one reading and harms under another.",
    ),
    "read.first": (
        "Attention, la réponse dépend de la lecture : {list}.",
        "Beware, the answer depends on the reading: {list}.",
    ),
    "read.flip": (
        "sous « {reading} », {there} aide le plus pour {outcomes}, et non {here}",
        "under “{reading}”, {there} helps most with {outcomes}, not {here}",
    ),
    "read.reversed": (
        "sous « {reading} », {here} change de signe pour {outcomes}",
        "under “{reading}”, {here} changes its sign for {outcomes}",
    ),
    "read.lost": (
        "sous « {reading} », rien ne montre plus que {here} aide de façon qui compte pour {outcomes}",
        "under “{reading}”, {here} is no longer shown to help by an amount that counts with {outcomes}",
    ),
    "read.more": ("{n} autre(s) plus bas", "{n} more below"),
    "read.table": (
        "La mesure qui aide le plus, et son effet, sous chaque lecture ; en gras, ce qui change une conclusion.",
        "The measure that helps most, and its effect, under each reading; in bold, what changes a conclusion.",
    ),
    "read.here": ("Telle que l’étude la pose", "As the study tells it"),
    "read.none": ("aucune n’aide de façon établie", "none is shown to help"),
    "read.sets": ("Ce que chaque lecture change (replié)", "What each reading changes (folded)"),
    "col.outcome": ("Résultat", "Outcome"),
    "col.most": ("Mesure qui aide le plus", "Measure that helps most"),
    "col.helps": ("Mieux dans", "Better in"),
    "of": ("{k} nuits sur {n}", "{k} of {n} nights"),
    "stand.same": ("la même", "the same"),
    "stand.another": ("une autre", "another"),
    "stand.not told apart": ("une autre, sans que les nuits les départagent", "another, but the nights do not tell them apart"),
    "stand.helps no more": ("celle-là n’y est plus établie", "no longer shown there"),
    "stand.helps only there": ("établie ici seulement", "shown here only"),
    "stand.none": ("", ""),
    "stand.too few nights": ("trop peu de nuits", "too few nights"),
    "stand.no value": ("aucune valeur à comparer", "no value to compare"),
    "stand.reversed": ("change de signe : {list}", "changes its sign: {list}"),
    "flips.wins": (
        "{name} : la meilleure dans {wins} % des réglages ; au pire, {regret} derrière la meilleure.",
        "{name}: the best in {wins} % of the settings; at worst, {regret} behind the best.",
    ),
    "flips.missing": (
        "{name} n’a pas de valeur en {missing} des {points} réglages : elle n’y est jamais la meilleure, et les retards sur la "
        "meilleure ne comptent que les réglages où toutes celles qui ont une valeur quelque part en ont une.",
        "{name} has no value in {missing} of the {points} settings: it is never the best there, and what lies behind the best "
        "is counted only over settings where all that have a value anywhere have one.",
    ),
    "flips.turn": (
        "Ce qui renverse le classement : {list}.",
        "What flips the ranking: {list}.",
    ),
    "flips.step": ("{parameter} ({turned} pas sur {n})", "{parameter} ({turned} of {n} steps)"),
    "flips.firm": (
        "Aucun pas d’un paramètre d’un bout à l’autre de son étendue n’a changé la meilleure mesure.",
        "No step of a parameter across its range changed which measure is best.",
    ),
    "flips.stale": (
        "Un examen des paramètres est là, mais d’une autre version du programme : le refaire.",
        "There is an exploration of the parameters, but by another version of the program: run it again.",
    ),
    "open.words": (
        "Pour ces résultats, le modèle n’a été confronté à aucun chiffre rapporté : lire le sens et l’ordre, non la valeur.",
        "For these outcomes the model was held against no reported figure: read direction and order, not the value.",
    ),
    "open.none": ("Chaque résultat a un chiffre rapporté en regard.", "Each outcome has a reported figure beside it."),
    "held": ("En regard d’un chiffre rapporté :", "Beside a reported figure:"),
    "assumptions.words": (
        "Blocs du scénario dont les valeurs sont déduites (D) ou supposées (M) : {n} (repliés).",
        "Blocks of the scenario whose values are inferred (D) or assumed (M): {n} (folded).",
    ),
    "settings.words": ("Le scénario de référence, {n} lignes (repliées).", "The baseline scenario, {n} lines (folded)."),
    "shifted": (
        "Dans {measure}, « {name} » (`{block}`) est rangé avant d’autres et décale leurs tirages : les effets restent justes, "
        "mais moins précis ; un identifiant rangé en dernier l’éviterait.",
        "In {measure}, “{name}” (`{block}`) sorts before others and shifts their draws: the effects stay right but are less "
        "precise; an id that sorts last would avoid it.",
    ),
    "failed": ("Nuits qui ont échoué : {list}.", "Nights that failed: {list}."),
    "made": (
        "Page produite par MSGU-Sim ; elle ne charge rien et se lit sans réseau.",
        "Page made by MSGU-Sim; it loads nothing and reads without a network.",
    ),
    "missing": ("sans valeur : {n}", "no value: {n}"),
}  # fmt: skip


def say(lang: Lang, key: str, **blanks: object) -> str:
    """Return a text of the page of a comparison."""
    return spoken(TEXTS, lang, key, **blanks)
