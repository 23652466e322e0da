"""The tables of Paris 2015 agree with what is known of the city and of its network."""

from __future__ import annotations

import math
from datetime import datetime

import networkx as nx
import numpy as np
import pytest
from msgu.errors import SchemaProblem
from msgu.scenario.schema.places import Places, Station, Zone
from msgu.scenario.yaml.nodes import to_plain
from msgu.scenario.yaml.read import read_tree
from msgu.world.distances import great_circle
from msgu.world.places import build_places

from tests import SCENARIOS

FILE = SCENARIOS / "places" / "paris-2015.yaml"
START = datetime.fromisoformat("2015-11-13T20:00:00+01:00")

# Stations of each line in November 2015, branches and loops included.
STATIONS_OF_LINE = {
    "line-1": 25, "line-2": 25, "line-3": 25, "line-3bis": 4, "line-4": 27, "line-5": 22, "line-6": 28, "line-7": 38,
    "line-7bis": 8, "line-8": 38, "line-9": 37, "line-10": 23, "line-11": 13, "line-12": 29, "line-13": 32, "line-14": 9,
}  # fmt: skip
TERMINI = {
    "line-1": {"La Défense", "Château de Vincennes"},
    "line-2": {"Porte Dauphine", "Nation"},
    "line-3": {"Pont de Levallois-Bécon", "Gallieni"},
    "line-3bis": {"Porte des Lilas", "Gambetta"},
    "line-4": {"Porte de Clignancourt", "Mairie de Montrouge"},
    "line-5": {"Bobigny-Pablo Picasso", "Place d'Italie"},
    "line-6": {"Charles de Gaulle-Étoile", "Nation"},
    "line-7": {"La Courneuve-8 Mai 1945", "Villejuif-Louis Aragon", "Mairie d'Ivry"},
    "line-7bis": {"Louis Blanc"},
    "line-8": {"Balard", "Pointe du Lac"},
    "line-9": {"Pont de Sèvres", "Mairie de Montreuil"},
    "line-10": {"Boulogne-Pont de Saint-Cloud", "Gare d'Austerlitz"},
    "line-11": {"Châtelet", "Mairie des Lilas"},
    "line-12": {"Front Populaire", "Mairie d'Issy"},
    "line-13": {"Saint-Denis-Université", "Les Courtilles", "Châtillon-Montrouge"},
    "line-14": {"Saint-Lazare", "Olympiades"},
}
HUBS = {
    "République": "3 5 8 9 11", "Châtelet": "1 4 7 11 14", "Nation": "1 2 6 9", "Montparnasse-Bienvenüe": "4 6 12 13",
    "Saint-Lazare": "3 12 13 14", "Bastille": "1 5 8", "Opéra": "3 7 8", "Gare de l'Est": "4 5 7",
    "Strasbourg-Saint-Denis": "4 8 9", "Place d'Italie": "5 6 7", "Charles de Gaulle-Étoile": "1 2 6",
    "Madeleine": "8 12 14",
    "La Motte-Picquet-Grenelle": "6 8 10", "Concorde": "1 8 12", "Stalingrad": "2 5 7", "Jaurès": "2 5 7bis",
}  # fmt: skip
# Stations of each line where one changes to another line under the same name, from memory of the line maps of 2015.
INTERCHANGES_OF_LINE = {
    "line-1": 11, "line-2": 10, "line-3": 9, "line-3bis": 2, "line-4": 11, "line-5": 9, "line-6": 11, "line-7": 10,
    "line-7bis": 3, "line-8": 13, "line-9": 14, "line-10": 8, "line-11": 7, "line-12": 8, "line-13": 7, "line-14": 6,
}  # fmt: skip
# Stations still shut on Saturday morning that the press named (evidence I29), and their lines.
SHUT_ON_SATURDAY = {
    "République": "3 5 8 9 11", "Parmentier": "3", "Oberkampf": "5 9", "Filles du Calvaire": "8",
    "Strasbourg-Saint-Denis": "4 8 9", "Saint-Sébastien-Froissart": "8", "Saint-Ambroise": "9",
}  # fmt: skip
# Published lengths of the lines in 2015, from memory [km]; a chord is shorter than its track.
LENGTH_OF_LINE = {
    "line-1": 16.6, "line-2": 12.4, "line-3": 11.7, "line-3bis": 1.3, "line-4": 12.1, "line-5": 14.6, "line-6": 13.6,
    "line-8": 23.4,
    "line-9": 19.6, "line-11": 6.3, "line-12": 15.3, "line-13": 24.4, "line-14": 9.2,
}  # fmt: skip
# Straight avenues between two stations, from memory [km]: the stations stand on the squares at their ends.
AVENUES = {
    ("republique", "nation"): 3.1,  # boulevard Voltaire, 2.85, and half of both squares
    ("republique", "barbes-rochechouart"): 2.0,  # boulevard de Magenta, 1.92
    ("concorde", "saint-paul"): 3.07,  # rue de Rivoli
    ("charles-de-gaulle-etoile", "concorde"): 2.1,  # Champs-Élysées, 1.91, and a part of both squares
    ("chatelet", "gare-de-l-est"): 2.1,  # boulevards de Sébastopol and de Strasbourg
    ("bastille", "nation"): 1.9,  # rue du Faubourg-Saint-Antoine, 1.81
    (
        "charles-de-gaulle-etoile",
        "la-defense",
    ): 4.6,  # the axis: avenues de la Grande-Armée and Charles-de-Gaulle, Pont de Neuilly
}


