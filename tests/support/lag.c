/* SPDX-License-Identifier: ISC */
#include "support/lag.h"

#include <vterm.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/cell.h"

#define POINTS 0x110000u

/* One bit a code point: asked of the terminal once. */
static uint8_t *known;
static uint8_t *newer;

/* What is not drawn as it is needs no knowledge. */
static bool is_drawn(uint32_t cp)
{
    uint8_t bytes[4];
    wchar_t out[CELL_CODES + 1];

    if (utf8_is_mark(cp))
        return true;
    (void)cell_make(out, bytes_of(bytes, utf8_put(bytes, cp)), 2, true);
    return out[0] == (wchar_t)cp;
}

static bool ask(uint32_t cp)
{
    static VTerm *vt;
    uint8_t bytes[8] = "\033[Hx";
    size_t n = 4 + utf8_put(bytes + 4, cp);
    VTermPos at;

    if (vt == NULL) {
        vt = vterm_new(2, 20);
        vterm_set_utf8(vt, 1);
        vterm_screen_reset(vterm_obtain_screen(vt), 1);
    }
    (void)vterm_input_write(vt, (const char *)bytes, n);
    vterm_state_get_cursorpos(vterm_obtain_state(vt), &at);
    return at.col - 1 != wcwidth((wchar_t)cp);
}

static bool is_newer(uint32_t cp)
{
    uint8_t bit = (uint8_t)(1u << cp % 8);

    if (cp < 0xa0 || wcwidth((wchar_t)cp) < 0 || !is_drawn(cp))
        return false;
    if (known == NULL) {
        known = mem_alloc(POINTS / 8);
        newer = mem_alloc(POINTS / 8);
    }
    if ((known[cp / 8] & bit) == 0) {
        known[cp / 8] |= bit;
        newer[cp / 8] |= ask(cp) ? bit : 0;
    }
    return (newer[cp / 8] & bit) != 0;
}

void lag_put(struct buf *out, struct bytes text)
{
    uint32_t cp;
    bool ok;

    for (size_t n; text.n != 0; text = bytes_of(text.p + n, text.n - n)) {
        n = utf8_step(text, &cp, &ok);
        if (ok && is_newer(cp))
            buf_u8(out, '~');
        else
            buf_put(out, text.p, n);
    }
}
