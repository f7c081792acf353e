/* SPDX-License-Identifier: ISC */
/*
 * Writes the first corpus of fuzz_picture: a small picture of each format, claims, and cells.
 *
 *   seed_picture FOLDER       the corpus folder, in which those of the harnesses are
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/art.h"
#include "support/gallery.h"

#define WISH 0x7c /* eight rows of sixteen, in any colour */

static const char *root;

static void put(const char *name, struct buf *b)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/fuzz_picture", root);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/fuzz_picture/%s", root, name);
    FILE *out = fopen(path, "wbe");
    if (out == NULL || fputc(WISH, out) == EOF || fwrite(b->p, 1, b->n, out) != b->n ||
        fclose(out) != 0) {
        perror(path);
        exit(1);
    }
    buf_clear(b);
}

static void cells(struct buf *b)
{
    struct art a;

    art_init(&a, 2, 2);
    for (size_t i = 0; i < 4; i++)
        a.cells[i] = (struct art_cell){.letter = (uint32_t)(0x2580 + i),
            .fg = 0x102030,
            .bg = i % 2 != 0 ? 0xffeedd : 0,
            .flags = (uint8_t)(ART_HAS_FG | (i % 2 != 0 ? ART_HAS_BG : 0))};
    art_put(b, &a);
    art_fini(&a);
}

int main(int argc, char **argv)
{
    static const char *const NAMES[GALLERY_COUNT] = {
        "png", "jpeg", "jpeg-steps", "webp", "webp-exact"};
    struct buf b;

    if (argc != 2)
        return 2;
    root = argv[1];
    buf_init(&b, 1 << 20);
    for (int i = 0; i < GALLERY_COUNT; i++) {
        gallery_put(&b, (enum gallery)i, 17, 9);
        put(NAMES[i], &b);
    }
    for (uint16_t i = 1; i <= 8; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "turned-%u", i);
        gallery_turned_jpeg(&b, 16, 8, i);
        put(name, &b);
    }
    gallery_claim_png(&b, 60000, 60000);
    put("claim-png", &b);
    gallery_claim_png(&b, 300, 200);
    put("empty-png", &b);
    gallery_claim_jpeg(&b, 65000, 65000);
    put("claim-jpeg", &b);
    gallery_claim_jpeg(&b, 200, 300);
    put("more-jpeg", &b);
    gallery_claim_webp(&b, 16383, 16383);
    put("claim-webp", &b);
    cells(&b);
    put("cells", &b);
    buf_free(&b);
    return 0;
}