@pytest.fixture(scope="module")
def places() -> Places:
    tree, problems = read_tree(str(FILE), FILE.read_text(encoding="utf-8"))
    assert problems == []
    assert tree is not None
    return Places.model_validate(to_plain(tree), context={"start": START})


def metres(a: Station | Zone, b: Station | Zone) -> float:
    return float(great_circle(np.array(a.lat), np.array(a.lon), np.array(b.lat), np.array(b.lon)))


def metro_lines(places: Places) -> dict[str, set[str]]:
    """Station ids of each metro line."""
    return {
        key: {name for segment in line.segments.values() for name in segment.stations}
        for key, line in places.metro.lines.items()
        if line.mode == "metro"
    }


def lines_at(places: Places, name: str) -> set[str]:
    """Metro lines at the station of that name, as riders call them."""
    keys = {key for key, station in places.metro.stations.items() if station.name == name}
    return {key.removeprefix("line-") for key, stations in metro_lines(places).items() if stations & keys}


def hops(places: Places, line: str) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for segment in places.metro.lines[line].segments.values():
        nx.add_path(graph, segment.stations)
        if not segment.one_way:
            nx.add_path(graph, segment.stations[::-1])
    return graph


def test_the_metro_has_16_lines_and_302_stations(places: Places) -> None:
    lines = metro_lines(places)
    assert len(lines) == 16
    assert len(set().union(*lines.values())) == 302


def test_each_line_has_its_number_of_stations(places: Places) -> None:
    assert {key: len(stations) for key, stations in metro_lines(places).items()} == STATIONS_OF_LINE


def test_58_stations_are_transfers_and_each_line_has_its_number_of_them(places: Places) -> None:
    """302 stations make 383 stops of lines, so the transfers of the lines add up to 58 stations and 81 stops more."""
    lines = metro_lines(places)
    calls = [name for stations in lines.values() for name in stations]
    shared = {name for name in calls if calls.count(name) > 1}
    assert {key: len(stations & shared) for key, stations in lines.items()} == INTERCHANGES_OF_LINE
    assert (
        (len(shared), len(calls)) == (58, 383) == (sum(INTERCHANGES_OF_LINE.values()) - 81, sum(STATIONS_OF_LINE.values()))
    )


def test_each_line_ends_where_it_ended_in_2015(places: Places) -> None:
    found = {}
    for key in metro_lines(places):
        graph = hops(places, key)
        found[key] = {
            places.metro.stations[name].name for name in graph if graph.out_degree(name) == 1 == graph.in_degree(name)
        }
    loops = {"line-7bis": {"Place des Fêtes", "Pré-Saint-Gervais", "Danube"}}
    loops["line-10"] = {
        "Michel-Ange-Molitor",
        "Chardon-Lagache",
        "Mirabeau",
        "Église d'Auteuil",
        "Michel-Ange-Auteuil",
        "Porte d'Auteuil",
    }
    assert {key: ends - loops.get(key, set()) for key, ends in found.items()} == TERMINI


