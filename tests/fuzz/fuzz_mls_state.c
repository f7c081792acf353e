/* SPDX-License-Identifier: ISC */
/* Stored states: records, each an id (four bytes), a length (four) and its bytes. The check
 * sum at the end of the whole is put in order first, so that what lies behind it is reached.
 * What loads saves the same records again, and lives: it speaks, hears and commits. */
#include <stdlib.h>

#include "base/mem.h"
#include "mls/group_store.h"
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void put_record(struct mlsstore *s, uint32_t id, struct bytes raw)
{
    uint8_t sum[HASH_SHA256];

    if (id != 0 || raw.n <= STORE_SUM) {
        mlsstore_put(s, id, raw);
        return;
    }
    struct bytes head = bytes_of(raw.p, raw.n - STORE_SUM);
    uint8_t *all = mem_dup(raw.p, raw.n);
    mlsfuzz_must(hash_sha256(head, sum) == ERR_OK, "no hash");
    memcpy(all + head.n, sum, STORE_SUM);
    mlsstore_put(s, id, bytes_of(all, raw.n));
    mem_free(all);
}

static void gather(struct bytes in, struct mlsstore *s)
{
    struct reader r;

    reader_init(&r, in);
    while (reader_left(&r) >= 8) {
        uint32_t id = reader_u32(&r);
        uint32_t n = reader_u32(&r);
        size_t left = reader_left(&r);
        put_record(s, id, reader_bytes(&r, n < left ? n : left));
    }
}

static void live(struct mls_group *g)
{
    const struct mls_wrap wrap = {.pad = 16};
    struct mls_commit_request what = {.wrap = {.flags = MLS_PATH | MLS_WITH_INFO}};
    struct mls_commit_result r;
    struct mls_event event;
    struct buf out;

    buf_init(&out, WIRE_MAX);
    buf_init(&r.commit, WIRE_MAX);
    buf_init(&r.welcome, WIRE_MAX);
    buf_init(&r.info, WIRE_MAX);
    mls_event_init(&event);
    (void)mls_protect(g, bytes_str("hello"), &wrap, &out);
    mlsfuzz_private(MLS_APPLICATION, bytes_str("hello"), &out);
    (void)mls_process(g, buf_view(&out), &event);
    if (mls_apply(g) == ERR_OK)
        (void)mls_protect(g, bytes_str("hello"), &wrap, &out);
    if (mls_commit(g, &what, &r) != ERR_OK) {
        what.wrap.flags |= MLS_NO_PENDING;
        (void)mls_commit(g, &what, &r);
    }
    (void)mls_apply(g);
    mls_event_clear(&event);
    buf_free(&out);
    buf_free(&r.commit);
    buf_free(&r.welcome);
    buf_free(&r.info);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct party_member *m = mlsfuzz()->p.m[0];
    struct mlsstore in = {0};
    struct mlsstore out = {0};
    struct mls_group *g = NULL;

    gather(bytes_of(p, n), &in);
    enum err e = mlsstore_load(&in, &m->world.env, &m->who, &g);
    mlsfuzz_must((e == ERR_OK) == (g != NULL), "loaded and not loaded");
    if (g != NULL) {
        mlsfuzz_must(mlsstore_save(&out, g, true) == ERR_OK, "not saved");
        mlsfuzz_must(mlsstore_same(&in, &out, 0), "a state is written otherwise");
        live(g);
    }
    mls_group_free(g);
    mlsstore_fini(&in);
    mlsstore_fini(&out);
    return 0;
}
