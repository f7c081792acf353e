/* SPDX-License-Identifier: ISC */
/*
 * Writes the first corpus of the harnesses of the group layer, from the group that they share:
 * what its members really send and store, whole and opened.
 *
 *   seed_mls FOLDER       the corpus folder, in which those of the harnesses are
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "support/mlsfuzz.h"

static const char *root;
static struct mlsfuzz *f;

static bool write_out(FILE *out, struct bytes v)
{
    return v.n == 0 || fwrite(v.p, 1, v.n, out) == v.n;
}

static void put(const char *harness, const char *name, struct bytes head, struct bytes data)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/fuzz_mls_%s", root, harness);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/fuzz_mls_%s/%s", root, harness, name);
    FILE *out = fopen(path, "wbe");
    mlsfuzz_must(out != NULL, path);
    mlsfuzz_must(write_out(out, head) && write_out(out, data), path);
    mlsfuzz_must(fclose(out) == 0, path);
}

/* Behind one byte that is the mode. */
static void put1(const char *harness, const char *name, uint8_t mode, struct bytes data)
{
    put(harness, name, bytes_of(&mode, 1), data);
}

static void must(enum err e, const char *what)
{
    mlsfuzz_must(e == ERR_OK, what);
}

/* ---- what is public ---- */

static void public_message(const char *name, struct bytes message)
{
    char opened[64];
    struct content c;
    struct bytes tag;
    struct reader r;

    put1("public", name, 0, message);
    reader_init(&r, message);
    (void)content_message_read(&r);
    content_public_read(&r, proposal_skip, &c, &tag);
    must(reader_end(&r), name);
    (void)snprintf(opened, sizeof opened, "%s-body", name);
    uint8_t mode = (uint8_t)((c.type == CONTENT_PROPOSAL ? 2 : 1) + 4 * (c.sender - 1));
    const uint8_t head[] = {mode, (uint8_t)c.sender_index};
    put("public", opened, bytes_of(head, sizeof head), c.body);
    if (c.sender == SENDER_MEMBER)
        put1("private", opened, c.type == CONTENT_PROPOSAL ? 5 : 8, c.body);
}

static void proposals(struct party_member *liar)
{
    const uint16_t none[1] = {0};
    struct buf list;
    struct buf out;

    buf_init(&list, WIRE_MAX);
    buf_init(&out, WIRE_MAX);
    mls_ext_require(&list, none, 0);
    struct buf extensions;
    buf_init(&extensions, WIRE_MAX);
    mls_ext_put(&extensions, 3, buf_view(&list));
    const struct mls_proposal what[] = {
        {.type = MLS_ADD, .package = buf_view(&f->p.m[MLSFUZZ_GUEST]->package)},
        {.type = MLS_UPDATE},
        {.type = MLS_REMOVE, .leaf = 2},
        {.type = MLS_PSK, .psk_id = bytes_str("a word")},
        {.type = MLS_PSK, .psk_epoch = 1},
        {.type = MLS_REINIT, .group_id = bytes_str("next"), .suite = 1},
        {.type = MLS_CONTEXT, .extensions = buf_view(&extensions)},
    };
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    for (size_t i = 0; i < MEM_COUNT(what); i++) {
        char name[32];
        buf_clear(&out);
        must(mls_propose(liar->g, &what[i], &wrap, &out), "propose");
        group_drop_waiting(liar->g);
        (void)snprintf(name, sizeof name, "proposal-%zu", i);
        public_message(name, buf_view(&out));
    }
    buf_free(&list);
    buf_free(&extensions);
    buf_free(&out);
}

