"""Make the pictures of experiments small enough to be kept: few colours, and in two parts where that is not enough.

    python experiments/pictures.py

Every PNG of `experiments/*/out` above 50 kB is written again with fewer colours, as many as fit.
Fills and lines keep theirs; what is lost are shades at the edges of letters.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

HERE = Path(__file__).resolve().parent
MOST = 50_000
"""Largest picture that is kept [bytes]."""
COLOURS = (128, 64, 32, 16)
"""Numbers of colours to try, in this order."""


def main() -> None:
    """Shrink every picture that is too large, and say so."""
    for path in sorted(HERE.glob("*/out/**/*.png")):
        if path.stat().st_size > MOST:
            made = shrunk(path)
            print(", ".join(f"{one.relative_to(HERE)}: {one.stat().st_size:,} bytes" for one in made))


def shrunk(path: Path) -> list[Path]:
    """Write a picture again, as one file or as two that take its place, each at most `MOST` bytes; return them."""
    with Image.open(path) as picture:
        whole = Image.new("RGB", picture.size, "white")
        whole.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
    pixels = np.asarray(whole)
    if small := smallest(pixels):
        path.write_bytes(small)
        return [path]
    cut = gap(pixels)
    halves = [smallest(half) for half in (pixels[:cut], pixels[cut:])]
    made = [path.with_stem(f"{path.stem}-{n}") for n in (1, 2)]
    for one, half in zip(made, halves, strict=True):
        if not half:
            raise SystemExit(f"{path}: more than {MOST:,} bytes in two parts and {COLOURS[-1]} colours; draw it smaller")
        one.write_bytes(half)
    path.unlink()
    return made


def smallest(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture, shape (rows, columns, 3), as PNG with the most colours that fit; nothing where none do."""
    return next((made for n in COLOURS if len(made := with_colours(pixels, n)) <= MOST), b"")


def with_colours(pixels: NDArray[np.uint8], n: int) -> bytes:
    """Return a picture as PNG with `n` colours: half of them the most frequent, the others spread over those that remain."""
    there, which, count = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-count, kind="stable")
    often, seldom = there[order[: n // 2]], there[order[n // 2 :]]
    kept = np.vstack([often, spread(seldom, n - n // 2)]) if len(seldom) else often
    apart = ((there[:, None, :].astype(np.int64) - kept[None, :, :]) ** 2).sum(axis=2)
    made = Image.fromarray(apart.argmin(axis=1).astype(np.uint8)[which.ravel()].reshape(pixels.shape[:2]), "P")
    made.putpalette(kept.astype(np.uint8).tobytes())
    out = io.BytesIO()
    made.save(out, "PNG", optimize=True)
    return out.getvalue()


def spread(colours: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """Return at most `n` colours that stand for given ones, shape (colours, 3), rare hues among them."""
    few = Image.fromarray(colours[None]).quantize(n, method=Image.Quantize.MAXCOVERAGE)
    return np.unique(np.asarray(few.convert("RGB"))[0], axis=0)


def gap(pixels: NDArray[np.uint8]) -> int:
    """Return the row in the middle of the broadest stretch of one colour between a third and two thirds of the height."""
    plain = (pixels == pixels[:, :1]).all(axis=(1, 2))
    best, run = (0, 0), 0
    for row in range(len(pixels) // 3, 2 * len(pixels) // 3):
        run = run + 1 if plain[row] else 0
        best = max(best, (run, row - run // 2))
    return best[1]


if __name__ == "__main__":
    main()
