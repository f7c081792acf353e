#!/usr/bin/env python3
"""Write src/base/skeleton_table.c and .h from Unicode's confusables.txt (in its folder "security",
beside the character database): make_confusables.py confusables.txt src/base

Left out is what is never looked up (it falls apart under NFD) and what case folding and
compatibility decomposition lead to as well."""
import re, sys, unicodedata
from pathlib import Path

WIDTH = 180
LICENCE = """\
UNICODE LICENSE V3

COPYRIGHT AND PERMISSION NOTICE

Copyright (c) 1991-%s Unicode, Inc.

NOTICE TO USER: Carefully read the following legal agreement. BY DOWNLOADING, INSTALLING,
COPYING OR OTHERWISE USING DATA FILES, AND/OR SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO
BE BOUND BY, ALL OF THE TERMS AND CONDITIONS OF THIS AGREEMENT. IF YOU DO NOT AGREE, DO NOT
DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR USE THE DATA FILES OR SOFTWARE.

Permission is hereby granted, free of charge, to any person obtaining a copy of data files and
any associated documentation (the "Data Files") or software and any associated documentation
(the "Software") to deal in the Data Files or Software without restriction, including without
limitation the rights to use, copy, modify, merge, publish, distribute, and/or sell copies of
the Data Files or Software, and to permit persons to whom the Data Files or Software are
furnished to do so, provided that either (a) this copyright and permission notice appear with
all copies of the Data Files or Software, or (b) this copyright and permission notice appear in
associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A
PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD PARTY RIGHTS.

IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY
CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING
FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES
OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall not be used in
advertising or otherwise to promote the sale, use or other dealings in these Data Files or
Software without prior written authorization of the copyright holder."""


def read(text):
    table = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            source, target, kind = (field.strip() for field in line.split(";"))
            assert kind == "MA", line
            table[int(source, 16)] = "".join(chr(int(c, 16)) for c in target.split())
    return table


def needed(table):
    def look(s):  # until nothing leads on: taken apart, a target may be in the table itself
        before = None
        while s != before:
            before = s
            s = "".join(table.get(ord(c), c) for c in unicodedata.normalize("NFD", s))
        return s

    for source in table:
        apart, plain = (unicodedata.normalize(form, chr(source)) for form in ("NFD", "NFKD"))
        if apart == chr(source) and (plain == apart or look(plain) != look(apart)):
            yield source, look(apart)


def rows(numbers):
    line = ""
    for n in numbers:
        word = f"{n}," if n < 1000 else f"{n:#x},"
        if len(line) + len(word) > WIDTH:
            yield line
            line = ""
        line += word
    yield line


def main():
    text = Path(sys.argv[1]).read_text(encoding="utf-8-sig")
    version = re.search(r"^# Version: (\S+)", text, re.M)[1]
    year = re.search(r"^# Date: (\d+)", text, re.M)[1]
    entries = sorted(needed(read(text)))
    at, to = {}, []
    for target in sorted({t for _, t in entries}, key=lambda t: (-len(t), t)):
        at[target] = len(to)
        to += [ord(c) for c in target] + [0]
    assert len(to) < 0x10000
    notice = "\n".join((" * " + line).rstrip() for line in (LICENCE % year).splitlines())
    lists = [("uint32_t SKELETON_FROM[SKELETON_COUNT]", [s for s, _ in entries]),
             ("uint16_t SKELETON_AT[SKELETON_COUNT]", [at[t] for _, t in entries]),
             ("uint32_t SKELETON_TO[]", to)]
    body = "\n".join(f"const {name} = {{\n" + "\n".join(rows(numbers)) + "\n};\n" for name, numbers in lists)
    out = Path(sys.argv[2])
    (out / "skeleton_table.c").write_text(f"""\
/* SPDX-License-Identifier: Unicode-3.0 */
/* clang-format off */
/*
 * Made by tools/make_confusables.py from Unicode's confusables.txt, version {version}; do not edit.
 *
{notice}
 */
#include "base/skeleton_table.h"

{body}/* clang-format on */
""")
    (out / "skeleton_table.h").write_text(f"""\
/* SPDX-License-Identifier: ISC */
/*
 * Which code point looks like which others, as Unicode {version} says. Made by
 * tools/make_confusables.py; do not edit. For base/skeleton alone: what folding and
 * compatibility decomposition find out is left out. What something leads to leads no further.
 */
#ifndef BASE_SKELETON_TABLE_H
#define BASE_SKELETON_TABLE_H

#include <stdint.h>

#define SKELETON_COUNT {len(entries)}

extern const uint32_t SKELETON_FROM[SKELETON_COUNT]; /* ascending */
extern const uint16_t SKELETON_AT[SKELETON_COUNT];   /* where in SKELETON_TO */
extern const uint32_t SKELETON_TO[];                 /* each ends with 0 */

#endif
""")


main()
