"""The phrases of `explain`, in French and English."""

from __future__ import annotations

from typing import Final

from msgu.scenario.phrases_of_help import PHRASES_OF_HELP

WORDS: Final[dict[str, dict[str, str]]] = {
    "timeline": {"en": "What happens, in order of time:", "fr": "Ce qui se passe, dans l'ordre :"},
    "after_end": {"en": "[after the end: not reached]", "fr": "[après la fin : non atteint]"},
    "end": {
        "en": "end: {span} after the start; what would fall exactly here does not happen.",
        "fr": "fin : {span} après le début ; ce qui tomberait exactement ici n'a pas lieu.",
    },
    "star": {
        "en": "* assumption, to be varied (confidence M); all other entries have a reported or inferred source.",
        "fr": "* hypothèse, à faire varier (confiance M) ; les autres lignes ont une source rapportée ou déduite.",
    },
    "all": {"en": "all", "fr": "toutes"},
    "clock": {
        "en": "Starts {start}, lasts {span}; scale {scale} (share of the accounts, people and cells that "
        "is run); seed {seed}.",
        "fr": "Début {start}, durée {span} ; échelle {scale} (part simulée des comptes, personnes et "
        "cellules) ; graine {seed}.",
    },
    "fixed_clock": {
        "en": "Local times are at UTC{offset} throughout: no `time_zone` is given, so that no clock changes.",
        "fr": "Les heures locales sont à UTC{offset} d'un bout à l'autre : sans `time_zone`, aucune horloge ne change.",
    },
    "zone_clock": {
        "en": "Local times are those of {zone}: {offsets}.",
        "fr": "Les heures locales sont celles de {zone} : {offsets}.",
    },
    "offset_from": {"en": "UTC{offset} from {when} on", "fr": "UTC{offset} à partir du {when}"},
    "places": {
        "en": "Places: zones {zones}, residents {people}, stations {stations}, lines {lines}.",
        "fr": "Lieux : zones {zones}, habitants {people}, stations {stations}, lignes {lines}.",
    },
    "network": {
        "en": "Social network: accounts {accounts}, each following {follows} on average; accounts with a name {named}.",
        "fr": "Réseau social : comptes {accounts}, chacun en suit {follows} en moyenne ; comptes nommés {named}.",
    },
    "participation": {
        "en": "{share} % of the accounts take part (spread {sigma}); the others read, and neither write nor respond.",
        "fr": "{share} % des comptes participent (dispersion {sigma}) ; les autres lisent, sans écrire ni répondre.",
    },
    "retweet_factor": {
        "en": "Who sees a retweet responds with {factor} times the hazard of the first post.",
        "fr": "Qui voit un retweet répond avec {factor} fois le risque du premier message.",
    },
    "appeal": {
        "en": "First posts are not alike: each is worth sharing by a factor u^{power}, u uniform (mean {mean}).",
        "fr": "Les premiers messages ne se valent pas : facteur de partage u^{power}, u uniforme (moyenne {mean}).",
    },
    "shown_once": {
        "en": "A feed shows a first post and its retweets once.",
        "fr": "Un fil montre une seule fois un premier message et ses retweets.",
    },
    "no_network": {"en": "No social network.", "fr": "Pas de réseau social."},
    "topic": {
        "en": "Topic {id} ({title}): first-exposure hazard of responding {infectiousness}; delay {delay}.",
        "fr": "Sujet {id} ({title}) : risque de répondre à la première exposition {infectiousness} ; délai {delay}.",
    },
    "rumour": {
        "en": "Rumour {id} ({title}), false: first-exposure hazard of responding {infectiousness}; delay {delay}.",
        "fr": "Rumeur {id} ({title}), fausse : risque de répondre à la première exposition "
        "{infectiousness} ; délai {delay}.",
    },
    "true_claim": {
        "en": "Claim {id} ({title}), true: first-exposure hazard of responding {infectiousness}; delay {delay}.",
        "fr": "Affirmation {id} ({title}), vraie : risque de répondre à la première exposition "
        "{infectiousness} ; délai {delay}.",
    },
    "trust": {
        "en": "  Believed by who speaks, odds x {trust}; kinds of speakers multiply.",
        "fr": "  Crue selon qui parle, cotes x {trust} ; les sortes de sources se multiplient.",
    },
    "interest": {
        "en": "  An account passes on what it holds for a time only: {interest}.",
        "fr": "  Un compte ne relaie ce qu'il croit qu'un temps : {interest}.",
    },
    "tells": {
        "en": "  An account that comes to believe writes by itself: hazard {readiness}, after {after}.",
        "fr": "  Un compte qui vient à croire écrit de lui-même : risque {readiness}, après {after}.",
    },
    "corrects": {
        "en": "  An account that is corrected or warned writes a denial by itself: hazard {readiness}, after {after}.",
        "fr": "  Un compte détrompé ou averti écrit un démenti de lui-même : risque {readiness}, après {after}.",
    },
    "newsroom": {
        "en": "Newsroom {id}: notices {topic} from {level} on over {window}, {sees} late, airs it after {airs} and an official "
        "denial after {corrects}; an airing reaches {audience} % of accounts and people.",
        "fr": "Rédaction {id} : remarque {topic} à partir de {level} sur {window}, avec {sees} de retard, le diffuse après "
        "{airs} et un démenti officiel après {corrects} ; une diffusion touche {audience} % des comptes et des personnes.",
    },
    "phones": {
        "en": "Telephones: voice channels of a cell {channels}, ordinary load {load} erlang, chance to "
        "redial {persistence}.",
        "fr": "Téléphones : voies d'une cellule {channels}, charge ordinaire {load} erlang, chance de "
        "rappeler {persistence}.",
    },
    "no_phones": {"en": "No telephones.", "fr": "Pas de téléphones."},
    "both_ways": {
        "en": "Ties that go both ways where who worries lives in an affected zone too: share {mutual}. Of those worried "
        "about, share {tells} call or write that they are safe ({after}).",
        "fr": "Liens réciproques, quand celui qui s'inquiète habite aussi une zone touchée : part {mutual}. De ceux pour "
        "qui l'on s'inquiète, une part {tells} appelle ou écrit pour rassurer ({after}).",
    },
    "passed_on": {
        "en": "Who knows somebody to be safe tells another who worries about them with chance {share} ({after}).",
        "fr": "Qui sait un proche sain et sauf le dit à un autre qui s'inquiète pour lui, avec une chance de {share} ({after}).",
    },
    "later_news": {
        "en": "A later event. Who learns of it worries about ties in {zones} who have not been heard of since, also where "
        "they were known to be safe before.",
        "fr": "Un nouvel événement. Qui l'apprend s'inquiète pour ses proches de {zones} sans nouvelles depuis, même "
        "s'ils étaient connus sains et saufs auparavant.",
    },
    "tells_of": {"en": "It tells of the later event `{news}`.", "fr": "Elle annonce le nouvel événement `{news}`."},
    "friends": {
        "en": "A contact who knows somebody asked to be safe marks them with chance {share} ({after}).",
        "fr": "Un contact qui sait sain et sauf quelqu'un d'interrogé le signale avec une chance de {share} ({after}).",
    },
    "prompted": {
        "en": "Who is asked by a contact without a mark to see then marks with chance {share} ({after}).",
        "fr": "Qui est sollicité par un contact sans signalement se signale alors avec une chance de {share} ({after}).",
    },
    "awake": {"en": "time awake: {delay}", "fr": "temps d'éveil : {delay}"},
    "no_worry": {"en": "Nobody worries about anybody.", "fr": "Personne ne s'inquiète pour personne."},
    "hearing": {
        "en": "Shelter: only those who have heard of it look for it or offer it. An account that hears offers with chance "
        "{offers}, after {after}.",
        "fr": "Hébergement : seuls ceux qui en ont entendu parler en cherchent ou en offrent. Un compte qui l'apprend offre "
        "avec une chance de {offers}, après {after}.",
    },
    "asking": {
        "en": "Somebody stranded who has not heard asks another one after {meets} on average, and is told with chance "
        "{tells} if that one has heard.",
        "fr": "Une personne bloquée qui n'a rien entendu en interroge une autre après {meets} en moyenne ; si celle-ci "
        "sait, elle le dit avec une chance de {tells}.",
    },
    "tells_of_shelter": {
        "en": " It mentions that shelter is offered.",
        "fr": " L'offre d'hébergement y est mentionnée.",
    },
    "no_shelter": {"en": "No offers of shelter.", "fr": "Pas d'offres d'hébergement."},
    "evidence": {
        "en": "Evidence: figures to reach {targets}, figures only predicted {checks}; peak read as {reading}.",
        "fr": "Preuves : chiffres à atteindre {targets}, chiffres seulement prédits {checks} ; pic lu comme {reading}.",
    },
    "lognormal": {
        "en": "lognormal, median {median}, sigma {sigma}",
        "fr": "lognormal, médiane {median}, sigma {sigma}",
    },
    "exponential": {"en": "exponential, mean {mean}", "fr": "exponentiel, moyenne {mean}"},
    "fixed": {"en": "always {value}", "fr": "toujours {value}"},
    "seismic": {
        "en": "constant up to {s0}, then a power law of exponent 1 + {theta}",
        "fr": "constant jusqu'à {s0}, puis une loi de puissance d'exposant 1 + {theta}",
    },
    "empirical": {"en": "by quantiles ({quantiles})", "fr": "par quantiles ({quantiles})"},
    "event": {
        "en": "{title}. Shown on pictures; changes nothing by itself.",
        "fr": "{title}. Montré sur les images ; ne change rien à lui seul.",
    },
    "gain_pulse": {
        "fr": "{account} gagne {volume} abonnés à l'échelle 1 (montée {rise}, déclin {decay})",
        "en": "{account} gains {volume} followers at scale 1 (rise {rise}, decay {decay})",
    },
    "gain_rate": {
        "fr": "{account} gagne {volume} abonnés à l'échelle 1, régulièrement jusqu'à {until}",
        "en": "{account} gains {volume} followers at scale 1, evenly until {until}",
    },
    "video_live": {
        "en": "{share} of the originals on {topic} from now on link a live stream, on air until {until}: {opens} of those "
        "who see such a post watch ({watch}).",
        "fr": "{share} des messages originaux sur {topic} renvoient désormais à une vidéo en direct, jusqu'à {until} : {opens} "
        "de ceux qui les voient la regardent ({watch}).",
    },
    "video_clip": {
        "en": "{share} of the originals on {topic} from now on carry a clip: {opens} of those who see such a post watch "
        "({watch}).",
        "fr": "{share} des messages originaux sur {topic} portent désormais une vidéo : {opens} de ceux qui les voient la "
        "regardent ({watch}).",
    },
    "bots": {
        "en": "{accounts} automatic accounts at scale 1 each post every {every} on average until {until} (topics: {topics}).",
        "fr": "{accounts} comptes automatiques à l'échelle 1 publient chacun toutes les {every} en moyenne, jusqu'à {until} "
        "(sujets : {topics}).",
    },
    "driver_pulse": {
        "en": "Expected {volume} spontaneous posts on {topic} begin: rise {rise}, decay {decay}. "
        "Followers may see and share them.",
        "fr": "Début de {volume} messages spontanés attendus sur {topic} : montée {rise}, descente "
        "{decay}. Les abonnés peuvent les voir et les partager.",
    },
    "driver_rate": {
        "en": "Expected {volume} spontaneous posts on {topic} at a constant rate until {until}.",
        "fr": "{volume} messages spontanés attendus sur {topic} à débit constant jusqu'à {until}.",
    },
    "pulse": {
        "en": "Share {share} of the accounts that saw a post on {topic} younger than {live_for} share it "
        "together: rise {rise}, decay {decay}.",
        "fr": "Une part {share} des comptes qui ont vu un message sur {topic} de moins de {live_for} le "
        "partagent ensemble : montée {rise}, descente {decay}.",
    },
    "stimulus": {
        "en": "Within {over} a stimulus reaches everybody: share {share} of the accounts in session that saw a post on {topic} "
        "younger than {live_for} share it ({reaction}), unless they leave before (mean {session}).",
        "fr": "En {over}, un stimulus touche tout le monde : une part {share} des comptes en session qui ont vu un message sur "
        "{topic} de moins de {live_for} le partagent ({reaction}), sauf s'ils partent avant (en moyenne {session}).",
    },
    "post": {"en": "{account} posts on {topic} ({kind}).", "fr": "{account} publie sur {topic} ({kind})."},
    "kind_offer": {"en": "offer", "fr": "offre"},
    "kind_request": {"en": "request", "fr": "demande"},
    "kind_information": {"en": "information", "fr": "information"},
    "kind_support": {"en": "support", "fr": "soutien"},
    "kind_missing": {"en": "missing person", "fr": "personne recherchée"},
    "kind_rumour": {"en": "rumour", "fr": "rumeur"},
    "kind_correction": {"en": "correction", "fr": "démenti"},
    "kind_official": {"en": "official message", "fr": "message officiel"},
    "kind_noise": {"en": "noise", "fr": "bruit"},
    "broadcast": {
        "en": "A programme begins to tell: share {audience} of the country learns in the end (rise "
        "{rise}, decay {decay}). Who learns may worry and call.",
        "fr": "Une émission commence à informer : une part {audience} du pays finit par apprendre "
        "(montée {rise}, descente {decay}). Qui apprend peut s'inquiéter et appeler.",
    },
    "where": {"en": "Heard, as a part of that share, in: {zones}.", "fr": "Entendue, en part de ce nombre, dans : {zones}."},
    "closure": {"en": "Shut until {until}: {shut}.", "fr": "Fermé jusqu'à {until} : {shut}."},
    "lines": {"en": "lines {names} (no trains)", "fr": "lignes {names} (pas de trains)"},
    "stations": {
        "en": "stations {names} (nobody boards or alights)",
        "fr": "stations {names} (personne ne monte ni ne descend)",
    },
    "cordon": {
        "en": "cordon around {names} (nobody enters or leaves)",
        "fr": "cordon autour de {names} (personne n'entre ni ne sort)",
    },
    "stretches": {"en": "between {names} (no trains)", "fr": "entre {names} (pas de trains)"},
    "networks": {"en": "all of {names}", "fr": "tout le réseau {names}"},
    "borders": {"en": "border {names} (nobody crosses)", "fr": "frontière {names} (personne ne passe)"},
    "lets_residents": {"en": "residents may go home", "fr": "les riverains peuvent rentrer"},
    "lets_leavers": {"en": "whoever is inside may leave", "fr": "qui est à l'intérieur peut sortir"},
    "service": {"en": "{share} % of the trains run all the same", "fr": "{share} % des trains passent quand même"},
    "instruction": {
        "en": "Told until {until}, in {zones}: of those still out {stays} % stay inside, {leaves} % go home at once.",
        "fr": "Consigne jusqu'à {until}, dans {zones} : de ceux encore dehors, {stays} % restent à l'abri, {leaves} % "
        "rentrent aussitôt.",
    },
    "danger": {
        "en": "Dangerous until {until} within {radius}. People out within reach are counted; nobody acts on it, and no "
        "casualties are predicted.",
        "fr": "Lieu dangereux jusqu'à {until}, à moins de {radius}. Les personnes dehors à portée sont comptées ; personne n'y "
        "réagit, et aucune victime n'est prédite.",
    },
    "everywhere": {"en": "every zone", "fr": "toutes les zones"},
    "nothing": {"en": "nothing", "fr": "rien"},
    "outing": {
        "en": "Half of {people} people out in {zone} have left for home by now (spread {spread}). Who "
        "finds no way is stranded.",
        "fr": "La moitié de {people} personnes sorties dans {zone} sont parties (dispersion {spread}). "
        "Qui ne trouve pas de chemin est bloqué.",
    },
    "service_end": {"en": "Last trains have run.", "fr": "Les derniers trains sont passés."},
    "service_start": {"en": "First trains run again.", "fr": "Les premiers trains repartent."},
} | PHRASES_OF_HELP