static void commits(struct party_member *liar)
{
    const struct mls_proposal what[] = {
        {.type = MLS_ADD, .package = buf_view(&f->p.m[MLSFUZZ_GUEST]->package)},
        {.type = MLS_REMOVE, .leaf = 3},
        {.type = MLS_REMOVE, .leaf = 0},
        {.type = MLS_PSK, .psk_epoch = 1},
    };
    char name[32];

    for (size_t i = 0; i <= MEM_COUNT(what); i++) {
        struct mls_commit_result *r = &f->p.last;
        struct mls_commit_request how = {.wrap = {.flags = MLS_PUBLIC | MLS_PATH},
            .proposals = &what[i % MEM_COUNT(what)],
            .proposals_n = i < MEM_COUNT(what)};
        buf_clear(&r->commit);
        buf_clear(&r->welcome);
        must(mls_commit(liar->g, &how, r), "commit");
        (void)snprintf(name, sizeof name, "commit-%zu", i);
        public_message(name, buf_view(&r->commit));
        mls_discard(liar->g);
        how.wrap.flags = MLS_PATH;
        buf_clear(&r->commit);
        buf_clear(&r->welcome);
        must(mls_commit(liar->g, &how, r), "commit");
        put1("private", name, 0, buf_view(&r->commit));
        mls_discard(liar->g);
    }
}

static void outsider(void)
{
    struct party_member *guest = f->p.m[MLSFUZZ_GUEST];
    const struct mls_external_request what = {.info = buf_view(&f->info)};
    struct mls_group *g = NULL;
    enum mls_rule rule;
    struct buf commit;

    buf_init(&commit, WIRE_MAX);
    must(mls_group_join_external(&guest->world.env, &guest->who, &what, &commit, &g, &rule),
        "external");
    public_message("external", buf_view(&commit));
    mls_group_free(g);
    buf_free(&commit);
}

static void said(struct party_member *liar)
{
    struct buf plain;
    struct buf out;

    buf_init(&plain, WIRE_MAX);
    buf_init(&out, WIRE_MAX);
    put1("private", "application", 0, party_seal(&f->p, MLSFUZZ_LIAR, "hello", &out));
    put1("private", "application-body", 2, bytes_str("hello"));
    put1("private", "application-empty", 2, (struct bytes){0});
    const uint8_t unsigned_plain[] = {5, 'h', 'e', 'l', 'l', 'o', 1, 0, 0, 0, 0};
    put1("private", "application-plain", 1, bytes_of(unsigned_plain, sizeof unsigned_plain));
    put1("private", "commit-plain", 7, bytes_of(unsigned_plain, sizeof unsigned_plain));
    (void)liar;
    buf_free(&plain);
    buf_free(&out);
}

/* ---- what lets people in ---- */

static void package(const char *name, uint16_t type, bool last_resort)
{
    struct party_member *guest = f->p.m[MLSFUZZ_GUEST];
    struct mls_identity who = guest->who;
    const struct mls_package_request what = {
        .suite = 1, .not_after = UINT64_MAX, .last_resort = last_resort};
    const uint8_t chain[] = {2, 'a', 'b', 1, 'c'};
    struct buf message;
    struct buf secret;
    char signs[32];

    who.credential_type = type;
    if (type == MLS_X509)
        who.identity = bytes_of(chain, sizeof chain);
    buf_init(&message, WIRE_MAX);
    buf_init(&secret, WIRE_MAX);
    must(mls_package_make(&guest->world.env, &who, &what, &message, &secret), "package");
    put1("package", name, 0, buf_view(&message));
    (void)snprintf(signs, sizeof signs, "%s-signed", name);
    put1("package", signs, 1, buf_view(&message));
    buf_free(&message);
    buf_wipe(&secret);
}

static void welcome(void)
{
    const struct party_member *guest = f->p.m[MLSFUZZ_GUEST];
    struct package_secret own;
    struct welcome_secrets secrets;
    struct welcome_info info;
    struct keypackage *k = NULL;
    struct dh_key *init = NULL;
    struct welcome_entry entry;
    uint8_t ref[SUITE_HASH];
    struct welcome w;
    struct reader r;
    struct buf plain;
    struct buf inside;
    struct buf both;

    put1("welcome", "whole", 0, buf_view(&f->welcome));
    reader_init(&r, buf_view(&f->welcome));
    (void)content_message_read(&r);
    welcome_read(&r, &w);
    must(package_secret_read(buf_view(&guest->secret), &own), "secret");
    must(package_read(buf_view(&guest->package), &k), "package");
    must(keypackage_ref_hash(k, w.suite, ref), "reference");
    must(dh_key_new(w.suite->hpke.kem, bytes_of(own.init, sizeof own.init), &init), "key");
    buf_init(&plain, WIRE_MAX);
    buf_init(&inside, WIRE_MAX);
    buf_init(&both, WIRE_MAX);
    mlsfuzz_must(
        welcome_find(&w, ref, &entry) &&
            welcome_open_secrets(&w, &entry, init, &plain, &secrets) == MLS_RULE_KEPT &&
            welcome_open_info(&w, secrets.joiner.p, NULL, &inside, &info) == MLS_RULE_KEPT,
        "the welcome does not open");
    buf_u16(&both, (uint16_t)plain.n);
    buf_bytes(&both, buf_view(&plain));
    buf_bytes(&both, buf_view(&inside));
    put1("welcome", "opened", 1, buf_view(&both));
    keypackage_unref(k);
    dh_key_free(init);
    buf_free(&plain);
    buf_free(&inside);
    buf_free(&both);
}

