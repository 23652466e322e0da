"""Arrays of messages that ask for action, and of what people make of them; see docs/model/warnings.md."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from msgu.kernels.arrays.declare import F64, I32, I64, U8, U32, U64, Array, Given, Number


class Warned(NamedTuple):
    """Messages, and people with a phone (numbered as in `Phone`) and then people who are out, who meet them."""

    # messages
    key: Annotated[U64, Given("warnings", "key of the draws of a message")]
    sender: Annotated[I64, Given("warnings", "kind of source, in the order of `msgu.scenario.schema.warnings.SENDERS`")]
    clarity: Annotated[F64, Given("warnings", "chance that who reads the language understands")]
    kept: Annotated[F64, Given("warnings", "chance with which a confirmation is sought")]
    in_language: Annotated[U8, Given("warnings, languages", "whether it is in a language")]
    chance: Annotated[F64, Given("warnings, 8", "chance that a believer takes an action")]
    asks: Annotated[U8, Given("warnings, zones", "whether people of a zone are asked to act")]
    until: Annotated[F64, Given("warnings", "until when its guidance holds", "s")]
    desk: Annotated[I64, Given("warnings", "desk that it asks to call, -1: none")]
    round_of: Annotated[I64, Given("warnings", "its place among `detours`, -1: none")]
    reach: Annotated[F64, Given("warnings, zones", "share of a zone whom an alert, a broadcast or a prompt reaches")]
    cast_key: Annotated[U64, Given("warnings", "key of the draws that decide whom it reaches")]
    cast_law: Annotated[I64, Given("warnings", "law of the time from sending to receipt, -1: rise and decay")]
    rise: Annotated[F64, Given("warnings", "mean of the first of these delays", "s")]
    decay: Annotated[F64, Given("warnings", "mean of the second", "s")]
    outdoors: Annotated[U8, Given("warnings", "whether it reaches people who are out where they stand")]
    first_told: Annotated[int, Number("where the laws of reaction to the end of messages begin in `told_law`")]
    # heeding
    language_key: Annotated[U64, Given("languages", "key of the draws of who reads a language")]
    reads: Annotated[F64, Given("languages", "share of people who read it")]
    prior: Annotated[float, Number("odds to believe without a source")]
    odds: Annotated[F64, Given("5", "by how much a kind of source multiplies them")]
    confirmations: Annotated[F64, Given("counts", "cumulative shares of who seeks 0, 1, 2, ... confirmations")]
    confirms: Annotated[F64, Given("3", "cumulative shares of how one is sought: ask, call, read")]
    finds: Annotated[float, Number("chance that a confirmation confirms")]
    reading: Annotated[int, Number("law of the time from receipt to having read")]
    confirming: Annotated[int, Number("law of the time of a confirmation")]
    acting: Annotated[int, Number("law of the time from deciding to acting")]
    tells: Annotated[float, Number("chance that a believer passes a message on")]
    told: Annotated[int, Number("people who are then told")]
    telling: Annotated[int, Number("law of the time from deciding to telling one")]
    at_once: Annotated[int, Number("most events and log rows that one event of a person can add")]
    people_until: Annotated[float, Number("until when people who are out are followed", "s")]
    # people
    heard: Annotated[U32, Array("warned", "bitmap: messages received")]
    grasped: Annotated[U32, Array("warned", "bitmap: messages understood and confirmed as often as the person asks for")]
    heeded: Annotated[U32, Array("warned", "bitmap: messages believed")]
    senders: Annotated[U8, Array("warned", "bitmap: kinds of source heard")]
    able: Annotated[U8, Given("out", "whether a person out can look for shelter")]
    beside: Annotated[I32, Given("out", "people out, zone by zone")]
    beside_start: Annotated[I64, Given("zones + 1", "where those of a zone begin")]
    residents: Annotated[I64, Given("zones", "people with a phone of a zone")]
    # series
    steps: Annotated[
        I64, Array("bins, zone rows, warnings, 2, 6", "of those at home and those out: heard, understood, asked, called, read, "
                   "believed")
    ]  # fmt: skip
    acts: Annotated[I64, Array("bins, zone rows, warnings, 2, 8", "of those at home and those out: actions")]
