/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/utf8_private.h"

#define EXTENSION_MAX 16

/* CON, NUL, COM1 and the like are devices to Windows, whatever extension follows. */
static bool is_device(struct bytes name)
{
    static const char *const DEVICES[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    static const char *const PORTS[] = {"com", "lpt"};
    char stem[8];
    const void *dot = name.n != 0 ? memchr(name.p, '.', name.n) : NULL;
    size_t n = dot != NULL ? (size_t)((const uint8_t *)dot - name.p) : name.n;

    if (!bytes_copy(stem, sizeof stem, utf8_trim(bytes_of(name.p, n), "", " ")))
        return false;
    for (size_t i = 0; i < MEM_COUNT(DEVICES); i++) {
        if (strcasecmp(stem, DEVICES[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < MEM_COUNT(PORTS); i++) {
        const char *number = stem + 3;
        if (strncasecmp(stem, PORTS[i], 3) != 0)
            continue;
        if (strlen(number) == 1 && *number >= '0' && *number <= '9')
            return true;
        if (strcmp(number, "\u00b9") == 0 || strcmp(number, "\u00b2") == 0 ||
            strcmp(number, "\u00b3") == 0)
            return true;
    }
    return false;
}

/* Bytes of s that fit; inside a cluster only where one alone is too long. */
static size_t fit(struct bytes s, size_t max)
{
    size_t n = utf8_fit_bytes(s, max);

    if (n == 0 && s.n > max) {
        for (n = max; n > 0 && (s.p[n] & 0xC0) == 0x80;)
            n--;
    }
    return n;
}

static void put_shortened(struct buf *out, struct bytes name, size_t max)
{
    const uint8_t *dot = name.n > max ? memrchr(name.p, '.', name.n) : NULL;
    size_t tail = dot != NULL ? name.n - (size_t)(dot - name.p) : 0;

    if (tail > EXTENSION_MAX + 1)
        tail = 0;
    struct bytes stem = bytes_of(name.p, name.n - tail);
    stem.n = fit(stem, max - tail);
    if (tail == 0)
        stem = utf8_trim(stem, "", ". ");
    buf_bytes(out, stem);
    if (tail != 0)
        buf_put(out, dot, tail);
}

void utf8_clean_filename(struct buf *out, struct bytes in)
{
    struct buf raw;
    struct buf composed;
    struct buf clean;

    buf_init(&raw, SIZE_MAX);
    buf_init(&composed, SIZE_MAX);
    buf_init(&clean, SIZE_MAX);
    utf8_clean_text(&raw, in, UTF8_FILENAME);
    if (utf8_nfc(&composed, buf_view(&raw)) != ERR_OK)
        buf_clear(&composed);
    /* Again, because composing may have taken a mark apart into two. */
    utf8_clean_text(&clean, buf_view(&composed), UTF8_FILENAME);
    struct bytes name = utf8_trim(buf_view(&clean), ".-~ ", ". ");
    size_t max = UTF8_FILENAME_MAX;
    if (is_device(name)) {
        buf_u8(out, '_');
        max--;
    }
    put_shortened(out, name, max);
    buf_free(&clean);
    buf_free(&composed);
    buf_free(&raw);
}
