"""Arrays of people with a phone, their worries, and cells; see docs/model/phone.md and docs/model/reassurance.md."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from msgu.kernels.arrays.declare import F64, I32, I64, U8, U64, Array, Given, Number


class Phone(NamedTuple):
    """People, worry edges and cells."""

    # people
    person: Annotated[
        I32, Array("people, 2", "cell (-1: no phone); zone, ties, operator and aware in one word, see PERSON_REST")
    ]
    account: Annotated[
        I32, Given("accounts of people", "account of a person, zone by zone, -1: none; see `person.account_of`")
    ]
    account_start: Annotated[I64, Given("zones + 1", "where the accounts of a zone's people begin")]
    first_person: Annotated[I64, Given("zones", "first person of a zone")]
    open: Annotated[U8, Array("people", "worry edges that are not cleared, at most 200")]
    away: Annotated[U8, Array("carried people", "whether a person stands for somebody out, who cannot charge a phone")]
    battery_out: Annotated[int, Number("law of when such a phone is empty, -1: never")]
    battery_home: Annotated[int, Number("law of when any other phone is empty, -1: never")]
    group_share: Annotated[float, Number("chance that who learns writes to a group")]
    group_law: Annotated[int, Number("law of the wait before that message")]
    group_contacts: Annotated[float, Number("chance that who worries about the writer reads it")]
    group_others: Annotated[float, Number("mean number of its other readers")]
    to_groups: Annotated[I64, Array("bins, 2", "messages to a group, and their readers")]
    knows: Annotated[U8, Array("people of later news", "bits: of which later events a person knows")]
    marked: Annotated[U8, Array("people marked once", "whether somebody has been marked as safe")]
    # worry edges
    start: Annotated[I32, Given("people / 16", "where the worry edges of 16 people begin, see `person.first_tie`")]
    callee: Annotated[I32, Given("worries", "whom an edge is about, -1: nobody")]
    state: Annotated[U8, Array("worries", "0 open; bits DONE, TELLS, ASLEEP; later events of which it is known")]
    about: Annotated[
        U64, Given("people / 64, 2", "bitmap: whom somebody worries about; how many are before those of a word")
    ]
    back_start: Annotated[I32, Given("people worried about + 1", "where the edges about one begin in `back_edge`")]
    back_edge: Annotated[I64, Given("worries about somebody", "edges, by whom they are about")]
    owner: Annotated[I32, Given("worries", "who worries")]
    # cells
    cells: Annotated[I32, Array("cells, 8", "busy channels, zone, legs of the whole run, emergency calls: see CELL_*")]
    settled: Annotated[
        bool, Number("whether cells are clocks of their own, see `phone.cells`; not where the event log is kept")
    ]
    final: Annotated[float, Number("last moment at which telephones are followed", "s")]
    cell_clock: Annotated[
        F64, Array("cells, cell places", "next ordinary call, soonest redial, ends of calls: see CELL_*", "s")
    ]
    cell_word: Annotated[
        I64, Array("cells, cell places", "number of the next call, place of the redial", memory_of="cell_clock")
    ]
    redial_at: Annotated[F64, Array("redials", "when an ordinary caller redials", "s")]
    redial_nth: Annotated[I64, Array("redials", "which attempt that is")]
    redial_next: Annotated[I64, Array("redials", "place of the cell's next redial + 1, 0: none")]
    redials: Annotated[I64, Array("2", "first free place + 1, and places used so far")]
    first_cell: Annotated[I64, Given("zones + 1", "first cell of a zone")]
    channels: Annotated[I64, Array("zone rows", "voice channels of a cell of a zone now")]
    weight: Annotated[F64, Given("cells", "whole cells that a cell stands for")]
    groups: Annotated[int, Number("groups of cells in a zone: operators where these have cells of their own, else one")]
    group_cell: Annotated[I64, Given("cell groups + 1", "first cell of a group, zone by zone")]
    admitted: Annotated[
        F64, Array("zone rows", "share of the ordinary calls begun in a zone that ask for a channel", start=1)
    ]
    barred: Annotated[I64, Array("bins, zone rows", "ordinary calls that were kept from asking")]
    reserved: Annotated[int, Number("voice channels of a cell that only emergency calls take")]
    emergency: Annotated[float, Number("share of the ordinary calls that go to an emergency number")]
    load: Annotated[float, Number("ordinary load of a cell", "erlang")]
    profile: Annotated[F64, Given("24", "relative load by local hour")]
    base_rate: Annotated[F64, Given("24", "ordinary calls of a cell by local hour", "1/s")]
    base_mean: Annotated[float, Number("mean holding time of an ordinary call", "s")]
    # calls
    holding: Annotated[int, Number("law of the holding time")]
    ring: Annotated[float, Number("how long an unanswered call rings", "s")]
    answer: Annotated[float, Number("chance that a call is answered")]
    both_ends: Annotated[bool, Number("whether a call takes a channel at the other end too")]
    persistence: Annotated[float, Number("chance of trying again")]
    redial: Annotated[int, Number("law of the wait before a redial")]
    base_redials: Annotated[bool, Number("whether ordinary callers redial")]
    # worry
    reaction: Annotated[int, Number("law of the wait between learning and the first attempt")]
    voice_share: Annotated[float, Number("share of first attempts that are calls")]
    message_answered: Annotated[float, Number("chance that a message is answered")]
    message_reply: Annotated[int, Number("law of the wait for the answer of a message")]
    message_after: Annotated[float, Number("chance of a message where one gives up calling")]
    follow_up: Annotated[int, Number("law of the wait before who has no answer tries again")]
    post_after: Annotated[float, Number("chance of a post where one gives up calling")]
    talk_calls: Annotated[float, Number("mean number of other calls of who has learnt")]
    talk_messages: Annotated[float, Number("mean number of other messages of who has learnt")]
    talk_news: Annotated[float, Number("chance that another message tells of the event")]
    talk_spread: Annotated[int, Number("law of when others are called")]
    texts: Annotated[U8, Array("texting", "1 + the message by which a person writes instead of calling, 0: none")]
    text_until: Annotated[F64, Given("text rows", "until when", "s")]
    # messages and data
    sms_time: Annotated[F64, Given("operators", "time of an SMS at its operator", "s")]
    sms_free: Annotated[F64, Array("operators", "when the operator has sent all SMS so far", "s")]
    quiet: Annotated[bool, Number("whether a message that nobody waits for is no event, see `phone.sms`")]
    sms_parts: Annotated[float, Number("message parts for each second", "1/s")]
    sms_at: Annotated[
        I64,
        Array("operators, message parts", "where the next message of a later part is written, 0: nowhere yet; their number"),
    ]
    sms_sent: Annotated[F64, Array("message places", "when a message of a later part is sent", "s")]
    sms_next: Annotated[I64, Array("message chunks", "end of the chunk before it, 0: none")]
    sms_come: Annotated[F64, Array("messages, operators", "when a message of the part that has come is sent, in order", "s")]
    sms_late: Annotated[F64, Array("messages, operators", "heap of what was added to a part that has come", "s")]
    sms_turn: Annotated[
        I64, Array("operators, 4", "part that has come, next message of it, their number, that of late ones")
    ]
    sms_slices: Annotated[I32, Array("message slices", "where the messages of a slice go when a part is sorted")]
    messages: Annotated[I64, Array("3", "first free chunk + 1, chunks used so far, most messages of a part so far")]
    drawn: Annotated[F64, Array("4, 16", "room for draws of one person")]
    # drawn ahead of blocks of events, see `msgu.kernels.ahead`
    soon: Annotated[
        F64,
        Array("4, 256", "share, time since learning, call or message, and news, of calls and messages of who learns soon"),
    ]
    soon_first: Annotated[I64, Array("32", "where those of a person begin")]
    soon_count: Annotated[I64, Array("32", "how many they are")]
    soon_product: Annotated[F64, Array("32", "product of the uniforms of a person")]
    soon_share: Annotated[F64, Array("8, 32", "room for shares, by number and person")]
    soon_who: Annotated[I64, Array("32", "who may learn")]
    soon_whose: Annotated[I64, Array("2, 256", "room for whose a call or message is, and for its number")]
    soon_calls: Annotated[I64, Array("2", "calls that will be tried in a block")]
    soon_caller: Annotated[I64, Array("64", "who tries a call")]
    soon_callee: Annotated[I64, Array("64", "whom it calls, -1: a tie")]
    soon_call: Annotated[F64, Array("4, 64", "whether it is answered, how long it holds, whether it is a message; room")]
    soon_place: Annotated[I64, Array("64", "where the talk of whom it calls has been drawn, -1: nowhere")]
    soon_told: Annotated[
        I64, Array("2", "whom the last call has told, -1: nobody; where their talk has been drawn", start=-1)
    ]
    data_share: Annotated[float, Number("share of the messages that go over the data channel")]
    data_time: Annotated[F64, Given("24", "time of a message on the data channel of a cell by local hour", "s")]
    data_free: Annotated[F64, Array("cell rows", "when the data channel of a cell has sent all so far", "s")]
    data_patience: Annotated[float, Number("a message that would take longer goes as an SMS", "s")]
    # reassurance
    contact: Annotated[float, Number("chance that a worried contact sees a mark, or its absence")]
    unmarked: Annotated[float, Number("chance that a contact is shaken by the absence of a mark")]
    safe_post: Annotated[float, Number("chance that who has learnt posts to be safe")]
    safe_law: Annotated[int, Number("law of the wait before such a post")]
    safe_seen: Annotated[float, Number("chance that a worried contact sees such a post")]
    tells_law: Annotated[int, Number("law of the wait before one tells that one is safe")]
    passed_on: Annotated[float, Number("chance that who knows somebody to be safe tells another so")]
    passed_law: Annotated[int, Number("law of the wait before that")]
    check_at: Annotated[float, Number("activation of Safety Check, where friends mark", "s")]
    asked: Annotated[F64, Given("zones", "share of people whom Safety Check asks")]
    friends: Annotated[float, Number("chance that who knows somebody to be safe marks them")]
    friends_law: Annotated[int, Number("law of the wait before that")]
    prompted: Annotated[float, Number("chance that who is asked by a contact marks")]
    prompted_law: Annotated[int, Number("law of the wait before that")]
    awake: Annotated[F64, Given("24", "share awake by local hour, over that of the busiest")]
    there: Annotated[F64, Given("zone rows, clock rows", "local clock of a zone less the time", "s")]
    news_at: Annotated[F64, Given("later news", "when a later event happens, in order", "s")]
    news_zone: Annotated[U8, Given("later news, zone rows", "whether it affects a zone")]
    desk_key: Annotated[U64, Given("desks", "key of the draws of a desk")]
    desk_share: Annotated[F64, Given("desks", "chance that a worried person calls the desk")]
    desk_open: Annotated[F64, Given("desks", "when the desk opens", "s")]
    desk_law: Annotated[I64, Given("desks", "law of the wait before the call")]
    announced_start: Annotated[I64, Given("desks + 1", "where the announcements of the number of a desk begin")]
    announced_key: Annotated[U64, Given("announcements", "key of the draws of an announcement")]
    announced_when: Annotated[F64, Given("announcements, 3", "time, and means of the two delays", "s")]
    announced_share: Annotated[F64, Given("announcements, zones", "share of the people of a zone whom it reaches")]
    post_driver: Annotated[int, Number("number under which worried people post, -1: they do not")]
    # series
    calls: Annotated[I64, Array("bins, zone rows, 4", "legs offered, lost, lost at the far end, carried")]
    traffic: Annotated[
        I64, Array("bins, operators, 5", "attempts, carried, SMS, data messages, of these fallen back to SMS")
    ]
    aware_change: Annotated[I64, Array("bins, zone rows", "people who learn of the event")]
    marks: Annotated[I64, Array("bins", "marks as safe")]
    marked_by: Annotated[I64, Array("bins, 2", "of these by a friend, and by who was asked by a contact")]
    cleared: Annotated[I64, Array("bins, 6", "worries cleared by a call, message, mark, desk, post, word of another")]
    worry_change: Annotated[I64, Array("bins", "change of the worries that last")]
    worry_time: Annotated[F64, Array("bins", "by how much the changes move the time spent worrying in the bin", "s")]
    prevented: Annotated[I64, Array("bins", "worries that never arose")]
