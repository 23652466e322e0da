"""Texts of the page of a run and its pictures, in French and in English: one line for each, the same blanks in both."""

from __future__ import annotations

from typing import Final

from msgu.lang import Lang
from msgu.report.base.wording import spoken

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # French, English
    "language": ("fr", "en"),
    "nights.one": ("une seule nuit : aucune dispersion montrée", "one night only: no spread shown"),
    "nights.few": (
        "ligne : médiane de {n} nuits ; bande : de la plus basse à la plus haute",
        "line: median of {n} nights; band: from the lowest to the highest",
    ),
    "nights.many": (
        "ligne : médiane de {n} nuits ; bande : du 5e au 95e centile",
        "line: median of {n} nights; band: 5th to 95th percentile",
    ),
    "local": ("heure locale", "local time"),
    "numbers": ("chiffres en haut : voir « Ce qui s’est passé »", "numbers at the top: see “What happened”"),
    # pictures
    "rate.title": ("Tweets par seconde, ramenés à la ville entière", "Tweets per second, scaled to the full city"),
    "rate.scale": (
        "échelle logarithmique, moyenne par {width} ; le bord inférieur vaut zéro",
        "logarithmic scale, mean over {width}; the lower edge stands for zero",
    ),
    "rate.alt": (
        "Courbe des tweets par seconde pour {topics}. Maximum de {topic} : {peak} tweets par seconde, vers {time}.",
        "Curve of tweets per second for {topics}. Maximum of {topic}: {peak} tweets per second, about {time}.",
    ),
    "rate.others": ("Moins utilisés, non tracés : {list}.", "Less used, not drawn: {list}."),
    "peak.title": (
        "La pointe de {topic}, seconde par seconde",
        "The peak of {topic}, second by second",
    ),
    "peak.scale": (
        "tweets par seconde, ramenés à la ville entière ; un tweet simulé en vaut {clones}",
        "tweets per second, scaled to the full city; one simulated tweet stands for {clones}",
    ),
    "peak.since": ("minutes autour de la seconde la plus forte", "minutes around the strongest second"),
    "peak.where": ("la plus forte à {time}", "the strongest at {time}"),
    "peak.reported": ("valeur rapportée {value}", "reported {value}"),
    "peak.alt": (
        "Tweets par seconde autour de la seconde la plus forte de {topic} : {peak}.",
        "Tweets per second around the strongest second of {topic}: {peak}.",
    ),
    "uses.title": ("Usages cumulés, en milliers", "Uses so far, in thousands"),
    "uses.scale": (
        "ramenés à la ville entière ; points : chiffres rapportés, divisés par la part que voit leur compteur",
        "scaled to the full city; points: reported figures, divided by the share that their counter sees",
    ),
    "uses.alt": ("Usages cumulés : {list}.", "Uses so far: {list}."),
    "uses.one": ("{topic} {value} à la fin", "{topic} {value} at the end"),
    "uses.legend": (
        "barre : ce qui vaut reproduit ; cercle : prédit par le modèle ; carré : ajusté ; losange : par construction ; "
        "triangle : au moins",
        "bar: what counts as reproduced; circle: predicted by the model; square: fitted; diamond: by construction; "
        "triangle: at least",
    ),
    "uses.later": (
        "{n} chiffre rapporté après la fin|{n} chiffres rapportés après la fin",
        "{n} figure reported after the end|{n} figures reported after the end",
    ),
    "kind.predicted": ("prédit", "predicted"),
    "kind.fitted": ("ajusté", "fitted"),
    "kind.by construction": ("par construction", "by construction"),
    "blocked.title": ("Part des tentatives d’appel perdues, par zone", "Share of call attempts lost, by zone"),
    "blocked.scale": (
        "en % des tentatives, par {width} ; blanc barré : aucune tentative",
        "% of attempts, over {width}; hatched: no attempt",
    ),
    "blocked.pooled": ("toutes les nuits ensemble ({n})", "all nights together ({n})"),
    "blocked.rest": (
        "{n} autres zones, moins touchées ({share} % au plus), ne sont pas montrées",
        "{n} other zones, less affected ({share} % at most), are not shown",
    ),
    "blocked.alt": (
        "Carte de chaleur, une ligne par zone. Le plus fort : {zone}, {share} % des tentatives perdues vers {time}.",
        "Heat map, one row for each zone. The strongest: {zone}, {share} % of attempts lost about {time}.",
    ),
    "blocked.none": ("Aucun appel perdu dans aucune zone.", "No call lost in any zone."),
    "people.title": ("Personnes dehors qui ne peuvent rentrer", "People out who cannot get home"),
    "people.scale": ("personnes, taille réelle", "persons, full size"),
    "people.own": ("chaque cadre a sa propre échelle", "each panel has a scale of its own"),
    "people.alt": ("Au plus fort : {list}.", "At the most: {list}."),
    "people.one": ("{state} {value} vers {time}", "{state} {value} about {time}"),
    "state.stranded": ("bloquées loin de chez elles", "stranded far from home"),
    "state.seeking": ("cherchent un abri en ligne", "seeking shelter online"),
    "state.sheltered": ("accueillies chez un hôte", "sheltered by a host"),
    "state.outside": ("devant un cordon", "outside a cordon"),
    "state.held": ("retenues par un cordon", "held by a cordon"),
    "danger.title": ("Personnes sorties à portée d’un lieu dangereux", "People who were out, within reach of a danger"),
    "danger.scale": (
        "personnes, taille réelle, tant que le lieu est dangereux",
        "persons, full size, while the place is dangerous",
    ),
    "danger.meaning": (
        "une exposition, non un bilan : le modèle ne prédit aucune victime",
        "exposure, not harm: the model predicts no casualties",
    ),
    "danger.street": ("dans la rue, à pied ou bloquées", "in the street, walking or stranded"),
    "danger.venue": ("dans un établissement", "at a venue"),
    "danger.held": ("tenues à l’intérieur", "held inside"),
    "danger.home": ("rentrées ou accueillies", "home or taken in"),
    "aware.title": ("Part des habitants qui savent", "Share of residents who know"),
    "aware.scale": ("en % des habitants", "% of residents"),
    "aware.alt": ("À la fin : {list}.", "At the end: {list}."),
    "group.affected": ("zones touchées", "affected zones"),
    "group.arrondissement": ("autres arrondissements", "other arrondissements"),
    "group.commune": ("communes voisines", "neighbouring communes"),
    "group.ring": ("grande banlieue", "outer suburbs"),
    "group.country": ("reste du pays", "rest of the country"),
    "group.abroad": ("étranger", "abroad"),
    "desk.title": ("Appels au centre « {desk} »", "Calls to the desk “{desk}”"),
    "desk.scale": ("appels par {width}, taille réelle", "calls in {width}, full size"),
    "desk.waiting.scale": ("personnes en ligne, taille réelle", "persons on the line, full size"),
    "desk.received": ("reçus", "received"),
    "desk.answered": ("décrochés", "answered"),
    "desk.waiting": ("attendent", "waiting"),
    "desk.serving": ("en conversation", "being served"),
    "desk.alt": (
        "{received} appels reçus, {answered} décrochés ; au plus {waiting} personnes en attente.",
        "{received} calls received, {answered} answered; at most {waiting} persons waiting.",
    ),
    "worry.title": ("Inquiétudes levées, par moyen", "Worries cleared, by means"),
    "worry.scale": (
        "milliers de paires « inquiet – proche », ramenées à la ville entière",
        "thousands of pairs “worried – close tie”, scaled to the full city",
    ),
    "worry.alt": ("À la fin : {list}.", "At the end: {list}."),
    "worry.call": ("appel", "call"),
    "worry.message": ("SMS", "text message"),
    "worry.mark": ("Safety Check", "Safety Check"),
    "worry.desk": ("centre d’appels", "desk"),
    "belief.title": ("Comptes qui croient ce qui se dit", "Accounts that believe what is said"),
    "belief.scale": ("comptes, ramenés à la ville entière", "accounts, scaled to the full city"),
    "belief.believes": ("croient", "believe"),
    "belief.doubts": ("doutent", "doubt"),
    "belief.corrected": ("détrompés", "corrected"),
    "belief.alt": ("Comptes qui croient, au plus : {list}.", "Accounts that believe, at the most: {list}."),
    "score.title": ("Simulé ÷ rapporté", "Simulated ÷ reported"),
    "score.scale": (
        "échelle logarithmique ; barre : ce qui vaut reproduit ; point : médiane des nuits, trait : leur étendue",
        "logarithmic scale; bar: what counts as reproduced; dot: median of the nights, line: their spread",
    ),
    "score.alt": ("Tableau de marque : {missed} manqués, {ok} bons, {open} non atteints.",
                  "Scorecard: {missed} missed, {ok} ok, {open} not reached."),
    "timeline.title": ("Ce qui s’est passé, et quand", "What happened, and when"),
    "timeline.scale": (
        "heure locale ; une barre dure, un point est un instant",
        "local time; a bar lasts, a point is a moment",
    ),
    "timeline.alt": ("Frise de {n} faits, de {first} à {last} ; la liste qui suit les dit tous.",
                     "Timeline of {n} facts, from {first} to {last}; the list below tells them all."),
    "lane.event": ("Événements", "Events"),
    "lane.broadcast": ("Télévision, radio", "Television, radio"),
    "lane.post": ("Messages datés", "Dated posts"),
    "lane.pulse": ("Réponses d’un seul coup", "Synchronised responses"),
    "lane.closure": ("Fermetures", "Closures"),
    "lane.desk": ("Centres d’appels", "Desks"),
    "lane.shelter": ("Abri, proches", "Shelter, relatives"),
    "lane.measure": ("Mesures", "Measures"),
    "lane.danger": ("Lieux dangereux", "Dangers"),
    "lane.rule": ("Règles", "Rules"),
    "what.given": ("Dès lors, à {when} : {words}", "From then on, at {when}: {words}"),
    "rule.never": ("Règle {rule} : jamais en route ({nights}).", "Rule {rule}: never on ({nights})."),
    "rule.fired": (
        "Règle {rule} : en route dans {on} de {nights}, d’abord à {first} (médiane), {times} fois par nuit en moyenne, pendant "
        "{lasted} (médiane). Relevé de la première mise en route : {seen}.",
        "Rule {rule}: on in {on} of {nights}, first at {first} (median), {times} times a night on average, for {lasted} "
        "(median). Seen when it first went on: {seen}.",
    ),
    "rule.lacked": (" Personnel insuffisant dans {n}.", " Too few people in {n}."),
    "what.lines": ("interrompus : {list}", "interrupted: {list}"),
    "what.stations": ("stations fermées : {list}", "stations shut: {list}"),
    "what.cordon": ("cordon : {list}", "cordon: {list}"),
    "what.stretches": ("interrompus en partie : {list}", "interrupted in part: {list}"),
    "what.networks": ("réseaux interrompus : {list}", "networks interrupted: {list}"),
    "what.borders": ("frontières fermées : {list}", "borders shut: {list}"),
    "what.instruction": ("consigne : {name}", "instruction: {name}"),
    "what.danger": ("{name} : danger à moins de {radius} m", "{name}: danger within {radius} m"),
    "what.more": ("{list} et {n} autres", "{list} and {n} more"),
    "what.operators": ("{desk} : {n} opérateurs", "{desk}: {n} operators"),
    "what.announced": (
        "{desk} : numéro annoncé, {share} % du pays à la fin", "{desk}: number announced, {share} % of the country in the end"
    ),
    "what.check": ("Safety Check activé", "Safety Check activated"),
    "what.map": ("carte des offres ouverte", "map of offers opened"),
    "what.measure": ("{name} : {dial} × {factor}", "{name}: {dial} × {factor}"),
    "what.pulse": ("{name} : {share} % répondent aussitôt", "{name}: {share} % respond at once"),
    "what.broadcast": ("{name} : {share} % du pays à la fin", "{name}: {share} % of the country in the end"),
    "what.post": ("{account} : {text}", "{account}: {text}"),
    # page
    "page.asked": ("Ce qui a été demandé", "What was asked"),
    "page.ran": (
        "Simulation de « {title} » : {nights}, à l’échelle {scale} (un compte, un appel ou un habitant simulé en vaut "
        "{clones}), du {start} au {stop} (heure locale, {zone}), graine {seed}.",
        "Simulation of “{title}”: {nights}, at scale {scale} (one simulated account, call or resident stands for "
        "{clones}), from {start} to {stop} (local time, {zone}), seed {seed}.",
    ),
    "page.followed": (
        "Ne sont suivis qu’une partie du temps : {list}. Ce qui arrive ensuite n’est pas simulé.",
        "Followed for a part of that time only: {list}. What happens to them later is not simulated.",
    ),
    "page.followed.phones": ("les téléphones", "telephones"),
    "page.followed.going_home": ("les personnes dehors", "people who are out"),
    "page.followed.desks": ("le centre d’appels « {desk} »", "the desk “{desk}”"),
    "page.followed.one": ("{what} jusqu’au {end}", "{what} until {end}"),
    "page.nights.worlds": ("{nights}, chacune dans un monde à elle", "{nights}, each in a world of its own"),
    "page.nights": ("{n} nuit|{n} nuits", "{n} night|{n} nights"),
    "page.policies": ("Mesures ajoutées au scénario :", "Policies laid over the scenario:"),
    "page.no_policy": ("Aucune mesure n’est ajoutée au scénario.", "No policy is laid over the scenario."),
    "page.nature": (
        "Ce sont des résultats d’un modèle, non des observations ; ce qui a été observé est appelé « rapporté ».",
        "These are results of a model, not observations; what was observed is called “reported”.",
    ),
    "page.short": ("En bref", "In short"),
    "page.spread.one": (
        "Une seule nuit a été simulée : la chance d’une nuit à l’autre n’est pas mesurée.",
        "A single night was simulated: luck from one night to the next is not measured.",
    ),
    "page.spread.few": (
        "Chaque chiffre est la médiane de {n} nuits simulées ; entre crochets, la plus basse et la plus haute. "
        "Cela mesure la chance d’une nuit, non l’ignorance des paramètres.",
        "Each figure is the median of {n} simulated nights; in brackets, the lowest and the highest. "
        "This measures the luck of a night, not ignorance of the parameters.",
    ),
    "page.spread.many": (
        "Chaque chiffre est la médiane de {n} nuits simulées ; entre crochets, les 5e et 95e centiles des nuits. "
        "Cela mesure la chance d’une nuit, non l’ignorance des paramètres.",
        "Each figure is the median of {n} simulated nights; in brackets, the 5th and 95th percentiles of the nights. "
        "This measures the luck of a night, not ignorance of the parameters.",
    ),
    "page.score": ("Le modèle retrouve-t-il ce qui a été rapporté ?", "Does the model give back what was reported?"),
    "page.score.words": (
        "Sur {n} chiffres rapportés : {missed} manqués, {ok} retrouvés, {open} non atteints par cette simulation.",
        "Of {n} reported figures: {missed} missed, {ok} given back, {open} not reached by this run.",
    ),
    "page.score.targets": (
        "Cibles de poids 0,5 et plus : {met} retrouvées sur {n} atteintes.",
        "Targets of weight 0.5 and more: {met} of {n} reached are given back.",
    ),
    "page.score.predicted": (
        "Seuls mettent le modèle à l’épreuve les chiffres qui n’ont rien réglé, comptés par groupes indépendants : "
        "{met} retrouvés sur {reached} atteints ({n} en tout).",
        "Only figures that set nothing put the model to the test, counted by independent groups: "
        "{met} of {reached} reached are given back ({n} in all).",
    ),
    "page.score.none": ("Le scénario ne porte aucun chiffre rapporté.", "The scenario carries no reported figure."),
    "page.score.unfitted": (
        "« Ajusté » dit qu’un paramètre a été choisi en regardant ce chiffre.",
        "“Fitted” says that a parameter was chosen with this figure in view.",
    ),
    "page.reading": ("Lecture retenue de la pointe : {reading}.", "Reading used of the peak: {reading}."),
    "page.pulse": (
        "{share} % des usages de {topic} sont dans l’impulsion, dont les neuf dixièmes en {width} s ; "
        "les autres doublent en {doubling} s pendant la montée.",
        "{share} % of the uses of {topic} are inside the pulse, nine tenths of them within {width} s; "
        "the others double in {doubling} s while they grow.",
    ),
    "page.pulse.built": (
        "La pointe est obtenue par construction : {session} % des comptes alors à leur fil auraient dû partager dans ce temps.",
        "The peak is by construction: {session} % of the accounts then at their feed would have had to share within that time.",
    ),
    "page.pulse.people": (
        "La pointe est faite de personnes en session : {session} % d’entre elles ont réagi, avec des délais humains.",
        "The peak is of people in session: {session} % of them reacted, with human delays.",
    ),
    "page.pulse.none": (
        "Il n’y a pas d’impulsion ; les usages de {topic} doublent en {doubling} s pendant la montée.",
        "There is no pulse; the uses of {topic} double in {doubling} s while they grow.",
    ),
    "page.pulse.every": ("tous les sujets", "every topic"),
    "page.support": (
        "Sans impulsion, les autres chiffres soutiennent : {good}.",
        "Without a pulse the other figures support: {good}.",
    ),
    "page.support.none": ("aucune lecture", "no reading"),
    "reading.hashtag_per_second": (
        "« 7 000 tweets par seconde » comme écrit, pour le seul mot-dièse",
        "“7,000 tweets per second” as written, for the hashtag alone",
    ),
    "reading.hashtag_per_minute": (
        "par minute, pour le seul mot-dièse",
        "per minute, for the hashtag alone",
    ),
    "reading.event_per_second": (
        "par seconde, pour tous les tweets de l’événement",
        "per second, for all tweets of the event",
    ),
    "col.reached": ("Atteint", "Reached"),
    "col.met": ("Retrouvé", "Met"),
    "score.yes": ("oui", "yes"),
    "score.no": ("non", "no"),
    "score.missed": ("manqué", "missed"),
    "col.figure": ("Chiffre", "Figure"),
    "col.reported": ("Rapporté", "Reported"),
    "col.range": ("Vaut reproduit", "Counts as reproduced"),
    "col.simulated": ("Simulé", "Simulated"),
    "col.kind": ("Comment", "How"),
    "col.source": ("Source", "Source"),
    "col.confidence": ("Confiance", "Confidence"),
    "col.where": ("Où", "Where"),
    "col.values": ("Valeurs", "Values"),
    "col.note": ("Note", "Note"),
    "col.time": ("Heure", "Time"),
    "col.what": ("Quoi", "What"),
    "col.lane": ("Genre", "Kind"),
    "page.pictures": ("Images", "Pictures"),
    "page.happened": ("Ce qui s’est passé", "What happened"),
    "page.open": ("Ce qu’aucun chiffre rapporté ne contraint", "What no reported figure constrains"),
    "page.open.words": (
        "Pour ces résultats, le modèle n’a été confronté à rien : seule l’étendue des nuits est donnée, et elle ne dit pas "
        "l’erreur du modèle.",
        "For these results the model was held against nothing: only the range over nights is given, and it does not tell "
        "the model’s error.",
    ),
    "page.open.one": ("étendue inconnue (une seule nuit)", "range unknown (one night only)"),
    "page.open.none": ("Chaque résultat a un chiffre rapporté en regard.", "Each outcome has a reported figure beside it."),
    "page.assumptions": ("Hypothèses", "Assumptions"),
    "page.assumptions.words": (
        "Blocs du scénario dont les valeurs sont déduites (D) ou supposées (M), et donc à faire varier : {n}.",
        "Blocks of the scenario whose values are inferred (D) or assumed (M), and so to be varied: {n}.",
    ),
    "page.settings": ("Tous les réglages", "All settings"),
    "page.settings.words": (
        "Le scénario tel qu’il a été exécuté, {n} lignes (repliées ; non imprimées tant qu’elles le sont).",
        "The scenario as it was run, {n} lines (folded; not printed while they are).",
    ),
    "page.provenance": ("Provenance", "Provenance"),
    "page.again": ("Refaire ce calcul", "Run this again"),
    "page.contents": ("Sommaire", "Contents"),
    "page.made": (
        "Page produite par MSGU-Sim ; elle ne charge rien et se lit sans réseau.",
        "Page made by MSGU-Sim; it loads nothing and reads without a network.",
    ),
    "confidence.A": ("source directe", "first-party"),
    "confidence.B": ("presse attribuée", "attributed press"),
    "confidence.C": ("non attribué ou arrondi", "unattributed or rounded"),
    "confidence.D": ("déduit", "inferred"),
    "confidence.M": ("supposé", "assumed"),
    "none": ("aucun", "none"),
    "range": ("{low} à {high}", "{low} to {high}"),
    "at_least": ("au moins {low}", "at least {low}"),
    "at_most": ("au plus {high}", "at most {high}"),
    # key figures
    "key.uses": ("{value} tweets avec {topic} jusqu’à la fin", "{value} tweets with {topic} by the end"),
    "key.peak": (
        "{value} tweets par seconde avec {topic} au plus fort (une seconde ; {kind})",
        "{value} tweets per second with {topic} at the peak (one second; {kind})",
    ),
    "key.stranded": (
        "{value} personnes bloquées ou en quête d’un abri au plus fort",
        "{value} people stranded or seeking shelter at the worst moment",
    ),
    "key.danger": (
        "{value} personnes-minutes dans la rue à portée d’un lieu dangereux : une exposition, aucune victime n’est prédite",
        "{value} person-minutes in the street within reach of a danger: exposure, no casualties are predicted",
    ),
    "key.towards": ("{value} personnes ont marché vers un lieu dangereux", "{value} people walked towards a danger"),
    "key.heard": (
        "{value} personnes bloquées ont entendu parler d’un hébergement offert",
        "{value} people stranded at some time heard that shelter is offered",
    ),
    "key.sheltered": ("{value} personnes accueillies chez un hôte", "{value} people taken in by a host"),
    "key.lost": (
        "{value} % des tentatives d’appel perdues sur toute la durée",
        "{value} % of call attempts lost over the whole run",
    ),
    "key.aware": (
        "{value} % des habitants des zones touchées savent à la fin",
        "{value} % of residents of the affected zones know in the end",
    ),
    "key.worry_hours": ("{value} heures d’inquiétude pour un proche", "{value} hours of worry about a close tie"),
    "key.prevented": (
        "{value} inquiétudes évitées : le proche était déjà connu sain et sauf",
        "{value} worries prevented: the close tie was known to be safe already",
    ),
    "key.worry": (
        "{value} % des inquiétudes nées sont levées à la fin ; celles qui sont évitées n’y comptent pas",
        "{value} % of the worries that arose are cleared by the end; those that were prevented do not count",
    ),
    "key.desk": ("{value} % des appels au centre « {desk} » décrochés", "{value} % of calls to the desk “{desk}” answered"),
    "key.misled": ("{value} comptes croient « {topic} » au plus fort", "{value} accounts believe “{topic}” at the most"),
}  # fmt: skip


def say(lang: Lang, key: str, **blanks: object) -> str:
    """Return a text of the page of a run; see `spoken`."""
    return spoken(TEXTS, lang, key, **blanks)
