"""What the traps change: right files beside the toy town, and what is written wrongly where."""

from __future__ import annotations

HEAD = """\
policy:
  id: {id}
  title: {{fr: Une mesure, en: A measure}}
  why: {{fr: Pour voir, en: To see}}
  source: invented
  cost: {{fr: rien, en: nothing}}
apply:
"""
POLICY = """\
  attention:
    seeing: 0.45
    awake: {"21": 0.5, "22": 0.4}
  topics:
    abri:
      infectiousness: 0.03
      variants: {"#abri": 5, "#abris": 0}
      kinds: {offer: 0.5}
      zone_factor: {commune: 1.1}
      delay: {law: empirical, quantiles: {"0": 5 s, "0.5": 3 min, "1": 2 h}}
  going_home:
    taxi: 0.3
    accept_ride: 80 min
  measures:
    more-taxis: {dial: taxi, factor: 1.5, at: "22:00", until: "23:00", source: invented}
  closures:
    second: {at: "22:00", until: "23:30", lines: [m1], source: invented}
  broadcasts:
    siren: {at: "21:10", audience: 0.3, zones: {centre: 1}, source: invented}
"""
OVERLAY = """\
  drivers:
    explosion:
      volume: 66.5
  topics:
    alerte:
      infectiousness: 0.0213
      half_life: 109.7 min
      delay: {law: empirical, quantiles: {"0": 5 s, "0.5": 3 min, "1": 2 h}}
  attention:
    awake: {"23": 0.55}
  network:
    shares: {centre: 4}
  evidence:
    peak_reading: event_per_second
"""
METRICS = """\
metrics:
  wait: {title: {fr: attente, en: wait}, metric: time_to_shelter(), better: less, unit: min, matters: 1}
  warned: {title: {fr: au courant, en: warned}, metric: aware_share(), window: ["21:00", "22:00"], better: more, unit: "%"}
  peak: {title: {fr: pointe, en: peak}, metric: "peak_rate(topic=abri, bin=60 s)", better: more, unit: tweets/min}
"""
COMPARE = f"""\
msgu: 1
id: trial
question: {{fr: "Que faire ?", en: "What to do?"}}
scenario: town.yaml
sets: ["seed=3"]
reps: 5
alternatives:
  taxis: {{sets: ["going_home.taxi=0.6"]}}
  mixed: {{policies: [mix]}}
readings:
  other: {{title: {{fr: autre, en: other}}, policies: [overlay.yaml], reps: 2}}
{METRICS}"""
SENSITIVITY = f"""\
msgu: 1
id: trial
question: {{fr: "Que faire ?", en: "What to do?"}}
scenario: town.yaml
alternatives:
  taxis: {{sets: ["going_home.taxi=0.6"]}}
{METRICS}uncertain:
  seeing: {{key: attention.seeing, low: 0.2, high: 0.8, source: invented}}
  ride: {{key: going_home.accept_ride, low: 60 min, high: 120 min, law: log, source: invented}}
sensitivity: {{metric: warned, method: morris, size: 4, reps: 1}}
"""
CALIBRATE = """\
study: 1
id: trial
title: {fr: Essai, en: Trial}
scenario: town.yaml
set: ["seed=3"]
levels:
  only: {scale: 1/2, points: 8, start: 4, waves: 2, replicates: 2, confirm: 2}
fresh_seed: 77
targets: [posts]
parameters:
  infectiousness:
    key: topics.alerte.infectiousness
    prior: {law: loguniform, low: 0.01, high: 0.05}
    source: invented
  volume:
    key: drivers.explosion.volume
    also: [drivers.chatter.volume]
    sets: factor
    prior: {law: uniform, low: 0.5, high: 2}
    source: invented
  life:
    key: topics.alerte.half_life
    unit: min
    prior: {law: triangular, low: 60, mode: 100, high: 240}
    source: invented
"""
UNSEEN = "\u200b\u200c\u200d\u00ad\u2060\u200e\u200f\u061c\u180e\u3164\u115f\u2800\ufe0f\u202e\u2066\u034f\U000e0041"
TEXTS = {
    "scenario": "title/en",
    "places": "zones/centre/name",
    "evidence": "figures/posts/quantity",
    "policy": "policy/why/en",
    "overlay": "policy/title/fr",
    "compare": "question/en",
    "sensitivity": "question/fr",
    "calibrate": "title/en",
}
NUMBERS = {
    "scenario": ("network/accounts", "topics/abri/infectiousness", "attention/seeing", "phones/channels"),
    "places": ("zones/centre/population", "zones/centre/area_km2", "metro/modes/metro/winding"),
    "evidence": ("figures/posts/value", "counters/clipping/kappa"),
    "policy": ("apply/attention/seeing", "apply/topics/abri/infectiousness"),
    "overlay": ("apply/drivers/explosion/volume", "apply/topics/alerte/infectiousness"),
    "compare": ("reps", "metrics/wait/matters"),
    "sensitivity": ("sensitivity/size", "sensitivity/reps"),
    "calibrate": ("levels/only/points", "parameters/volume/prior/high", "levels/only/scale", "fresh_seed"),
}
WRONG_NUMBERS = (
    "'5'",
    "0,5",
    "1 200,5",
    "1_000",
    "seven",
    ".nan",
    ".inf",
    "1e400",
    "0x1F",
    "0777",
    "[5]",
    "{a: 5}",
    "true",
    "5 %",
    "-7",
    "~x",
)
QUANTITIES = {
    "scenario": (
        "topics/alerte/half_life",
        "attention/half_load",
        "shelter/near",
        "going_home/walk_speed",
        "worry/reaction/median",
    ),
    "places": ("metro/transfer", "metro/reach", "zones/banlieue/ring_radius"),
    "policy": ("apply/going_home/accept_ride",),
    "overlay": ("apply/topics/alerte/half_life",),
}
WRONG_QUANTITIES = ("5", "'5'", "5 parsec", "1,5 units", "-5 s", "5 s 3 min", "five", "[5 s]", "5 kg")
TIMES = {
    "scenario": ("topics/alerte/onset", "pulses/all-clear/at", "desks/hotline/shifts/first/at", "closures/line/until"),
    "places": ("metro/service_end", "venues/hall/leaves"),
    "policy": ("apply/measures/more-taxis/at", "apply/closures/second/at"),
}
WRONG_TIMES = ('"25:00"', "21h", '"21:60"', "yesterday", "1260", "T+", '"9:5"', "2015-13-01T00:00:00Z", "null x")
OF_IDS = {
    "zones",
    "stations",
    "lines",
    "segments",
    "walks",
    "venues",
    "events",
    "accounts",
    "topics",
    "drivers",
    "gains",
    "pulses",
    "videos",
    "bots",
    "posts",
    "broadcasts",
    "operators",
    "desks",
    "shifts",
    "rates",
    "closures",
    "outings",
    "measures",
    "counters",
    "figures",
    "alternatives",
    "readings",
    "metrics",
    "uncertain",
    "levels",
    "parameters",
    "modes",
    "instructions",
    "variants",
}
HOURS = ('"21:00"', "21h", '"00"', '"24"', '"-1"', "noon", '"9.5"', '" 21"', '"021"', '"21:30"')
HOUR_MAPS = {
    "scenario": ("attention/awake/21", "phones/profile/21"),
    "policy": ("apply/attention/awake/21",),
    "overlay": ("apply/attention/awake/23",),
}
QUANTILE_MAPS = {
    "scenario": "topics/rumeur-port/delay/quantiles",
    "policy": "apply/topics/abri/delay/quantiles",
    "overlay": "apply/topics/alerte/delay/quantiles",
}
QUANTILES = {
    "percent": '{"0": 5 s, "50": 3 min, "100": 2 h}',
    "empty": "{}",
    "no least": '{"0.5": 3 min, "1": 2 h}',
    "no greatest": '{"0": 5 s, "0.5": 3 min}',
    "word": '{"0": 5 s, "median": 3 min, "1": 2 h}',
    "below 0": '{"-1": 1 s, "0": 5 s, "1": 2 h}',
    "above 1": '{"0": 5 s, "1": 2 h, "2": 3 h}',
    "not a number": '{"0": 5 s, "nan": 3 min, "1": 2 h}',
    "doubled": '{"0": 5 s, "0.5": 3 min, ".5": 4 min, "1": 2 h}',
    "doubled by a zero": '{"0": 5 s, "0.5": 3 min, "0.50": 4 min, "1": 2 h}',
    "doubled end": '{"0": 5 s, "1": 2 h, "1.0": 3 h}',
    "falling": '{"0": 5 s, "0.5": 3 h, "1": 2 h}',
    "percent sign": '{"0": 5 s, "50 %": 3 min, "1": 2 h}',
    "comma": '{"0": 5 s, "0,5": 3 min, "1": 2 h}',
    "infinite": '{"0": 5 s, "inf": 3 min, "1": 2 h}',
    "bare value": '{"0": 5 s, "0.5": 180, "1": 2 h}',
}
ZONES = {
    "scenario": (
        "network/shares",
        "topics/alerte/zone_factor",
        "drivers/explosion/zones",
        "phones/cells",
        "worry/affected",
        "worry/ties",
        "safety_check/zones",
        "going_home/homes",
        "shelter/host_zones",
    ),
    "places": ("venues/hall/people", "venues/hall/homes"),
    "policy": ("apply/topics/abri/zone_factor", "apply/broadcasts/siren/zones"),
    "overlay": ("apply/network/shares",),
}
NO_KINDS = (
    "network/shares",
    "phones/cells",
    "worry/affected",
    "going_home/homes",
    "shelter/host_zones",
    "venues/hall/people",
)
WEIGHTS = {
    "scenario": {
        "network/shares": "{centre: 0, nord: 0}",
        "topics/alerte/kinds": "{information: 0}",
        "topics/abri/variants": '{"#abri": 0}',
        "drivers/explosion/zones": "{centre: 0}",
        "worry/affected": "{centre: 0}",
        "going_home/homes": "{nord: 0, est: 0}",
        "shelter/host_zones": "{centre: 0}",
        "phones/operators": "{green: {share: 0}, blue: {share: 0}}",
        "missing/outcomes": "{found: 0, hospital: 0, dead: 0}",
    },
    "places": {"venues/hall/homes": "{nord: 0}"},
    "overlay": {"apply/network/shares": "{centre: 0, nord: 0, est: 0, sud: 0, port: 0, banlieue: 0, pays: 0, ailleurs: 0}"},
    "policy": {"apply/topics/abri/kinds": "{offer: 0, support: 0, noise: 0}"},
}
KINDS = ("topics/alerte/kinds", "topics/alerte/kind_factor")
LISTS = {
    "scenario": {
        "trending/topics": "[alerte, alerte]",
        "closures/line/lines": "[m2, m2]",
        "closures/station/stations": "[port, port]",
        "closures/cordon/cordon": "[centre, centre]",
        "measures/half-rate/zones": "[centre, centre]",
    },
    "places": {"zones/nord/adjacent": "[centre, centre]", "metro/walks/square/between": "[theatre, theatre]"},
    "policy": {"apply/closures/second/lines": "[m1, m1]"},
}
REFERENCES = {
    "scenario": {
        "trending/topics": "[abr]",
        "closures/line/lines": "[m3]",
        "closures/station/stations": "[gar]",
        "closures/cordon/cordon": "[arrondissement]",
        "gains/mairie-followed/account": "mary",
        "drivers/chatter/topic": "alert",
        "pulses/all-clear/topic": "nothing",
        "posts/first/account": "radios",
        "posts/first/kind": "news",
        "accounts/radio/zone": "ring",
        "accounts/radio/role": "editor",
        "outings/bars-port/zone": "harbour",
        "worry/post_topic": "alarm",
        "shelter/topic": "home",
        "missing/topic": "lost",
        "videos/street/topic": "films",
        "measures/half-rate/zones": "[commune]",
        "measures/calm-posts/topics": "[rumour]",
        "measures/free-taxis/dial": "taxis",
        "topics/alerte/delay/law": "log-normal",
        "topics/rumeur-port/claim/zone": "prot",
        "places": "toun",
        "evidence": "../town",
    },
    "places": {
        "zones/centre/kind": "district",
        "zones/nord/adjacent": "[center]",
        "venues/hall/station": "hall",
        "venues/hall/kind": "room",
        "metro/stations/port/zone": "prot",
        "metro/lines/m1/segments/all/stations": "[gare, nowhere]",
        "metro/walks/square/between": "[gare, gar]",
    },
    "evidence": {
        "peak_reading": "per_second",
        "figures/posts/role": "aim",
        "figures/posts/kind": "guessed",
        "figures/posts/confidence": "E",
        "figures/shelter-uses/counter": "clip",
        "figures/posts/metric": "post_total()",
        "figures/shelter-uses/metric": "uses(topic=abr)",
        "figures/opening/metric": "desk_answered_share()",
    },
    "policy": {"apply/measures/more-taxis/dial": "cabs", "apply/closures/second/lines": "[m9]"},
    "overlay": {"apply/evidence/peak_reading": "per_hour"},
    "compare": {
        "scenario": "twn.yaml",
        "alternatives/mixed/policies": "[mixed]",
        "readings/other/policies": "[overlays.yaml]",
        "metrics/warned/metric": "aware()",
        "metrics/warned/better": "higher",
        "metrics/peak/metric": '"peak_rate(topic=abr, bin=60 s)"',
    },
    "sensitivity": {
        "sensitivity/metric": "warn",
        "sensitivity/method": "moris",
        "uncertain/seeing/key": "attention.seing",
        "uncertain/ride/law": "normal",
        "uncertain/seeing/low": "low",
    },
    "calibrate": {
        "targets": "[post]",
        "parameters/infectiousness/key": "topics.alert.infectiousness",
        "parameters/volume/also": "[drivers.chat.volume]",
        "parameters/volume/sets": "times",
        "parameters/volume/prior/law": "gauss",
        "scenario": "toy.yaml",
        "parameters/life/unit": "mins",
    },
}
UNITS = {
    "posts": ("tweets/min", "%", "s", "share", "2 tweets", "rank"),
    "opening": ("operators", "calls/s", "min", "posts"),
    "shelter-uses": ("uses/h", "hours", "ratio"),
}
OF_METRICS = {
    "peak_rate(bin=60 s)": ("tweets", "s", "%", "tweets/km", "1"),
    "time_to_shelter()": ("posts", "%", "1", "/s"),
    "rank(topic=abri)": ("posts", "%"),
    "retweets_per_original(topic=abri)": ("posts", "s"),
    "misinformed_hours(topic=rumeur-port)": ("posts", "%", "1"),
    "marks()": ("persons/min", "%"),
}
SPELLINGS = {
    "case": '{"Abri": 1, "ABRI": 2}',
    "accents in two forms": '{"#caf\u00e9": 1, "#cafe\u0301": 1}',
    "width": '{"#abri": 1, "#\uff41bri": 1}',
    "a blank": '{"#abri": 1, "# abri": 1}',
    "sharp s": '{"stra\u00dfe": 1, "STRASSE": 1}',
    "no letters": '{"#": 1, "#abri": 2}',
    "empty": '{"": 1, "#abri": 2}',
}
BOUNDS = {
    "low above value": ("figures/posts/low", "700"),
    "high below value": ("figures/posts/high", "500"),
    "low above high": ("figures/posts/low", "5000"),
    "kappa 0": ("counters/clipping/kappa", "0"),
    "kappa below low": ("counters/clipping/kappa", "0.5"),
    "kappa above high": ("counters/clipping/kappa", "1.5"),
    "counter low above high": ("counters/clipping/low", "2"),
    "counter low 0": ("counters/clipping/low", "0"),
    "window backwards": ("figures/posts/window", '["23:00", "21:00"]'),
    "window of one": ("figures/posts/window", '["23:00"]'),
    "weight above 1": ("figures/posts/weight", "2"),
    "share in percent": ("figures/opening/value", "80"),
    "share above 1": ("figures/opening/high", "1.2"),
}
MOVES = {
    "id": "other",
    "start": "2015-11-13T20:00:00+01:00",
    "horizon": "3 h",
    "msgu": "1",
    "title": "{fr: a, en: a}",
    "scale": "1/2",
    "seed": "7",
    "record": "{bin: 30 s}",
    "extends": "town.yaml",
}
STUDIES = {
    "compare": {
        "unit of a metric": ("metrics/wait/unit", "posts"),
        "unit of a share": ("metrics/warned/unit", "min"),
        "rate as a count": ("metrics/peak/unit", "tweets"),
        "window backwards": ("metrics/warned/window", '["22:00", "21:00"]'),
        "window of one": ("metrics/warned/window", '["22:00"]'),
        "set of nothing": ("alternatives/taxis/sets", '["going_home.taxis=0.6"]'),
        "set without a value": ("alternatives/taxis/sets", '["going_home.taxi="]'),
        "set of a new zone": ("alternatives/taxis/sets", '["places.zones.centr.population=4"]'),
        "common set of nothing": ("sets", '["sead=3"]'),
        "set twice": ("alternatives/taxis/sets", '["going_home.taxi=0.6", "going_home.taxi=0.7"]'),
        "no alternatives": ("alternatives", "{}"),
        "set of an hour": ("alternatives/taxis/sets", '["attention.awake.24=0.6"]'),
        "reading of nothing": ("readings/other", "{reps: 2}"),
        "reading without a file": ("readings/other/policies", "[nothing.yaml]"),
        "no nights": ("reps", "0"),
        "reading of another seed": ("readings/other", '{sets: ["seed=9"]}'),
        "reading of another scale": ("readings/other", '{sets: ["scale=1/2"]}'),
        "id with a blank": ("id", "my study"),
        "one language": ("question", "{fr: Quoi}"),
    },
    "sensitivity": {
        "low above high": ("uncertain/seeing/low", "0.9"),
        "equal ends": ("uncertain/seeing/low", "0.8"),
        "log of 0": ("uncertain/ride/low", "0 min"),
        "two units": ("uncertain/ride/high", "2 h"),
        "beyond the range": ("uncertain/seeing/high", "1.5"),
        "no unit": ("uncertain/ride", "{key: going_home.accept_ride, low: 1, high: 2}"),
        "one trajectory": ("sensitivity/size", "1"),
        "no parameters": ("uncertain", "{}"),
        "no power of two": ("sensitivity", "{metric: warned, method: sobol, size: 6}"),
    },
    "calibrate": {
        "low above high": ("parameters/volume/prior/low", "3"),
        "log of 0": ("parameters/infectiousness/prior/low", "0"),
        "mode outside": ("parameters/life/prior/mode", "10"),
        "factor below 0": ("parameters/volume/prior/low", "-1"),
        "same seeds": ("fresh_seed", "1"),
        "nothing confirmed": ("levels/only/confirm", "0"),
        "one confirmed": ("levels/only/confirm", "1"),
        "start above points": ("levels/only/start", "9"),
        "no parameter": ("parameters", "{}"),
        "no level": ("levels", "{}"),
        "set of nothing": ("set", '["sead=3"]'),
        "no scale": ("levels/only/scale", "1/3.5"),
        "wrong models": ("levels/only/models", "post"),
        "beyond the range": ("parameters/life/prior/low", "-60"),
        "factor on a duration": ("parameters/volume/key", "topics.alerte.half_life"),
        "a block": ("parameters/volume/key", "topics.alerte"),
        "reading": ("search", "wave"),
    },
}
SETS: dict[str, tuple[str, ...]] = {
    "a value twice": ("seed=2", "seed=3"),
    "a mapping, then below it": ("record={}", "record.bin=1 s"),
    "below a mapping, then it": ("record.bin=1 s", "record={}"),
    "an empty value": ("seed=",),
    "no value": ("seed",),
    "no key": ("=3",),
    "a doubled dot": ("record..bin=1 s",),
    "an empty text": ("",),
    "a new zone": ("places.zones.centr.population=3",),
    "a new operator": ("phones.operators.gren.share=3",),
    "a new shift": ("desks.hotline.shifts.nigth.operators=3",),
    "an unknown key": ("sead=3",),
    "an unknown block": ("recrd.bin=1 s",),
    "a value below a value": ("seed.x=3",),
    "a list below a mapping": ("topics=[a]",),
    "an anchor": ("seed=&a 3",),
    "a tag": ("seed=!!int 3",),
    "two lines": ("seed=3\nscale=1/2",),
    "a hidden character": ("title.en=a\u200bb",),
    "a hidden escape": ('title.en="a\\u200bb"',),
    "a hidden key": ("see\u200bd=3",),
    "a mark of direction": ("title.en=\u202ex",),
    "a hashtag": ("topics.abri.title=#x",),
    "a comma": ("attention.seeing=0,5",),
    "a comma in braces": ("attention={seeing: 0,5}",),
    "grouped digits": ("network.accounts=2 000",),
    "underscores": ("network.accounts=2_000",),
    "per cent": ("attention.seeing=50 %",),
    "a fraction of a whole": ("network.accounts=2.5e0",),
    "scale of nothing": ("scale=0",),
    "scale above 1": ("scale=2",),
    "scale in per cent": ("scale=1 %",),
    "an odd scale": ("scale=0.3",),
    "a bare duration": ("horizon=4",),
    "an hour with minutes": ('attention.awake."21:00"=0.5',),
    "hour 24": ("attention.awake.24=0.5",),
    "hour 00": ("attention.awake.00=0.5",),
    "a zone of nowhere": ("going_home.homes.nowhere=3",),
    "a kind for a zone": ("going_home.homes.commune=3",),
    "a quantile in per cent": ('topics.rumeur-port.delay.quantiles."50"=3 min',),
    "a doubled quantile": ('topics.rumeur-port.delay.quantiles.".5"=3 min',),
    "weights of 0": ("topics.rumeur-port.kinds.rumour=0",),
    "a spelling twice": ('topics.abri.variants."#ABRI"=3',),
    "another unit": ("evidence.figures.posts.unit=tweets/min",),
    "no kappa": ("evidence.counters.clipping.kappa=0",),
    "zones of a dial": ("measures.free-taxis.zones=[centre]",),
    "topics of a dial": ("measures.half-rate.topics=[abri]",),
    "half an entry": ("posts.new.at=21:00",),
    "a date in the past": ("topics.alerte.onset=2015-11-12T20:00:00+01:00",),
    "no such hour": ("topics.alerte.onset=25:00",),
    "old truth": ("record.event_log=yes",),
    "a word for a number": ("seed=seven",),
    "infinity": ("attention.activity_sigma=.inf",),
    "a null": ("seed=null",),
    "an empty mapping": ("topics.abri.kinds={}",),
    "an empty block": ("attention={}",),
    "an octal": ("seed=0777",),
    "a file out of the folder": ("places=../town",),
    "a file that is not there": ("evidence=twn",),
}