/* ---- states of member 0 ---- */

static void state(const char *name, struct mls_group *g)
{
    struct mlsstore s = {0};
    struct buf out;

    buf_init(&out, WIRE_MAX);
    must(mlsstore_save(&s, g, true), name);
    for (size_t i = 0; i < s.n; i++) {
        buf_u32(&out, s.v[i].id);
        buf_u32(&out, (uint32_t)s.v[i].bytes.n);
        buf_bytes(&out, s.v[i].bytes);
    }
    put("state", name, (struct bytes){0}, buf_view(&out));
    mlsstore_fini(&s);
    buf_free(&out);
}

static void hear(struct mls_group *g, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    must(mls_process(g, message, &event), "hear");
    mls_event_clear(&event);
}

static void states(void)
{
    struct party_member *zero = f->p.m[0];
    struct buf out;

    buf_init(&out, WIRE_MAX);
    state("waiting", zero->g);
    party_stage(&f->p, 0, NULL, 0, MLS_PATH);
    state("staged-own", zero->g);
    mls_discard(zero->g);
    group_drop_waiting(f->p.m[2]->g);
    for (size_t i = 0; i < 4; i++)
        (void)party_seal(&f->p, 2, "hello", &out);
    hear(zero->g, buf_view(&out));
    state("skipped", zero->g);
    party_stage(&f->p, 2, NULL, 0, MLS_PATH);
    hear(zero->g, buf_view(&f->p.last.commit));
    state("staged", zero->g);
    must(mls_apply(zero->g), "apply");
    state("old", zero->g);
    mls_forget(zero->g);
    state("forgotten", zero->g);
    const struct mls_proposal reinit = {
        .type = MLS_REINIT, .group_id = bytes_str("next"), .suite = 1};
    party_stage(&f->p, 0, &reinit, 1, 0);
    state("staged-reinit", zero->g);
    must(mls_apply(zero->g), "apply");
    state("suspended", zero->g);
    const struct mls_external_request what = {.info = buf_view(&f->info), .resync = true};
    struct mls_group *g = NULL;
    enum mls_rule rule;
    buf_clear(&out);
    must(mls_group_join_external(&zero->world.env, &zero->who, &what, &out, &g, &rule),
        "external");
    state("external", g);
    mls_group_free(g);
    buf_free(&out);
}

static void removed(void)
{
    struct party p;
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 0};

    party_init(&p, 1, 21);
    party_gather(&p, 3, true);
    party_stage(&p, 1, &remove, 1, 0);
    hear(p.m[0]->g, buf_view(&p.last.commit));
    state("staged-removed", p.m[0]->g);
    must(mls_apply(p.m[0]->g), "apply");
    state("removed", p.m[0]->g);
    party_fini(&p);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    root = argv[1];
    f = mlsfuzz();
    struct party_member *liar = f->p.m[MLSFUZZ_LIAR];
    put1("info", "whole", 0, buf_view(&f->info));
    put1("info", "signed", 1, buf_view(&f->info));
    put1("info", "signed-resync", 15, buf_view(&f->info));
    package("basic", MLS_BASIC, false);
    package("x509", MLS_X509, false);
    package("last-resort", MLS_BASIC, true);
    welcome();
    group_drop_waiting(liar->g);
    said(liar);
    proposals(liar);
    commits(liar);
    outsider();
    states();
    removed();
    return 0;
}
