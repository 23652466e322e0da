"""How a schema field says its meaning, unit, range and source."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
"""Identifier: small letters, digits and hyphens."""

Confidence = Annotated[str, StringConstraints(pattern=r"^[ABCDM]$")]
"""A first-party data; B attributed press; C unattributed or rounded; D inferred; M an assumption to be varied."""


class Strict(BaseModel):
    """A frozen block of the scenario: no unknown key, no silent conversion."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Bilingual(Strict):
    """A text in French and in English, `fr` and `en`."""

    def of(self, lang: str) -> str:
        """Return the text in a language."""
        text: str = getattr(self, "fr" if lang == "fr" else "en")
        return text


class Sourced(Strict):
    """A block that says where its numbers come from."""

    source: str = Field(default="assumption", description="Where this block's numbers come from.", max_length=500)
    confidence: Confidence = Field(
        default="M", description="A first-party, B attributed press, C unattributed, D inferred, M assumption."
    )
    note: str = Field(default="", description="What a reader should know.", max_length=2000)


def field(default: Any, meaning: str, *, unit: str = "1", source: str = "assumption", **limits: Any) -> Any:
    """A pydantic field whose documentation carries meaning, unit and source.

    `default` is the value, or `...` for a required field; `limits` are pydantic's (ge, gt, le, lt, max_length...).
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    if isinstance(default, dict | list | BaseModel) or callable(default):
        factory = default if callable(default) else (lambda: default)
        return Field(default_factory=factory, description=meaning, json_schema_extra=extra, **limits)
    return Field(default=default, description=meaning, json_schema_extra=extra, **limits)
