/* SPDX-License-Identifier: ISC */
#include "client/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "base/mem.h"

/* Whether a module is dark; around the code everything is light. */
static bool is_dark(const QRcode *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->width || y >= code->width)
        return false;
    return (code->data[y * code->width + x] & 1) != 0;
}

static void draw_blocks(struct buf *out, const QRcode *code, bool light_text)
{
    static const char *const CELLS[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};

    for (int y = -QR_QUIET; y < code->width + QR_QUIET; y += 2) {
        for (int x = -QR_QUIET; x < code->width + QR_QUIET; x++) {
            bool top = is_dark(code, x, y) != light_text;
            bool low = is_dark(code, x, y + 1) != light_text;
            buf_text(out, CELLS[top][low]);
        }
        buf_u8(out, '\n');
    }
}

static void draw_ascii(struct buf *out, const QRcode *code)
{
    for (int y = -QR_QUIET; y < code->width + QR_QUIET; y++) {
        for (int x = -QR_QUIET; x < code->width + QR_QUIET; x++)
            buf_text(out, is_dark(code, x, y) ? "##" : "  ");
        buf_u8(out, '\n');
    }
}

enum err qr_draw(struct buf *out, struct bytes text, enum qr_style style)
{
    char room[QR_TEXT + 1];

    if (text.n == 0 || memchr(text.p, 0, text.n) != NULL)
        return ERR_FORMAT;
    if (!bytes_copy(room, sizeof room, text))
        return ERR_TOO_BIG;
    QRcode *code = QRcode_encodeString(room, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL && errno == ENOMEM)
        mem_die("out of memory");
    if (code == NULL)
        return ERR_TOO_BIG;
    if (style == QR_ASCII)
        draw_ascii(out, code);
    else
        draw_blocks(out, code, style == QR_BLOCKS_DARK);
    QRcode_free(code);
    return buf_end(out);
}