@pytest.mark.parametrize("name", sorted(HUBS))
def test_a_hub_has_its_lines(places: Places, name: str) -> None:
    assert lines_at(places, name) == set(HUBS[name].split())


def test_the_stations_shut_on_saturday_exist_with_their_lines(places: Places) -> None:
    assert {name: lines_at(places, name) for name in SHUT_ON_SATURDAY} == {
        k: set(v.split()) for k, v in SHUT_ON_SATURDAY.items()
    }


def test_the_loops_run_one_way(places: Places) -> None:
    auteuil, fetes = hops(places, "line-10"), hops(places, "line-7bis")
    assert nx.shortest_path_length(auteuil, "mirabeau", "javel-andre-citroen") == 1
    assert nx.shortest_path_length(auteuil, "javel-andre-citroen", "mirabeau") == 7
    assert nx.shortest_path_length(fetes, "botzaris", "danube") == 3
    assert nx.shortest_path_length(fetes, "danube", "botzaris") == 1


def test_every_station_is_reached_from_every_other_by_metro_alone(places: Places) -> None:
    graph = nx.compose_all([hops(places, key) for key in metro_lines(places)])
    assert nx.is_strongly_connected(graph)
    everything = nx.compose_all([hops(places, key) for key in places.metro.lines])
    everything.add_edges_from((a, b) for walk in places.metro.walks.values() for a, b in (walk.between, walk.between[::-1]))
    assert nx.is_strongly_connected(everything)
    assert set(everything) == set(places.metro.stations)


def test_station_names_differ_and_keep_their_accents(places: Places) -> None:
    stations = set().union(*metro_lines(places).values())
    names = [places.metro.stations[key].name for key in stations]
    assert len(set(names)) == len(names)
    assert {
        "Église d'Auteuil",
        "Bérault",
        "Père Lachaise",
        "Gaîté",
        "Guy Môquet",
        "Montparnasse-Bienvenüe",
    } <= set(names)


@pytest.mark.parametrize("pair", sorted(AVENUES))
def test_a_known_distance_is_within_15_percent(places: Places, pair: tuple[str, str]) -> None:
    a, b = (places.metro.stations[name] for name in pair)
    assert metres(a, b) / 1000.0 == pytest.approx(AVENUES[pair], rel=0.15)


@pytest.mark.parametrize("line", sorted(LENGTH_OF_LINE))
def test_the_chords_of_a_line_add_up_to_a_little_less_than_its_length(places: Places, line: str) -> None:
    pairs = {tuple(sorted(pair)) for pair in hops(places, line).edges}
    chords = sum(metres(places.metro.stations[a], places.metro.stations[b]) for a, b in pairs) / 1000.0
    assert 0.85 * LENGTH_OF_LINE[line] <= chords <= 1.02 * LENGTH_OF_LINE[line] + 0.15  # positions to 40 m, at both ends


def test_metro_hops_have_metro_length_and_the_longest_is_on_line_14(places: Places) -> None:
    stations = places.metro.stations
    pairs = {tuple(sorted(pair)) for key in metro_lines(places) for pair in hops(places, key).edges}
    far = {pair: metres(stations[pair[0]], stations[pair[1]]) for pair in pairs}
    assert min(far.values()) > 200.0
    assert max(far.values()) < 2700.0
    assert max(far, key=far.__getitem__) == ("chatelet", "gare-de-lyon")


def test_stations_of_a_compact_zone_lie_in_or_at_its_edge(places: Places) -> None:
    for key, station in places.metro.stations.items():
        zone = places.zones[station.zone]
        if zone.kind != "ring":
            assert metres(station, zone) < 2.0 * math.sqrt(zone.area_km2 * 1e6 / math.pi) + 500.0, key


def test_walking_transfers_are_walks_of_two_to_twenty_five_minutes(places: Places) -> None:
    for key, walk in places.metro.walks.items():
        a, b = (places.metro.stations[name] for name in walk.between)
        assert metres(a, b) / walk.time < 1.7, key  # nobody runs: straight line over time [m/s]
        assert 120.0 <= walk.time <= 1500.0, key


