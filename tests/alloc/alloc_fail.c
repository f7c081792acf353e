/* SPDX-License-Identifier: ISC */
/*
 * What happens when memory runs out: for N = 1, 2, ... the Nth allocation fails, once in our
 * own code and once in SQLite's. Our own ends the process in words (mem_die), so each N is a
 * child process; SQLite's is an error that the caller hears, or ends it the same way while
 * opening. In neither case may anything crash, and what the store confirmed before is there
 * when it is opened again.
 *
 *   alloc_fail            prints how many failures were injected; every 17th N of the store's
 *   SOTTO_LONG=1          every N
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/opcode.h"
#include "server/store.h"
#include "support/support.h"

/* ---- the allocator that fails (the linker puts these before malloc and friends in our code)
 * ---- */

static long countdown = -1; /* -1: never */

static bool fails_now(void)
{
    return countdown > 0 && --countdown == 0;
}

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_calloc(size_t n, size_t size)
{
    return fails_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails_now() ? NULL : __real_realloc(p, n);
}

static sqlite3_mem_methods sqlite_real;
static long sqlite_countdown = -1;

static bool sqlite_fails(void)
{
    return sqlite_countdown > 0 && --sqlite_countdown == 0;
}

static void *sqlite_malloc(int n)
{
    return sqlite_fails() ? NULL : sqlite_real.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
    return sqlite_fails() ? NULL : sqlite_real.xRealloc(p, n);
}

static void hook_sqlite(void)
{
    sqlite3_mem_methods mine;

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_real) != SQLITE_OK)
        abort();
    mine = sqlite_real;
    mine.xMalloc = sqlite_malloc;
    mine.xRealloc = sqlite_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) != SQLITE_OK)
        abort();
}

/* ---- the codecs ---- */

static void code_one(const struct schema *s)
{
    _Alignas(max_align_t) uint8_t msg[512] = {0};
    struct buf b;
    const char *bad;

    buf_init(&b, 1u << 20);
    schema_encode(s, msg, &b);
    (void)schema_decode(s, buf_view(&b), msg, &bad);
    buf_free(&b);
}

static void codecs(const char *dir)
{
    struct list_writer w;

    (void)dir;
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *row = opcode_at(i);
        const struct schema *const shapes[] = {row->ask, row->tell, row->answer};
        for (size_t k = 0; k < MEM_COUNT(shapes); k++) {
            if (shapes[k] != NULL)
                code_one(shapes[k]);
        }
    }
    list_begin(&w, 1u << 20);
    for (uint32_t i = 0; i < 500; i++)
        list_add(&w, &MSG_NODE, &(struct msg_node){i, bytes_str("a public node of the tree")});
    struct list l = list_view(&w);
    struct msg_node node;
    while (list_next(&l, &MSG_NODE, &node)) {
    }
    list_end(&w);
}

/* ---- the store ---- */

static size_t confirmed;
static FILE *report; /* what was confirmed, for whoever looks after the end */

static void wake(void *arg)
{
    (void)arg;
}

static void noted(void *arg, const struct store_result *r)
{
    if (r->rc != ERR_OK)
        return;
    confirmed++;
    (void)fprintf(report, "%s\n", (const char *)arg);
    (void)fflush(report);
}

static void *word(char *s)
{
    return s;
}

static void store_story(const char *dir)
{
    static char account[] = "account", room[] = "room", entry[] = "entry", token[] = "token",
                package[] = "package";
    char path[256];
    char why[256];
    struct store_file *f = NULL;
    uint8_t hash[STORE_TOKEN] = {1};

    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    if (store_file_open(path, &f, why, sizeof why) != ERR_OK)
        return;
    struct worker_hooks hooks = store_file_hooks(f);
    struct worker *w = worker_new_inline(wake, NULL, &hooks);
    struct store *s = store_sqlite_new(f, w);
    store_account_create(s,
        &(struct store_account){
            .name = bytes_str("alice"), .verifier = bytes_str("v"), .role = 1},
        noted, word(account));
    worker_drain(w);
    store_token_put(s, hash,
        &(struct store_token){.account = bytes_str("alice"), .expires_ms = INT64_MAX}, 1, 8,
        noted, word(token));
    worker_drain(w);
    store_room_create(s,
        &(struct store_room){.key = bytes_str("rops"), .name = bytes_str("ops")}, noted,
        word(room));
    store_package_put(s, bytes_str("alice"),
        &(struct store_package){.suite = 1, .body = bytes_str("p")}, 1, 10, noted,
        word(package));
    worker_drain(w);
    store_entry_put(s, bytes_str("rops"),
        &(struct store_entry){
            .seq = 7, .sender = bytes_str("alice"), .body = bytes_str("sealed")},
        noted, word(entry));
    worker_drain(w);
    worker_free(w);
    store_free(s);
    store_file_close(f);
}

