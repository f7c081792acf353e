/* SPDX-License-Identifier: ISC */
#include "support/filecrew.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/support.h"

#define OFFERS 4096

static const char *const NAMES[EVIL_PEOPLE] = {"alice", "bob", "carol", "dave"};

/* ---- life ---- */

static const char *made(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *made(const char *fmt, ...)
{
    static char paths[5][FILECREW_PATH];
    static size_t at;
    char *path = paths[at++ % MEM_COUNT(paths)];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(path, FILECREW_PATH, fmt, ap);
    va_end(ap);
    cr_assert(n > 0 && n < FILECREW_PATH);
    return path;
}

static void folders(struct filecrew *f)
{
    support_tmpdir(f->dir, sizeof f->dir);
    cr_assert_eq(mkdir(made("%s/out", f->dir), 0700), 0);
    cr_assert_eq(mkdir(made("%s/home", f->dir), 0700), 0);
    cr_assert_eq(setenv("HOME", made("%s/home", f->dir), 1), 0);
    cr_assert_eq(unsetenv("XDG_DOWNLOAD_DIR"), 0);
}

void filecrew_init(struct filecrew *f, uint64_t seed)
{
    *f = (struct filecrew){0};
    evil_init(&f->v, seed);
    folders(f);
}

void filecrew_db(struct filecrew *f, uint64_t seed)
{
    static char path[FILECREW_PATH];

    *f = (struct filecrew){0};
    folders(f);
    (void)snprintf(path, sizeof path, "%s/sottod.db", f->dir);
    sim_init(&f->v.sim, seed);
    f->v.sim.db_path = path;
    sim_start(&f->v.sim);
    crew_init_keys(&f->v.crew, &f->v.sim, 2048, EVIL_KEYS);
}

void filecrew_fini(struct filecrew *f)
{
    evil_fini(&f->v);
    support_rmtree(f->dir);
}

size_t filecrew_account(struct filecrew *f, const char *name)
{
    size_t who = evil_account(&f->v, name);

    (void)snprintf(f->in[who], sizeof f->in[who], "%s/in.%s", f->dir, name);
    f->v.m[who]->setup.download_dir = f->in[who];
    return who;
}

void filecrew_people(struct filecrew *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        crew_start(f->v.m[filecrew_account(f, NAMES[i])]);
    crew_run(&f->v.crew, 2000);
}

void filecrew_room(struct filecrew *f, size_t n)
{
    filecrew_people(f, n);
    for (size_t i = 0; i < n; i++)
        crew_join(f->v.m[i], "ops");
    for (size_t i = 0; i < n; i++)
        crew_sealed(f->v.m[i], "#ops", (uint32_t)n);
    for (size_t i = 1; i < n; i++)
        evil_goes_on(&f->v, 0, "#ops", i, "#ops");
    crew_run(&f->v.crew, 5000);
}

void filecrew_pair(struct filecrew *f)
{
    filecrew_people(f, 2);
    crew_type(f->v.m[0], "/msg bob psst");
    crew_reads(f->v.m[1], "@alice", "psst");
    crew_type_in(f->v.m[1], "@alice", "what?");
    crew_reads(f->v.m[0], "@bob", "what?");
    crew_run(&f->v.crew, 5000);
}

/* ---- the disk ---- */

const char *filecrew_path(struct filecrew *f, const char *name)
{
    return made("%s/out/%s", f->dir, name);
}

const char *filecrew_got(struct filecrew *f, size_t who, const char *name)
{
    return made("%s/%s", f->in[who], name);
}

void filecrew_write(const char *path, size_t bytes, uint32_t seed)
{
    uint8_t *data = mem_alloc(bytes + 1);
    const struct timespec long_ago[2] = {{1000, 0}, {1000, 0}}; /* so that a change shows */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    for (size_t i = 0; i < bytes; i++) {
        seed = seed * 1664525u + 1013904223u;
        data[i] = (uint8_t)(seed >> 24);
    }
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(write(fd, data, bytes), (ssize_t)bytes);
    cr_assert_eq(futimens(fd, long_ago), 0);
    cr_assert_eq(close(fd), 0);
    mem_free(data);
}

void filecrew_poke(const char *path, size_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t b;

    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(pread(fd, &b, 1, (off_t)at), 1);
    b ^= 0x40;
    cr_assert_eq(pwrite(fd, &b, 1, (off_t)at), 1);
    cr_assert_eq(close(fd), 0);
}

static size_t each_entry(const char *folder, const char *end, const char **found)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    size_t n = 0;

    while (d != NULL && (e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        n++;
        if (found != NULL && len > strlen(end) &&
            strcmp(e->d_name + len - strlen(end), end) == 0)
            *found = made("%s/%s", folder, e->d_name);
    }
    if (d != NULL)
        (void)closedir(d);
    return n;
}

size_t filecrew_entries(const char *folder)
{
    return each_entry(folder, "", NULL);
}

const char *filecrew_part(struct filecrew *f, size_t who)
{
    const char *found = NULL;

    (void)each_entry(f->in[who], ".part", &found);
    return found;
}

/* ---- doing ---- */

void filecrew_type(struct filecrew *f, size_t who, const char *fmt, ...)
{
    char line[FILECREW_PATH + 64];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    cr_assert(n > 0 && (size_t)n < sizeof line);
    crew_type(f->v.m[who], line);
}

void filecrew_send(
    struct filecrew *f, size_t who, const char *page, const char *name, size_t bytes)
{
    char line[FILECREW_PATH + 16];
    const char *path = filecrew_path(f, name);

    filecrew_write(path, bytes, (uint32_t)bytes + 1);
    (void)snprintf(line, sizeof line, "/send %s", path);
    crew_type_in(f->v.m[who], page, line);
}

/* ---- waiting ---- */

struct wait {
    struct filecrew *f;
    size_t who;
    const char *name;
    enum transfer_state state;
    uint64_t bytes;
    const char *why;
};

struct transfer *filecrew_find(struct filecrew *f, size_t who, const char *name)
{
    const struct transfers *ts = &f->v.m[who]->model->files;

    for (size_t i = ts->count; i-- > 0;) {
        if (strcmp(ts->all[i]->name, name) == 0)
            return ts->all[i];
    }
    return NULL;
}

static bool is_so(void *arg)
{
    const struct wait *w = arg;
    const struct transfer *t = filecrew_find(w->f, w->who, w->name);

    if (t == NULL)
        return false;
    if (w->why != NULL)
        return strstr(t->why, w->why) != NULL;
    return w->state == TRANSFER_STATES ? t->done >= w->bytes && t->state != TRANSFER_READING
                                       : t->state == w->state;
}

static void need(struct wait w, const char *what)
{
    if (crew_until(&w.f->v.crew, is_so, &w))
        return;
    const struct transfer *t = filecrew_find(w.f, w.who, w.name);
    crew_dump(&w.f->v.crew);
    cr_assert(false, "%s: %s is not %s: %s, %s, %llu bytes (seed %llu)", w.f->v.m[w.who]->nick,
        w.name, what, t != NULL ? transfer_state_str(t->state) : "not there",
        t != NULL ? t->why : "", t != NULL ? (unsigned long long)t->done : 0,
        (unsigned long long)w.f->v.sim.seed);
}

void filecrew_is(struct filecrew *f, size_t who, const char *name, enum transfer_state state)
{
    need((struct wait){f, who, name, state, 0, NULL}, transfer_state_str(state));
}

void filecrew_moves(struct filecrew *f, size_t who, const char *name, uint64_t bytes)
{
    need((struct wait){f, who, name, TRANSFER_STATES, bytes, NULL}, "so far");
}

void filecrew_why(struct filecrew *f, size_t who, const char *name, const char *words)
{
    need((struct wait){f, who, name, 0, 0, words}, words);
}

void filecrew_accept(struct filecrew *f, size_t who, const char *name)
{
    filecrew_is(f, who, name, TRANSFER_OFFERED);
    filecrew_type(f, who, "/accept %u", filecrew_find(f, who, name)->n);
}

/* ---- what must be so ---- */

static struct bytes slurp(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(fstat(fd, &st), 0);
    uint8_t *data = mem_alloc((size_t)st.st_size + 1);
    cr_assert_eq(read(fd, data, (size_t)st.st_size + 1), (ssize_t)st.st_size);
    cr_assert_eq(close(fd), 0);
    return bytes_of(data, (size_t)st.st_size);
}

void filecrew_same(struct filecrew *f, size_t who, const char *saved, const char *name)
{
    const char *got = filecrew_got(f, who, saved);
    struct bytes is = slurp(got);
    struct bytes was = slurp(filecrew_path(f, name));
    struct stat st;

    cr_assert(bytes_eq(is, was), "%s has %zu bytes, other ones than were sent", got, is.n);
    cr_assert_eq(lstat(got, &st), 0);
    cr_assert(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600 && st.st_nlink == 1);
    mem_free((void *)(uintptr_t)is.p);
    mem_free((void *)(uintptr_t)was.p);
}

void filecrew_goes(struct filecrew *f, size_t from, const char *page, size_t to,
    const char *name, size_t bytes)
{
    filecrew_send(f, from, page, name, bytes);
    filecrew_accept(f, to, name);
    filecrew_is(f, to, name, TRANSFER_DONE);
    filecrew_same(f, to, name, name);
}

size_t filecrew_chunks(struct filecrew *f, size_t who, enum meddler_way way)
{
    return meddler_count(&f->v.line[who], way, OP_FILE_CHUNK);
}

/* Which file each handle stood for, as the relay's answers to offers tell it in their order. */
struct offers {
    uint8_t id[OFFERS][MSG_ID];
    uint32_t handle[OFFERS]; /* of those that were answered; 0: refused */
    size_t asked, answered;
};

static void note(struct offers *o, const struct meddler_kept *k)
{
    struct msg_file_offer m;
    struct msg_file_offer_ok ok;

    if (k->way == UP && k->op == OP_FILE_OFFER) {
        cr_assert_lt(o->asked, (size_t)OFFERS);
        meddler_read(k, &m);
        memcpy(o->id[o->asked++], m.id, MSG_ID);
    } else if (k->way == DOWN && k->op == OP_REPLY && k->asked == OP_FILE_OFFER) {
        if (k->body.p[0] == STATUS_DONE)
            meddler_read(k, &ok);
        o->handle[o->answered++] = k->body.p[0] == STATUS_DONE ? ok.handle : 0;
    } else if (k->way == UP && k->op == OP_HELLO) {
        o->answered = o->asked; /* another line: nothing comes to what was asked */
    }
}

static const uint8_t *id_of(const struct offers *o, uint32_t handle)
{
    for (size_t i = o->answered; i-- > 0;) {
        if (o->handle[i] == handle)
            return o->id[i];
    }
    return NULL;
}

struct place {
    const uint8_t *id;
    uint32_t index;
    struct bytes data;
};

void filecrew_sealed_once(struct filecrew *f, size_t who)
{
    struct offers *o = mem_alloc(sizeof *o);
    size_t n = 0;
    struct place *seen = mem_array(filecrew_chunks(f, who, UP) + 1, sizeof *seen);

    for (const struct meddler_kept *k = f->v.line[who].kept; k != NULL; k = k->next) {
        struct msg_file_chunk m;
        note(o, k);
        if (k->way != UP || k->op != OP_FILE_CHUNK)
            continue;
        meddler_read(k, &m);
        const uint8_t *id = id_of(o, m.handle);
        cr_assert_not_null(id, "a chunk of no file");
        for (size_t i = 0; i < n; i++)
            cr_assert(seen[i].index != m.index || memcmp(seen[i].id, id, MSG_ID) != 0 ||
                          bytes_eq(seen[i].data, m.data),
                "chunk %u was sealed with two contents", m.index);
        seen[n++] = (struct place){id, m.index, m.data};
    }
    mem_free(seen);
    mem_free(o);
}
