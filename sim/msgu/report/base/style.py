"""Style of pictures, and their PNG and SVG: the same bytes for the same numbers, with no outside file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from msgu.report.base.escape import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#333333")
"""Okabe and Ito (2008), told apart by readers with any colour vision; black last."""

DASHES: Final[tuple[Any, ...]] = (
    "-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (7, 1.5, 1.2, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)), (0, (2, 3)),
)  # fmt: skip
"""A dash for each colour, so that lines are told apart in black and white."""

INK: Final = "#222222"
SOFT: Final = "#4d4d4d"
FAINT: Final = "#8a8a8a"
GRID: Final = "#dddddd"
THREAD: Final = "#bdbdbd"

_RC: Final[dict[str, Any]] = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9.5,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "butt",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}


@dataclass(frozen=True)
class Frame:
    """Size of a picture: `wide` for a desk and paper, `narrow` for a phone [inches]."""

    width: float
    narrow: bool

    def height(self, wide: float, narrow: float) -> float:
        """Return the height for this width."""
        return narrow if self.narrow else wide


WIDE: Final = Frame(8.0, False)
NARROW: Final = Frame(4.3, True)


@dataclass(frozen=True)
class Picture:
    """A drawn figure with its name, its title, and a text that stands for it."""

    name: str
    title: str
    alternative: str
    figure: Figure


@contextmanager
def drawing() -> Iterator[None]:
    """Set the looks for what is drawn inside, and nothing else."""
    import matplotlib

    looks: dict[Any, Any] = {**matplotlib.rcParamsDefault, "backend": "Agg", **_RC}
    with matplotlib.rc_context(looks):
        yield


def new_figure(frame: Frame, height: float) -> Figure:
    """Return an empty figure that no global list holds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(frame.width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def settle(picture: Picture) -> Picture:
    """Lay the figure out once and for all, without drawing it; each saving would do it again."""
    engine = picture.figure.get_layout_engine()
    if engine is not None:
        with drawing():
            engine.execute(picture.figure)
        picture.figure.set_layout_engine("none")
    return picture


def png(picture: Picture, dpi: int = 150) -> bytes:
    """Return the picture as PNG without date or version of the program.

    It is printed by its canvas: `savefig` draws it once more beforehand, to lay out what is laid out already.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = io.BytesIO()
    with drawing():
        figure = settle(picture).figure
        screen, figure.dpi = figure.dpi, dpi
        canvas: Any = FigureCanvasAgg(figure)
        canvas.print_png(out, metadata={"Software": None, "Title": picture.title})
        figure.dpi = screen
    return out.getvalue()


def render(picture: Picture) -> str:
    """Return the picture as matplotlib writes SVG, without date; `svg` makes it fit for a page."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    empty = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with drawing(), matplotlib.rc_context({"svg.hashsalt": picture.name}):
        canvas: Any = FigureCanvasSVG(settle(picture).figure)
        canvas.print_svg(out, metadata=empty)
    return out.getvalue()


def svg(picture: Picture, variant: str, rendered: str = "") -> str:
    """Return the picture as SVG to stand in a page or in a file; ids are unique to picture and variant."""
    return _tidy(rendered or render(picture), picture, f"{picture.name}-{variant}")


_HASHED = re.compile(r"(?<=[\"#])[A-Za-z]\w*?[0-9a-f]{10}(?=[\")])")
"""Id that ends in a hash: of a clipping path, a marker, a hatch."""


def _tidy(text: str, picture: Picture, mark: str) -> str:
    """Leave out prologue, metadata and style that would reach the page; add text alternatives; shorten numbers."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style [^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    names: dict[str, str] = {}  # those that matplotlib hashes differ where the last bit of a coordinate does
    text = re.sub(_HASHED, lambda m: names.setdefault(m[0], f"{m[0][0]}{len(names)}"), text)
    text = re.sub(r"<[^>]*>", lambda m: _tag(m[0], mark), text)
    head, rest = text.split(">", 1)
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    title, about = escape(visible(picture.title)), escape(visible(picture.alternative))
    name = f'role="img" aria-labelledby="{mark}-title {mark}-desc" class="picture"'
    style = "stroke-linejoin:round;stroke-linecap:butt"
    described = f'<title id="{mark}-title">{title}</title><desc id="{mark}-desc">{about}</desc>'
    return f'{head} {name} style="{style}">{described}{rest}'.strip() + "\n"


def _tag(tag: str, mark: str) -> str:
    """One tag with ids of its own picture, short coordinates and fonts that every browser has."""
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{mark}-\1"', tag)
    tag = re.sub(r'(href="#|url\(#)(?=[A-Za-z])', rf"\g<1>{mark}-", tag)
    tag = re.sub(r'(?<= d=")[^"]*', lambda m: _short(m[0]), tag)
    return re.sub(r"font: ([0-9.]+px) 'DejaVu Sans'[^;\"]*", r"font: \1 'DejaVu Sans', Verdana, sans-serif", tag)


def _short(path: str) -> str:
    """Coordinates with one decimal: a tenth of a point is not seen, and the page is half as heavy."""
    return re.sub(r"-?[0-9]+\.[0-9]{2,}", lambda m: f"{float(m[0]):.1f}".rstrip("0").rstrip("."), path).replace("\n", "")


def light_grid(axes: Axes, which: str = "y") -> None:
    """Draw a faint grid behind the data."""
    axes.grid(axis=which, color=GRID, linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
