/* SPDX-License-Identifier: ISC */
#include "base/picture_turn.h"

#include "base/mem.h"
#include "base/reader.h"

#define MARKERS_MAX 64 /* before the picture itself */
#define ENTRIES_MAX 256
#define ORIENTATION 0x0112
#define SHORT       3

/* A number as the block says that it writes them. */
static uint32_t number(struct reader *r, bool little, size_t n)
{
    struct bytes b = reader_bytes(r, n);
    uint32_t v = 0;

    for (size_t i = 0; i < b.n; i++)
        v = v << 8 | b.p[little ? b.n - 1 - i : i];
    return v;
}

static unsigned turn_of_exif(struct bytes block)
{
    struct reader r;
    unsigned found = 1;

    reader_init(&r, block);
    struct bytes order = reader_bytes(&r, 2);
    bool little = bytes_eq(order, bytes_str("II"));
    if (!little && !bytes_eq(order, bytes_str("MM")))
        return 1;
    if (number(&r, little, 2) != 42)
        return 1;
    uint32_t at = number(&r, little, 4);
    if (at < 8 || at > block.n)
        return 1;
    reader_init(&r, bytes_of(block.p + at, block.n - at));
    uint32_t entries = number(&r, little, 2);
    for (uint32_t i = 0; i < entries && i < ENTRIES_MAX; i++) {
        uint32_t tag = number(&r, little, 2);
        uint32_t type = number(&r, little, 2);
        uint32_t count = number(&r, little, 4);
        uint32_t value = number(&r, little, 2);
        (void)reader_bytes(&r, 2);
        if (tag == ORIENTATION && type == SHORT && count == 1)
            found = value;
    }
    return reader_err(&r) == ERR_OK && found >= 1 && found <= 8 ? found : 1;
}

unsigned turn_of_jpeg(struct bytes in)
{
    static const char EXIF[6] = "Exif\0";
    struct reader r;

    reader_init(&r, in);
    (void)reader_u16(&r);
    for (int i = 0; i < MARKERS_MAX; i++) {
        uint16_t marker = reader_u16(&r);
        uint16_t size = reader_u16(&r);
        struct bytes block = reader_bytes(&r, size >= 2 ? size - 2U : 0);
        if (reader_err(&r) != ERR_OK || marker < 0xffc0 || marker == 0xffda || size < 2)
            return 1;
        if (marker == 0xffe1 && block.n > sizeof EXIF &&
            memcmp(block.p, EXIF, sizeof EXIF) == 0)
            return turn_of_exif(bytes_of(block.p + sizeof EXIF, block.n - sizeof EXIF));
    }
    return 1;
}

void turn_pixels(struct pixels *p, unsigned turn)
{
    /* Across: rows become columns; then from the right, from below. */
    static const struct {
        bool across, right, below;
    } TURNS[9] = {{false, false, false}, {false, false, false}, {false, true, false},
        {false, true, true}, {false, false, true}, {true, false, false}, {true, true, false},
        {true, true, true}, {true, false, true}};

    if (turn < 2 || turn > 8)
        return;
    bool across = TURNS[turn].across;
    struct pixels t = {across ? p->height : p->width, across ? p->width : p->height, NULL};
    t.rgba = mem_array((size_t)t.width * t.height, 4);
    for (unsigned y = 0; y < t.height; y++) {
        for (unsigned x = 0; x < t.width; x++) {
            unsigned fx = TURNS[turn].right ? t.width - 1 - x : x;
            unsigned fy = TURNS[turn].below ? t.height - 1 - y : y;
            size_t from = across ? (size_t)fx * p->width + fy : (size_t)fy * p->width + fx;
            memcpy(t.rgba + ((size_t)y * t.width + x) * 4, p->rgba + from * 4, 4);
        }
    }
    pixels_fini(p);
    *p = t;
}