struct seen {
    bool account, token, room, package, entry;
};

static void saw_account(void *arg, const struct store_result *r)
{
    ((struct seen *)arg)->account = r->rc == ERR_OK;
}
static void saw_token(void *arg, const struct store_result *r)
{
    ((struct seen *)arg)->token = r->rc == ERR_OK;
}
static void saw_package(void *arg, const struct store_result *r)
{
    ((struct seen *)arg)->package = r->rc == ERR_OK && r->num == 1;
}
static void saw_entry(void *arg, const struct store_result *r)
{
    ((struct seen *)arg)->entry = r->rc == ERR_OK && r->count == 1 && r->entries[0].seq == 7;
}
static void saw_room(void *arg, const struct store_room *r)
{
    ((struct seen *)arg)->room = bytes_eq(r->name, bytes_str("ops"));
}

static bool check_store(const char *dir, const char *told)
{
    char path[256];
    char why[256] = "";
    struct store_file *f = NULL;
    struct seen seen = {0};
    uint8_t hash[STORE_TOKEN] = {1};

    if (told[0] == '\0')
        return true; /* nothing was promised */
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    if (store_file_open(path, &f, why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "the store does not open again: %s\n", why);
        return false;
    }
    struct worker_hooks hooks = store_file_hooks(f);
    struct worker *w = worker_new_inline(wake, NULL, &hooks);
    struct store *s = store_sqlite_new(f, w);
    store_account_get(s, bytes_str("alice"), saw_account, &seen);
    store_token_use(s, hash, 1, saw_token, &seen);
    store_package_count(s, bytes_str("alice"), 1, saw_package, &seen);
    store_entries(s, bytes_str("rops"), 0, 1000, saw_entry, &seen);
    bool ok = store_load(s, &(struct store_loader){.room = saw_room, .arg = &seen}) == ERR_OK;
    worker_drain(w);
    worker_free(w);
    store_free(s);
    store_file_close(f);
    ok = ok && (seen.account || strstr(told, "account") == NULL) &&
         (seen.token || strstr(told, "token") == NULL) &&
         (seen.room || strstr(told, "room") == NULL) &&
         (seen.package || strstr(told, "package") == NULL) &&
         (seen.entry || strstr(told, "entry") == NULL);
    if (!ok)
        (void)fprintf(stderr, "confirmed and not there again: %s\n", told);
    return ok;
}

/* ---- one failure after the other ---- */

struct story {
    const char *name;
    void (*run)(const char *dir);
    bool sqlite; /* where the failure is put */
};

static void read_told(const char *path, char *out, size_t n)
{
    FILE *f = fopen(path, "re");
    size_t got = f != NULL ? fread(out, 1, n - 1, f) : 0;

    out[got] = '\0';
    if (f != NULL)
        (void)fclose(f);
}

/* 0: ended well although the failure came; 1: the failure was never reached; -1: not as it
 * should be. */
static int one(const struct story *s, long n)
{
    char dir[64];
    char path[128];
    char told[256];
    int status = 0;

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/told", dir);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        (void)dup2(null, STDERR_FILENO);
        report = fopen(path, "we");
        *(s->sqlite ? &sqlite_countdown : &countdown) = n;
        s->run(dir);
        _exit((s->sqlite ? sqlite_countdown : countdown) > 0 ? 1 : 0);
    }
    while (waitpid(pid, &status, 0) < 0) {
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    bool fine = code == 0 || code == 1 || code == MEM_EXIT_CODE;
    read_told(path, told, sizeof told);
    if (!fine)
        (void)fprintf(stderr, "%s: failure %ld ends with %d\n", s->name, n, code);
    if (fine && s->run == store_story)
        fine = check_store(dir, told);
    support_rmtree(dir);
    return !fine ? -1 : code == 1;
}

int main(void)
{
    static const struct story STORIES[] = {
        {"codecs", codecs, false},
        {"store, ours", store_story, false},
        {"store, SQLite's", store_story, true},
    };
    const char *lengthy = getenv("SOTTO_LONG");
    long stride = lengthy != NULL && lengthy[0] == '1' ? 1 : 17;
    int bad = 0;

    hook_sqlite();
    log_off();
    for (size_t i = 0; i < MEM_COUNT(STORIES); i++) {
        long n = 1;
        long failures = 0;
        int r = 0;
        long step = i == 0 ? 1 : stride;
        for (; r <= 0 && n < 100000; n += step) {
            r = one(&STORIES[i], n);
            failures += r == 0;
            bad += r < 0;
        }
        (void)printf("{\"story\":\"%s\",\"failures_injected\":%ld,\"bad\":%d}\n",
            STORIES[i].name, failures, bad);
    }
    return bad != 0;
}
