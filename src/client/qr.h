/* SPDX-License-Identifier: ISC */
/*
 * The door to libqrencode: a short text as a QR code made of characters, error correction M,
 * with its quiet zone of four modules. Lines end in '\n', and all are equally wide. Knows
 * nothing of screens and colours: whoever has colours draws QR_BLOCKS black on white, and
 * whoever has none QR_BLOCKS_DARK where text is light on a dark ground, as most terminals are.
 */
#ifndef CLIENT_QR_H
#define CLIENT_QR_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define QR_TEXT  120 /* bytes of text, at most */
#define QR_QUIET 4   /* modules around it */
#define QR_SIDE  53  /* modules of the largest, with the quiet zone on both sides */

enum qr_style {
    QR_BLOCKS,      /* half blocks, two modules high: dark text on a light ground */
    QR_BLOCKS_DARK, /* the same for light text on a dark ground: what is light is drawn */
    QR_ASCII,       /* "##" and two spaces, dark text on a light ground */
};

/* ERR_FORMAT: empty, or with a NUL in it; ERR_TOO_BIG: longer than QR_TEXT, or no room in out.
 */
enum err qr_draw(struct buf *out, struct bytes text, enum qr_style style);

#endif
