"""Arrays of people who are out, hosts and seekers; see docs/model/closures.md and docs/model/shelter.md."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from msgu.kernels.arrays.declare import F64, I8, I16, I32, I64, U8, U64, Array, Given, Number
from msgu.kernels.state import FLAG_MAP_OPEN


class People(NamedTuple):
    """People who are out, the ways home, hosts and contacts."""

    # people who are out
    at: Annotated[I16, Array("out", "zone where a person is")]
    home: Annotated[I16, Given("out", "zone where a person lives")]
    bound: Annotated[I16, Array("out", "zone where a person is going")]
    to_host: Annotated[U8, Array("out", "whether the way ends at a host")]
    state: Annotated[I8, Array("out", "state of a person, see OUT to OUTSIDE of `msgu.kernels.state`")]
    seeker: Annotated[U8, Array("out", "whether a person would look for a host")]
    indoors: Annotated[F64, Array("out", "until when a person stays in", "s")]
    told: Annotated[I64, Array("out", "1 + the instruction that a person follows, 0: none")]
    told_law: Annotated[I64, Given("told rows", "law of the reaction to an instruction, and to the end of a message")]
    stuck: Annotated[U8, Array("out", "whether a person was ever stranded")]
    look: Annotated[F64, Array("out", "first look for a host, NaN: never", "s", start=np.nan)]
    yes: Annotated[F64, Array("out", "when a host said yes, NaN: never", "s", start=np.nan)]
    door: Annotated[F64, Array("out", "arrival at the host, NaN: never", "s", start=np.nan)]
    looks: Annotated[I32, Array("out", "readings of the stream or the map")]
    tries: Annotated[I32, Array("out", "hosts contacted")]
    # whose clones they are, see docs/concepts/bridge.md
    resident: Annotated[I32, Given("bridged", "resident of whom a person is a clone, -1: nobody")]
    originals: Annotated[
        U64, Given("bridged people / 64, 2", "bitmap: whether a resident has clones; how many have before those of a word")
    ]
    clone_start: Annotated[I32, Given("originals + 1", "where the clones of such a resident begin in `clone`")]
    clone: Annotated[I32, Given("clones", "people who are out, by the resident of whom they are clones")]
    # residents who stand for them, see docs/concepts/bridge.md
    stands: Annotated[I32, Given("standing", "resident who stands for a person, -1: nobody")]
    home_cell: Annotated[I32, Given("standing", "cell of that resident's calls once the person is home")]
    learner: Annotated[I32, Given("standing", "resident who learns what a person sees, -1: nobody")]
    sight_law: Annotated[I64, Given("sights seen", "law of the reaction of witnesses")]
    # hearing that shelter is offered
    heard: Annotated[F64, Array("hearing out", "when a person heard of it, NaN: not yet", "s", start=np.nan)]
    heard_how: Annotated[I8, Array("hearing out", "how, see BY_NETWORK to BY_OTHER of `msgu.kernels.state`")]
    asks: Annotated[I32, Array("hearing out", "how often a person has asked, or will next")]
    waiting: Annotated[I64, Array("zone rows, 2", "people stranded in a zone now, and those of them who have heard")]
    heard_by_accounts: Annotated[
        I64, Array("bins, zone rows, 2", "accounts that may host and hear of it, and those that will offer")
    ]
    may_host: Annotated[U64, Given("hearing accounts / 64", "bitmap: whether an account offers with a chance")]
    offers: Annotated[float, Number("that chance, once it has heard")]
    offer_after: Annotated[int, Number("law of the wait before it does")]
    meets: Annotated[float, Number("mean time before somebody stranded asks another, 0: nobody does", "s")]
    tells: Annotated[float, Number("chance that one who is asked and has heard tells")]
    # the ways now
    ride: Annotated[F64, Array("zones, zones", "time by public transport, infinite where there is none", "s", start=np.inf)]
    walk: Annotated[F64, Array("zones, zones", "time on foot, infinite where there is no way", "s", start=np.inf)]
    road: Annotated[F64, Array("zones, zones", "length of the way, cordons and borders gone round", "m", start=np.inf)]
    cordon: Annotated[
        U8, Array("zones", "what a cordon lets through: CORDON, LETS_RESIDENTS, LETS_LEAVERS; 0: there is none")
    ]
    # the ways of those who go round an area that they were asked to keep out of
    around: Annotated[U8, Array("out", "1 + the message that asks to go round its area, in the order of `detours`, 0: none")]
    around_until: Annotated[F64, Given("detours", "until when one goes round it", "s")]
    around_ride: Annotated[F64, Array("detours, zones, zones", "time by public transport round the area", "s", start=np.inf)]
    around_walk: Annotated[F64, Array("detours, zones, zones", "time on foot round the area", "s", start=np.inf)]
    around_road: Annotated[F64, Array("detours, zones, zones", "length of the way round the area", "m", start=np.inf)]
    # geometry
    distance: Annotated[F64, Given("zones, zones", "mean distance between people of two zones", "m")]
    east: Annotated[F64, Given("zones, zones", "from centre to centre, east", "m")]
    north: Annotated[F64, Given("zones, zones", "from centre to centre, north", "m")]
    radius: Annotated[F64, Given("zones", "radius over which the people of a zone are spread", "m")]
    ring: Annotated[U8, Given("zones", "whether they are on its circle rather than in its disc")]
    pace: Annotated[float, Number("time on foot for each metre of a straight line", "s/m")]
    nearness: Annotated[I16, Given("zones, zones", "zones from near to far")]
    # going home
    accept_ride: Annotated[float, Number("longest ride that is taken", "s")]
    accept_walk: Annotated[float, Number("longest way that is walked at once", "s")]
    taxi: Annotated[float, Number("chance of a taxi")]
    taxi_speed: Annotated[float, Number("speed of a taxi along the straight line", "m/s")]
    patience: Annotated[int, Number("law of how long one stays stranded")]
    # looking for a host
    start_after: Annotated[int, Number("law of the wait before the first reading")]
    item_time: Annotated[float, Number("time to read an item", "s")]
    batch: Annotated[int, Number("items read at a time")]
    window: Annotated[float, Number("how far back the stream is read", "s")]
    near: Annotated[float, Number("longest way to a host that is taken", "m")]
    host_zones: Annotated[F64, Given("zone rows", "cumulative shares of the hosts")]
    more_places: Annotated[float, Number("mean places of a host beyond the first")]
    contact: Annotated[int, Number("law of the wait for a host's answer")]
    accepts: Annotated[float, Number("chance that a host accepts")]
    fresh: Annotated[int, Number("law of how long an offer stands")]
    hoaxes: Annotated[float, Number("share of the offers that are a hoax")]
    located: Annotated[float, Number("share of the offers that say where they are")]
    fear: Annotated[float, Number("chance that a host who is not verified is not contacted")]
    map_use: Annotated[float, Number("chance that a seeker uses the map", unread_until=FLAG_MAP_OPEN)]
    map_coverage: Annotated[
        float, Number("share of the offers that are listed without volunteers", unread_until=FLAG_MAP_OPEN)
    ]
    map_delay: Annotated[float, Number("after how long such an offer is listed", "s", FLAG_MAP_OPEN)]
    # hosts: place = offer x clones + clone
    taken: Annotated[U8, Array("places", "beds taken")]
    asked: Annotated[U8, Array("places", "contacts under way from the map")]
    met: Annotated[U8, Array("places", "bits: 1 seen, 2 contacted")]
    gone: Annotated[U8, Array("places", "whether it is reported gone on the map")]
    place_zone: Annotated[I16, Array("places", "zone of a host")]
    place_east: Annotated[F64, Array("places", "place of a host from the centre of its zone, east", "m")]
    place_north: Annotated[F64, Array("places", "place of a host from the centre of its zone, north", "m")]
    place_room: Annotated[U8, Array("places", "beds")]
    place_listed: Annotated[U8, Array("places", "whether it is listed without volunteers")]
    map_place: Annotated[I64, Array("places", "places by zone")]
    map_start: Annotated[I64, Array("zones + 1", "where a zone begins in `map_place`")]
    indexed: Annotated[I64, Array("2", "offers whose places are known, and of these sorted by zone")]
    offer_post: Annotated[I64, Array("offers", "post of an offer")]
    verified: Annotated[U8, Array("offers", "whether volunteers have checked it")]
    # series
    change: Annotated[I64, Array("bins, zone rows, 12", "change of the people in a state")]
    entered: Annotated[I64, Array("bins, zone rows, 12", "people who come into a state")]
    counts: Annotated[I64, Array("bins, zone rows, 6", "items read, offers met, near ones, contacts, housed, in vain")]
    # dangers; people, chords and bins only where there are any
    danger_east: Annotated[F64, Given("zones, dangers", "from the centre of a zone to a danger, east", "m")]
    danger_north: Annotated[F64, Given("zones, dangers", "from the centre of a zone to a danger, north", "m")]
    danger_radius: Annotated[F64, Given("dangers", "how far a danger reaches", "m")]
    danger_margin: Annotated[F64, Given("dangers", "how near to its edge a way must come to lead towards it", "m")]
    danger_at: Annotated[F64, Given("dangers", "from when on it is active", "s")]
    danger_until: Annotated[F64, Given("dangers", "until when", "s")]
    endangered: Annotated[U8, Given("zones", "whether somebody who stays in a zone may be within reach of a danger")]
    ground: Annotated[I16, Given("endangered people", "where a person stands, -1: anywhere in the zone")]
    ground_east: Annotated[F64, Given("grounds", "centre of such a place from that of its zone, east", "m")]
    ground_north: Annotated[F64, Given("grounds", "centre of such a place from that of its zone, north", "m")]
    ground_radius: Annotated[F64, Given("grounds", "radius over which its people stand", "m")]
    first_danger: Annotated[float, Number("from when on any danger is active", "s")]
    last_danger: Annotated[float, Number("until when any danger is active", "s")]
    since: Annotated[F64, Array("endangered people", "until when what a person did is counted", "s")]
    due: Annotated[F64, Array("endangered people", "when the way of a person ends", "s")]
    host: Annotated[I64, Array("endangered people", "host to whom a person goes, as in `places`")]
    met_danger: Annotated[
        U8,
        Array("endangered people, dangers + 1", "bits: 1 within reach, 2 walked towards, 4 held within reach; last: of any"),
    ]
    chord_from: Annotated[F64, Array("dangers", "from when on somebody was within reach; of one stay or way", "s")]
    chord_until: Annotated[F64, Array("dangers", "until when", "s")]
    near_change: Annotated[
        I64, Array("danger bins, zone rows, dangers + 1, 4", "change of the people within reach: street, venue, held, home")
    ]
    near_time: Annotated[F64, Array("danger bins, zone rows, dangers + 1, 4", "what this change brings in its bin", "s")]
    first_met: Annotated[
        I64, Array("danger bins, zone rows, dangers + 1, 3", "people first within reach, first walking towards, first held")
    ]
    # contacts
    contact_time: Annotated[F64, Array("contacts", "when the host answered", "s")]
    contact_who: Annotated[I64, Array("contacts", "seeker")]
    contact_offer: Annotated[I64, Array("contacts", "offer")]
    contact_clone: Annotated[I64, Array("contacts", "which of the hosts for whom the offer stands")]
    contact_outcome: Annotated[I8, Array("contacts", "see YES to HOAX of `msgu.kernels.shelter`, -1: under way")]
    contact_by_map: Annotated[U8, Array("contacts", "whether it came from the map")]
    contact_size: Annotated[I64, Array("1", "contacts so far")]
