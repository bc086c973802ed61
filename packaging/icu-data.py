#!/usr/bin/env python3
"""Leaves out of ICU's data, which comes with static Foundation, what clusterd never shows.

    swift build -c release --static-swift-stdlib --product clusterd $(packaging/icu-data.py .build/icu-data.o)

Writes an object file and prints what has the linker take it in place of the toolchain's. Left out are names of time
zones, units, currencies, languages and regions in languages other than English, and tables for character sets other than
Unicode and Latin-1: 18 of 34 MB. ICU then answers in English, as it does for every language that it has no data of.
Collation, breaking, dates and numbers stay whole. Needs swift, ar, nm, objcopy and as.
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

MEMBER = "icu_packaged_data.cpp.o"
SYMBOL = "clusterd_icu_data"
NAMES = {"zone", "unit", "curr", "lang", "region"}
KEPT = {"root", "en", "en_US", "en_US_POSIX", "pool", "res_index", "supplementalData", "tzdbNames", "currencyNumericCodes",
        "icustd", "icuver"}


def is_kept(name):
    parts = name.split("/")[1:]
    stem, _, kind = parts[-1].rpartition(".")
    if kind == "cnv":
        return False
    return len(parts) == 1 or parts[0] not in NAMES or kind != "res" or stem in KEPT


def trimmed(data):
    """A package (ICU User Guide, "ICU Data": a header, a table of contents sorted by name, items) with fewer items."""
    header, magic = struct.unpack_from("<HH", data, 0)
    if magic != 0x27DA or data[12:16] != b"CmnD":
        sys.exit("this is no package of ICU's data, or one of another byte order")
    count, = struct.unpack_from("<I", data, header)
    entries = [struct.unpack_from("<II", data, header + 4 + 8 * index) for index in range(count)]
    ends = [start for _, start in entries[1:]] + [len(data) - header]
    kept = []
    for (name_at, start), end in zip(entries, ends):
        name = data[header + name_at:data.index(b"\0", header + name_at)]
        if is_kept(name.decode("ascii")):
            kept.append((name, data[header + start:header + end]))
    names, name_offsets = bytearray(), []
    first = 4 + 8 * len(kept)
    for name, _ in kept:
        name_offsets.append(first + len(names))
        names += name + b"\0"
    items, item_offsets = bytearray(), []
    names += bytes(-(header + first + len(names)) % 16)
    base = first + len(names)
    for _, item in kept:
        item_offsets.append(base + len(items))
        items += item + bytes(-len(item) % 16)
    table = b"".join(struct.pack("<II", *pair) for pair in zip(name_offsets, item_offsets))
    return data[:header] + struct.pack("<I", len(kept)) + table + names + items


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def main():
    target = pathlib.Path(sys.argv[1]).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    library = pathlib.Path(json.loads(output("swift", "-print-target-info"))["paths"]["runtimeResourcePath"]).parent
    archive = library / "swift_static" / "linux" / "lib_FoundationICU.a"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "whole.o").write_bytes(output("ar", "p", archive, MEMBER))
        names = output("nm", "--defined-only", "--format=just-symbols", folder / "whole.o").decode().split()
        if len(names) != 1 or not names[0].startswith("icudt"):
            sys.exit(f"{archive}: {MEMBER} should define icudt… alone, not {names}")
        output("objcopy", "-O", "binary", "-j", ".rodata", folder / "whole.o", folder / "whole.dat")
        (folder / "data.dat").write_bytes(trimmed((folder / "whole.dat").read_bytes()))
        (folder / "data.s").write_text(
            f'.section .rodata\n.globl {SYMBOL}\n.type {SYMBOL}, @object\n.balign 16\n{SYMBOL}:\n'
            f'.incbin "{folder / "data.dat"}"\n.size {SYMBOL}, . - {SYMBOL}\n.section .note.GNU-stack,"",@progbits\n')
        output("as", folder / "data.s", "-o", target)
    # With the name defined so, nothing refers to the archive's data any more, and --gc-sections leaves it out.
    print(f"-Xlinker --defsym={names[0]}={SYMBOL} -Xlinker {target}")


if __name__ == "__main__":
    main()