def test_the_arrondissements_add_up_to_paris(places: Places) -> None:
    rows = [zone for zone in places.zones.values() if zone.kind == "arrondissement"]
    assert len(rows) == 20
    assert sum(zone.population or 0 for zone in rows) == pytest.approx(2_206_488, rel=0.02)  # INSEE 2015 (evidence P17)
    assert sum(zone.area_km2 for zone in rows) == pytest.approx(105.4, rel=0.005)
    assert places.zones["paris-11"].population == 153_461  # INSEE 2013 (evidence P17)


def test_the_region_and_the_country_add_up(places: Places) -> None:
    region = [zone for zone in places.zones.values() if zone.kind in ("arrondissement", "commune", "ring")]
    assert sum(zone.population or 0 for zone in region) == pytest.approx(12.0e6, rel=0.02)
    assert sum(zone.area_km2 for zone in region) == pytest.approx(12_012, rel=0.01)
    assert sum(zone.population or 0 for zone in places.zones.values()) == pytest.approx(66.0e6, rel=0.02)


def test_nobody_of_the_model_lives_abroad(places: Places) -> None:
    abroad = [zone for zone in places.zones.values() if zone.kind == "abroad"]
    assert len(abroad) >= 9
    assert all(zone.population is None for zone in abroad)


def test_neighbours_are_near_and_those_who_touch_paris_are_its_outer_ring(places: Places) -> None:
    for key, zone in places.zones.items():
        for other in zone.adjacent:
            reach = sum(math.sqrt(places.zones[name].area_km2 * 1e6 / math.pi) for name in (key, other))
            assert metres(zone, places.zones[other]) < 1.8 * reach + 500.0, (key, other)
    inner = {f"paris-{n:02d}" for n in range(1, 12)}
    communes = {key for key, zone in places.zones.items() if zone.kind == "commune"}
    assert not any(set(places.zones[key].adjacent) & communes for key in inner)
    assert all(set(places.zones[f"paris-{n:02d}"].adjacent) & communes for n in range(12, 21))


def test_adjacency_is_symmetric_and_joins_the_compact_zones(places: Places) -> None:
    built = build_places(places)
    assert (built.adjacent == built.adjacent.T).all()
    assert not built.adjacent.diagonal().any()
    compact = [key for key, zone in places.zones.items() if zone.kind in ("arrondissement", "commune")]
    assert nx.is_connected(nx.Graph([(key, other) for key in compact for other in places.zones[key].adjacent]))


def test_every_table_says_its_source_and_every_assumption_its_range(places: Places) -> None:
    for name in type(places.provenance).model_fields:
        block = getattr(places.provenance, name)
        assert block.source != "assumption" or block.note, name
        assert block.confidence in "ABCDM"
    assert places.venues["stade-de-france"].people == {"saint-denis": 80_000}  # evidence P19
    assert places.venues["bataclan"].people == {"paris-11": 1_500}  # evidence P20
    for key in ("bars", "shows"):
        assert places.venues[key].high / places.venues[key].low >= 4.0  # a factor of two both ways


def test_a_one_sided_neighbour_is_refused_with_its_place() -> None:
    zones = {"a": {"adjacent": ["b"]}, "b": {}}
    with pytest.raises(ValueError, match="symmetric list") as caught:
        Places.model_validate({"zones": zones})
    problem = caught.value.errors()[0]["ctx"]["error"]  # type: ignore[attr-defined]
    assert isinstance(problem, SchemaProblem)
    assert [loc for loc, *_ in problem.problems] == [("zones", "a", "adjacent", 0)]


def test_an_unknown_station_is_refused_with_the_nearest_name() -> None:
    metro = {
        "modes": {
            "metro": {
                "headway": "5 min",
                "cruise": "40 km/h",
                "stop_loss": "15 s",
                "dwell": "20 s",
                "winding": 1.1,
            }
        },
        "stations": {"oberkampf": {"zone": "a"}, "republique": {"zone": "a"}},
        "lines": {"line-9": {"segments": {"main": {"stations": ["republique", "oberkamf"]}}}},
    }
    with pytest.raises(ValueError, match="oberkamf") as caught:
        Places.model_validate({"zones": {"a": {}}, "metro": metro})
    problem = caught.value.errors()[0]["ctx"]["error"]  # type: ignore[attr-defined]
    assert problem.problems == [
        (
            ("metro", "lines", "line-9", "segments", "main", "stations", 1),
            "'oberkamf'",
            "a station of these places",
            "oberkampf",
        )
    ]
