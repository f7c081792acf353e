/* SPDX-License-Identifier: ISC */
/*
 * Text from strangers. The only file that includes utf8proc. Decoding is strict (overlong
 * forms, surrogates and beyond U+10FFFF are errors; a bad sequence costs its maximal
 * subpart, as Unicode recommends). utf8_clean() is the one sanitiser: whatever it gives
 * out is valid UTF-8 without a byte that a terminal, a file system or a log obeys; cleaning
 * it again for the same use changes nothing (LOG apart, which escapes its own backslashes).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define UTF8_REPLACEMENT  0xFFFD
#define UTF8_FILENAME_MAX 120 /* bytes */
#define UTF8_LOG_MAX      256 /* bytes */
#define UTF8_MARKS_MAX    8   /* on one base */

/* One code point off the front; U+FFFD and *ok = false for a bad sequence. 0 bytes: end. */
size_t utf8_step(struct bytes s, uint32_t *cp, bool *ok);
bool utf8_valid(struct bytes s);
size_t utf8_put(uint8_t out[4], uint32_t cp); /* bytes written; U+FFFD for what is none */

/* The grapheme cluster at the front: its bytes; its columns (0..2) in *cols (may be NULL). */
size_t utf8_cluster(struct bytes s, int *cols);
int utf8_width(struct bytes s);            /* columns of the whole, tabs count 1 */
size_t utf8_fit(struct bytes s, int cols); /* bytes of the clusters that fit */
size_t utf8_fit_bytes(
    struct bytes s, size_t max); /* the same by bytes, never inside a cluster */

/*
 * What the clean text is for. DISPLAY: one line or many ('\n' kept, CR LF is one), controls,
 * bidi controls, line separators and what cannot be seen become visible <U+XXXX>; joiners and
 * variation selectors stay where they mean something; bad sequences, unassigned and private
 * become U+FFFD; marks without a base, or beyond 8 on one, are dropped; a tab becomes four
 * spaces. NAME: as DISPLAY on one line, every space is U+0020 with none at either end, and
 * what cannot be seen is dropped. FILENAME: NFC, no separators, controls, bidi or invisible; no
 * leading '.', '-', '~', space; no trailing dot or space; at most 120 bytes keeping the
 * extension; reserved Windows names get a '_' in front; may come out empty. LOG: ASCII only,
 * everything else as \xNN, quotes and backslash escaped, at most 256 bytes, "..." where cut.
 */
enum utf8_use { UTF8_DISPLAY, UTF8_NAME, UTF8_FILENAME, UTF8_LOG };
void utf8_clean(struct buf *out, struct bytes foreign, enum utf8_use use); /* appends */

/* NFC, and that of the case folding, for comparing names; ERR_FORMAT when not valid UTF-8. */
enum err utf8_nfc(struct buf *out, struct bytes s);
enum err utf8_fold(struct buf *out, struct bytes s);
/* For comparing looks: NFD without what nobody can see (default ignorable code points); and
 * the same of the case folding, compatibility forms taken apart too. As utf8_nfc() besides. */
enum err utf8_apart(struct buf *out, struct bytes s);
enum err utf8_apart_folded(struct buf *out, struct bytes s);
bool utf8_is_mark(uint32_t cp); /* one that takes no column: Mn, Me */
/* Whether this is not empty and every code point may stand in a name: assigned, visible, no
 * space or other separator, no control; marks only on a base and at most 8. */
bool utf8_is_name(struct bytes s);

#endif
