"""The phrases of `explain` about what helps: desks, Safety Check, maps, policies, measures, and what follows them."""

from __future__ import annotations

from typing import Final

PHRASES_OF_HELP: Final[dict[str, dict[str, str]]] = {
    "shift": {
        "en": "Operators on duty: {operators}. A call takes: {handling}. Callers wait: {patience}.",
        "fr": "Opérateurs en poste : {operators}. Un appel dure : {handling}. On attend : {patience}.",
    },
    "announcement": {
        "en": "The number of {desk} is told: {audience} of the country hears it (rise {rise}, decay {decay}); only they call.",
        "fr": "Le numéro de {desk} est annoncé : {audience} du pays l'entend (montée {rise}, descente {decay}) ; eux seuls "
        "appellent.",
    },
    "for_ever": {"en": "for ever", "fr": "indéfiniment"},
    "desk_rate": {
        "en": "Other callers ring at {rate} until {until}.",
        "fr": "D'autres appelants sonnent à {rate} jusqu'à {until}.",
    },
    "where_from": {"en": "Weight by zone: {zones}.", "fr": "Poids par zone : {zones}."},
    "witnesses": {
        "en": "Seen by {people} of those who are out in {zone}.",
        "fr": "Vu par {people} des personnes dehors à {zone}.",
    },
    "witnesses_call": {
        "en": "{share} % of them call {desk} ({reaction}).",
        "fr": "{share} % d'entre elles appellent {desk} ({reaction}).",
    },
    "witnesses_learn": {
        "en": "They learn of the event then and spread the news.",
        "fr": "Elles apprennent ainsi l'événement et répandent la nouvelle.",
    },
    "people_out": {
        "en": "Calls and messages of {share} % of the people out pass through the cells where they stand.",
        "fr": "Les appels et messages de {share} % des personnes dehors passent par les cellules où elles se trouvent.",
    },
    "battery": {
        "en": "Phones of people out are empty after: {out}; others: {home}.",
        "fr": "Téléphones des personnes dehors vides après : {out} ; les autres : {home}.",
    },
    "never_empty": {"en": "never", "fr": "jamais"},
    "group": {
        "en": "{share} % of those who learn write to a group ({after}), which {others} others read on average.",
        "fr": "{share} % de ceux qui apprennent écrivent à un groupe ({after}), lu par {others} autres en moyenne.",
    },
    "over_cells": {
        "en": "Calls to {desks} take voice channels of their callers' cells.",
        "fr": "Les appels vers {desks} prennent des voies dans les cellules de leurs appelants.",
    },
    "with_priority": {
        "en": "Those to {desks} have the priority of emergency calls.",
        "fr": "Ceux vers {desks} ont la priorité des appels d'urgence.",
    },
    "safety_check": {
        "en": "Safety Check opens. Share asked by zone: {zones}; share of those who mark themselves "
        "safe: {marks} ({delay}); each mark notifies {notified} contacts, whose worry it clears.",
        "fr": "Ouverture du Safety Check. Part interrogée par zone : {zones} ; part de ceux qui se "
        "signalent : {marks} ({delay}) ; chaque signalement prévient {notified} contacts et lève "
        "leur inquiétude.",
    },
    "map": {
        "en": "A map of verified offers opens: used by share {use} of the seekers; share {coverage} of "
        "the offers reach it alone, volunteers {volunteers} add the others, {each} each. Hosts up "
        "to {near} away count.",
        "fr": "Une carte d'offres vérifiées ouvre : utilisée par une part {use} des chercheurs ; une "
        "part {coverage} des offres y arrive seule, les bénévoles ({volunteers}) ajoutent les "
        "autres, {each} chacune. Hôtes jusqu'à {near}.",
    },
    "given": {"en": "Time: {when}. {text}", "fr": "Moment : {when}. {text}"},
    "rule_start": {"en": "the start of rule {rule}", "fr": "la mise en route de la règle {rule}"},
    "rule_end": {"en": "the end of rule {rule}", "fr": "la fin de la règle {rule}"},
    "rule_later": {"en": "{after} after {when}", "fr": "{after} après {when}"},
    "rule": {"en": "Watched until {until}: {seen}.", "fr": "Suivi jusqu'à {until} : {seen}."},
    "rule_over": {"en": "Counted over the last {over}.", "fr": "Compté sur les dernières {over}."},
    "rule_above": {
        "en": "The rule goes on above {level}{lasting},",
        "fr": "La règle se met en route au-dessus de {level}{lasting},",
    },
    "rule_below": {
        "en": "The rule goes on below {level}{lasting},",
        "fr": "La règle se met en route au-dessous de {level}{lasting},",
    },
    "rule_until_above": {"en": "and off below {level}{lasting}.", "fr": "et s'arrête au-dessous de {level}{lasting}."},
    "rule_until_below": {"en": "and off above {level}{lasting}.", "fr": "et s'arrête au-dessus de {level}{lasting}."},
    "lasting": {"en": " for {span}", "fr": " pendant {span}"},
    "rule_every": {"en": "A look every {every}.", "fr": "Un relevé toutes les {every}."},
    "rule_delay": {"en": "What is seen is {delay} old.", "fr": "Ce qui est vu date de {delay}."},
    "rule_error": {
        "en": "It is wrong by a lognormal factor of sigma {error} at each look.",
        "fr": "Chaque relevé est faux d'un facteur lognormal de sigma {error}.",
    },
    "rule_most": {"en": "At most {n} times.", "fr": "Au plus {n} fois."},
    "rule_teams": {
        "en": "Needs people while it is on: {teams}; where too few are free it {short}.",
        "fr": "Occupe du personnel tant qu'elle est en route : {teams} ; s'il en manque, elle {short}.",
    },
    "waits": {"en": "tries again at each look", "fr": "réessaie à chaque relevé"},
    "passes": {"en": "is passed over this time", "fr": "passe son tour"},
    "policy_evidence": {
        "en": "{id} changes the evidence that nights are judged by: {names}",
        "fr": "{id} change les chiffres rapportés auxquels les nuits sont comparées : {names}",
    },
    "policy": {
        "en": "Policy {id}: {title}\n    Why: {why}\n    Cost: {cost}\n    Source: {source}",
        "fr": "Mesure {id} : {title}\n    Pourquoi : {why}\n    Coût : {cost}\n    Source : {source}",
    },
    "measure": {
        "en": "{dial} x {factor} until {until} (zones: {zones}; topics: {topics}).",
        "fr": "{dial} x {factor} jusqu'à {until} (zones : {zones} ; sujets : {topics}).",
    },
    "alert": {
        "en": "An alert goes to telephones, share by zone: {zones}; it asks: {acts}.",
        "fr": "Une alerte part vers les téléphones, part par zone : {zones} ; elle demande : {acts}.",
    },
    "scores": {
        "en": "Drafts of messages (shares of those whom each reaches, where nothing else is heard):",
        "fr": "Projets de message (en part de ceux que chacun atteint, sans autre information) :",
    },
    "stated": {"en": "{stated} of 5 elements", "fr": "{stated} éléments sur 5"},
    "lacks": {"en": ", lacks {elements}.", "fr": ", il manque {elements}."},
    "lacks_nothing": {"en": ", lacks nothing.", "fr": ", il ne manque rien."},
    "element_source": {"en": "the source", "fr": "l'émetteur"},
    "element_hazard": {"en": "the hazard", "fr": "le danger"},
    "element_place": {"en": "the place", "fr": "le lieu"},
    "element_time": {"en": "the time", "fr": "la durée"},
    "element_guidance": {"en": "guidance", "fr": "la consigne"},
    "draft_length": {
        "en": "Length: {length} characters; languages: {languages}.",
        "fr": "Longueur : {length} signes ; langues : {languages}.",
    },
    "too_short": {
        "en": "Short: messages of {full} characters did clearly better in experiments.",
        "fr": "Court : dans les expériences, {full} signes font nettement mieux.",
    },
    "too_long": {
        "en": "Long: beyond {full} characters nothing is gained.",
        "fr": "Long : au-delà de {full} signes on ne gagne rien.",
    },
    "unread": {
        "en": "{share} % of those reached read none of its languages.",
        "fr": "{share} % de ceux qu'il atteint n'en lisent aucune langue.",
    },
    "comes_to": {
        "en": "In the model {understands} % understand and {believes} % believe, after {sought} confirmations on average.",
        "fr": "Dans le modèle, {understands} % comprennent et {believes} % croient, après {sought} confirmations en moyenne.",
    },
    "follow": {"en": "Of those asked, who act: {acts}.", "fr": "Parmi ceux à qui il s'adresse, agissent : {acts}."},
    "unguided": {
        "en": "It says nothing of what to do: guidance that is missing cannot be followed.",
        "fr": "Il ne dit pas quoi faire : une consigne absente ne peut être suivie.",
    },
    "by_themselves": {"en": " Act by themselves: {acts}.", "fr": " Agissent d'eux-mêmes : {acts}."},
    "nobody_acts": {"en": " Nobody acts by themselves.", "fr": " Personne n'agit de soi-même."},
    "untaken": {"en": "Asked, and never done: {acts}.", "fr": "Demandé, jamais fait : {acts}."},
    "action_stay": {"en": "stay inside", "fr": "rester à l'abri"},
    "action_leave": {"en": "go home", "fr": "rentrer"},
    "action_avoid": {"en": "keep out of the area", "fr": "éviter le secteur"},
    "action_detour": {"en": "go home round it", "fr": "rentrer par un autre chemin"},
    "action_text": {"en": "write instead of calling", "fr": "écrire plutôt qu'appeler"},
    "action_call": {"en": "call the number", "fr": "appeler le numéro"},
    "action_seek": {"en": "look for shelter", "fr": "chercher un abri"},
    "action_host": {"en": "offer shelter", "fr": "offrir un abri"},
}
