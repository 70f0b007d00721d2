"""Makes the faces of the paper once, at set-up: python -m lms.paper.faces FOLDER.

Noto CJK comes as collections with cubic outlines, which cost four times the time and six times the bytes in every
PDF. Here each weight becomes one TrueType file of its own: the mainland forms, quadratic outlines, the most used
characters in a small file (each document copies the whole of it) and the others in a wide one. What Noto lacks comes
from HanaMinB. Each file has a family name of its own: files that share a family and a weight are mixed up in print.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

# Raised when what is made here changes: a set-up then makes all faces anew.
EDITION = "1"
RARE_FAMILY, RARE_SOURCE = "HanaMinB", "HanaMinB.ttf"
# Units of 1000 to the em: at 46 points less than a tenth of a point.
TOLERANCE = 2.0
HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0x3200, 0x321E), (0x3260, 0x327F), (0xA960, 0xD7FF), (0xFFA0, 0xFFDC))
# In English words these stand narrow: font-variant-east-asian: proportional-width.
NARROW = "“”‘’—…·"


@dataclass(frozen=True)
class Face:
    name: str  # Serif, Sans
    weight: int
    source: str
    member: str  # the family name within the collection
    wide: bool = False

    @property
    def family(self) -> str:
        return f"Paper {self.name} Wide" if self.wide else f"Paper {self.name}"

    @property
    def file(self) -> str:
        return f"{self.family.replace(' ', '-').lower()}-{self.weight}.ttf"


FACES = tuple(
    Face(name, weight, f"Noto{name}CJK-{style}.ttc", f"Noto {name} CJK SC", wide)
    for name in ("Serif", "Sans")
    for weight, style in ((400, "Regular"), (700, "Bold"))
    for wide in (True, False)
)
LICENCE = """The faces "Paper Serif" and "Paper Sans" were made from Noto Serif CJK SC and Noto Sans CJK SC,
copyright Adobe, under the SIL Open Font License 1.1 (https://openfontlicense.org), and stay under it.
HanaMinB is copyright GlyphWiki and the Hanazono project, free to use, copy and embed.
"""


class SourceMissing(Exception):
    """A font that must be installed first."""


def source(name: str) -> Path:
    """The installed file, wherever fontconfig finds it."""
    try:
        found = subprocess.run(["fc-list", "-f", "%{file}\n"], capture_output=True, text=True, timeout=120, check=True)  # noqa: S607
        for line in found.stdout.splitlines():
            if line.endswith(f"/{name}"):
                return Path(line)
    except (OSError, subprocess.SubprocessError) as error:
        raise SourceMissing("fontconfig's fc-list does not run; install fontconfig.") from error
    raise SourceMissing(f"{name} is not installed (Debian: fonts-noto-cjk, fonts-hanazono).")


def opened(face: Face) -> TTFont:
    for font in TTCollection(source(face.source), lazy=True).fonts:
        if font["name"].getDebugName(1) == face.member:
            return font
    raise SourceMissing(f"{face.source} holds no {face.member}.")


def ranked(codes: Iterable[int]) -> list[int]:
    """Latin and signs, then Han by how common they are: a subset of a font ends at the last glyph it uses."""
    return sorted(codes, key=lambda code: (tier(code), gb2312(code) or code))


def tier(code: int) -> int:
    """0 for letters and signs, 1 for the Han of GB 2312, 2 for all others."""
    if code < 0x2E80 or 0x3000 <= code < 0x3100 or 0xFE00 <= code < 0x10000:
        return 0
    return 1 if gb2312(code) else 2


def gb2312(code: int) -> int:
    """Its number there, or 0; the first level, by pinyin, comes before the second."""
    try:
        return int.from_bytes(chr(code).encode("gb2312"), "big")
    except UnicodeEncodeError:
        return 0


def wanted(code: int) -> bool:
    return code >= 0x20 and not any(first <= code <= last for first, last in HANGUL)


def narrow_forms(font: TTFont) -> dict[str, str]:
    """Glyph -> its proportional form, for NARROW."""
    cmap, table = font.getBestCmap(), font["GSUB"].table
    glyphs = {cmap[ord(char)] for char in NARROW if ord(char) in cmap}
    numbers = {
        number for record in table.FeatureList.FeatureRecord if record.FeatureTag == "pwid"
        for number in record.Feature.LookupListIndex
    }  # fmt: skip
    pairs: dict[str, str] = {}
    for number in sorted(numbers):
        for subtable in table.LookupList.Lookup[number].SubTable:
            mapping = getattr(getattr(subtable, "ExtSubTable", subtable), "mapping", {})
            pairs |= {one: other for one, other in mapping.items() if one in glyphs}
    return pairs


def outlines(font: TTFont, order: list[str]) -> Iterator[tuple[str, object]]:
    glyphs = font.getGlyphSet()
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        yield name, pen.glyph()


def cast(face: Face, folder: Path) -> Path:
    """One TrueType file; at most fifteen seconds."""
    font = opened(face)
    held = font.getBestCmap()
    cmap = {code: held[code] for code in ranked(held) if wanted(code) and (tier(code) == 2) == face.wide}
    narrow = {} if face.wide else narrow_forms(font)
    order = list(dict.fromkeys([".notdef", *narrow.values(), *cmap.values()]))
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(dict(outlines(font, order)))
    left = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (font["hmtx"][name][0], getattr(left[name], "xMin", 0)) for name in order})
    hhea, os2 = font["hhea"], font["OS/2"]
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent, lineGap=hhea.lineGap)
    style = "Bold" if face.weight == 700 else "Regular"
    builder.setupNameTable(
        {
            "familyName": face.family, "styleName": style, "uniqueFontIdentifier": f"{face.file} {EDITION}",
            "fullName": f"{face.family} {style}", "psName": f"{face.family.replace(' ', '')}-{style}",
            "version": f"Version {EDITION}.000", "copyright": font["name"].getDebugName(0),
            "licenseDescription": font["name"].getDebugName(13), "licenseInfoURL": font["name"].getDebugName(14),
        }
    )  # fmt: skip
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender, sTypoDescender=os2.sTypoDescender, sTypoLineGap=os2.sTypoLineGap,
        usWinAscent=os2.usWinAscent, usWinDescent=os2.usWinDescent, usWeightClass=face.weight, fsType=0,
        sxHeight=os2.sxHeight, sCapHeight=os2.sCapHeight, fsSelection=0x20 if face.weight == 700 else 0x40,
    )  # fmt: skip
    builder.font["head"].macStyle = int(face.weight == 700)
    builder.setupPost(keepGlyphNames=False)
    if narrow:
        rules = " ".join(f"sub {one} by {other};" for one, other in narrow.items())
        builder.addOpenTypeFeatures(f"feature pwid {{ {rules} }} pwid;")
    path = folder / face.file
    builder.save(path)
    return path


def coverage(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def write_coverage(folder: Path) -> None:
    """The characters that all weights have, as plain text: quicker to read than the fonts."""
    held: dict[str, dict[int, set[int]]] = {}
    for face in FACES:
        held.setdefault(face.name, {}).setdefault(face.weight, set()).update(coverage(folder / face.file))
    held["Rare"] = {400: coverage(folder / RARE_SOURCE)}
    for name, weights in held.items():
        text = "".join(map(chr, sorted(set.intersection(*weights.values()))))
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def current(folder: Path) -> bool:
    """Whether the faces of this edition lie there, whole: the stamp is written last."""
    stamp = folder / "edition"
    return stamp.is_file() and stamp.read_text().strip() == EDITION


def make(folder: Path) -> None:
    """All faces, in a folder that takes its place when everything is done: a broken-off set-up leaves none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    rare = source(RARE_SOURCE)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fonts-") as name:
        fresh = Path(name) / "fonts"
        fresh.mkdir()
        with ProcessPoolExecutor(max_workers=min(len(FACES), os.cpu_count() or 1)) as pool:
            list(pool.map(cast, FACES, [fresh] * len(FACES)))
        shutil.copyfile(rare, fresh / RARE_SOURCE)
        write_coverage(fresh)
        (fresh / "LICENCE").write_text(LICENCE)
        (fresh / "edition").write_text(EDITION)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)


def main(name: str) -> int:
    folder = Path(name)
    if current(folder):
        return 0
    print("setup: making the fonts of the certificates (once, about a minute)", flush=True)  # noqa: T201
    try:
        make(folder)
    except SourceMissing as error:
        print(f"setup: {error} Without it no certificate can be printed.", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
