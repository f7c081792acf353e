/* SPDX-License-Identifier: ISC */
/*
 * What programs write to sotto --json, and what strangers write into rooms: every line is
 * answered once, every line that comes out is one object.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "face/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define OUT_MOST (32u << 20)

/* The engine: every request works out. */
static void serve(struct model *m)
{
    struct intent i;

    while (intents_take(&m->intents, &i)) {
        if (i.tag != 0)
            model_outcome(m, i.tag, (i.text_n & 1) == 0, "words");
        intent_fini(&i);
    }
}

static void check_line(struct bytes line, size_t *replies)
{
    struct json_doc *d = NULL;
    char why[64];
    bool ok;

    if (line.n > JSON_MAX_BYTES)
        return;
    if (json_parse(line, false, &d, why, sizeof why) != ERR_OK ||
        json_type(json_root(d)) != JSON_OBJECT)
        abort();
    *replies += json_get_bool(d, json_root(d), "ok", &ok);
    json_free(d);
}

static size_t check_all(int fd)
{
    struct buf all;
    size_t replies = 0;
    size_t start = 0;
    off_t size = lseek(fd, 0, SEEK_END);

    buf_init(&all, OUT_MOST);
    uint8_t *at = buf_space(&all, (size_t)size);
    if (size < 0 || (size != 0 && (at == NULL || pread(fd, at, (size_t)size, 0) != size)))
        abort();
    for (size_t i = 0; i < all.n; i++) {
        if (all.p[i] != '\n')
            continue;
        check_line(bytes_of(all.p + start, i - start), &replies);
        start = i + 1;
    }
    if (start != all.n)
        abort();
    buf_free(&all);
    return replies;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct model *m = model_new();
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct face *f = json_face_new(m, fd);
    struct bytes in = bytes_of(p, n < 65536 ? n : 65536);
    size_t lines = in.n != 0 && in.p[in.n - 1] != '\n';

    for (size_t i = 0; i < in.n; i++)
        lines += in.p[i] == '\n';
    model_set_link(m, MODEL_READY, 0);
    model_add(m, model_join(m, bytes_str("ops")),
        &(struct event){.kind = EVENT_MESSAGE, .who = in, .text = in});
    face_input(f, in);
    face_input_end(f);
    for (uint64_t now = 1; !f->over; now += 1000) {
        (void)face_turn(f, now);
        serve(m);
    }
    bool all = f->in.n == 0; /* else it was told to quit in the middle of it */
    json_face_free(f);
    size_t replies = check_all(fd);
    if (replies > lines || (all && replies != lines))
        abort();
    (void)close(fd);
    model_free(m);
    return 0;
}
