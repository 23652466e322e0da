"""How the attempts, calls and messages of a person are numbered."""

from __future__ import annotations

MAX_ATTEMPTS = 256
"""Attempts of one call are numbered 0..255; at 255 the caller gives up."""
OTHER = 1000
"""Slots from this number on are other calls and messages, below it worry edges."""
AGAIN = 128
"""Attempts of who finds no mark are numbered from here."""
LATER_ATTEMPTS = 64
"""Attempts that a later event makes are numbered from here, those of a second one from three times this on."""
AFRESH = 1 << 24
"""Added to the number of a try that follows a message without an answer: voice or message is chosen anew."""
MESSAGE_SHIFT = 16
"""Messages are numbered slot + (try << 16), so that the first of a slot is numbered by it alone."""
