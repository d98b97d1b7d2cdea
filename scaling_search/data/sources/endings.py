"""Which files are images, which describe images, and what would let the others be read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence

from scaling_search.data.dataset import LeftOut
from search_spaces.names import printable

_IMAGES = ".jpg .jpeg .jpe .jfif .png .bmp .gif .webp .tif .tiff .ppm .pgm .pbm .jp2 .avif"
IMAGE_SUFFIXES = frozenset(_IMAGES.split())
"""Files that are opened; their content says what they are, not the ending."""

_PICTURES = (
    ".heic .heif .hif .jxl .svg .svgz .psd .xcf .ai .eps .raw .cr2 .cr3 .nef .arw .dng .orf .rw2 "
    ".raf .srw .exr .hdr .pfm .dcm .nii .fits .tga .ico .pcx .dds .j2k .jpx .pnm .dib .apng .djvu"
)
_ARRAYS = ".npy .npz .mat .h5 .hdf5 .pt .pth .pkl .pickle .tfrecord .tfrecords .mdb .bin .arrow"
_VIDEOS = ".mp4 .avi .mov .mkv .webm .mpg .mpeg .m4v .wmv .flv .3gp"
_ARCHIVES = ".zip .tar .gz .tgz .bz2 .xz .zst .7z .rar"
ARCHIVE_SUFFIXES = frozenset(_ARCHIVES.split())

_KINDS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset(_PICTURES.split()), "a format that is not read", "convert them to PNG or JPEG"),
    (frozenset(_ARRAYS.split()), "arrays, no image files", "save each image as PNG"),
    (frozenset(_VIDEOS.split()), "videos", "save their frames as JPEG"),
    (ARCHIVE_SUFFIXES, "archives", "unpack them"),
    (frozenset({".parquet"}), "a table", "name the Parquet file itself to read it"),
)
_UNKNOWN = ("not known as images", "if they are images, give them the ending of their format")

_ABOUT = (
    ".txt .csv .tsv .json .jsonl .xml .yaml .yml .toml .ini .cfg .names .data .md .rst .html .htm "
    ".pdf .doc .docx .xls .xlsx .log .py .ipynb .sh .m .r .db .sqlite .md5 .sha256 .tmp .bib .lst"
)
_ABOUT_SUFFIXES = frozenset(_ABOUT.split())
"""Descriptions, annotations and code: nobody takes them for images, so nothing is said of them."""
_ABOUT_NAMES = frozenset(
    {"license", "licence", "readme", "copying", "notice", "makefile", "icon\r"}
)


def ending(name: str) -> str:
    """The ending of a file's name in lower case, with its dot; empty where it has none."""
    return os.path.splitext(name)[1].lower().rstrip(".")


def is_image(name: str) -> bool:
    """Whether a file is taken for an image, by its name."""
    return ending(name) in IMAGE_SUFFIXES


def is_about(name: str) -> bool:
    """Whether a file describes images rather than being one."""
    return ending(name) in _ABOUT_SUFFIXES or name.lower() in _ABOUT_NAMES


def left_out(names: Iterable[str], loose: Iterable[str] = ()) -> tuple[LeftOut, ...]:
    """What is not read, by ending, the most frequent first.

    Args:
        names: files that are no images.
        loose: images beside the class folders.
    """
    files = [
        LeftOut(
            ending=suffix,
            count=count,
            reason="beside the class folders, so of no class",
            remedy="move each into the folder of its class",
        )
        for suffix, count in Counter(map(ending, loose)).items()
    ]
    for suffix, count in Counter(ending(name) for name in names if not is_about(name)).items():
        reason, remedy = next((kind[1:] for kind in _KINDS if suffix in kind[0]), _UNKNOWN)
        files.append(LeftOut(ending=suffix, count=count, reason=reason, remedy=remedy))
    return tuple(sorted(files, key=lambda one: (-one.count, one.ending, one.reason)))


def as_list(files: Iterable[LeftOut]) -> str:
    """`12 .heic (a format that is not read: convert them to PNG or JPEG), 3 .zip (…)`."""
    parts = [
        f"{one.count:,} {one.ending or 'without ending'} ({one.reason}: {one.remedy})"
        for one in files
    ]
    return ", ".join(printable(part) for part in parts)


def note_on_left_out(files: Sequence[LeftOut]) -> tuple[str, ...]:
    """The one note on files that are not read."""
    count = sum(one.count for one in files)
    what = "1 file is" if count == 1 else f"{count:,} files are"
    return (f"{what} left out: {as_list(files)}",) if files else ()
