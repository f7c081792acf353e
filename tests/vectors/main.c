/* SPDX-License-Identifier: ISC */
/*
 * mls_vectors [-v] DIR: runs every public test vector below a folder, in the order of the
 * names, and says on stdout, a line of JSON a file, how many cases passed, failed and are of
 * something that is not built. -v tells each failure on stderr, -vv each case not built too.
 * Exit: 0 when nothing failed, 1 when anything did or a file could not be read or recognised, 2
 * when there was no file.
 */
#include <fts.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "vec.h"

#define FILE_CEILING (256u << 20)

/* The first row whose keys are all there says what a file is. */
static const struct vec_kind *const KINDS[] = {
    &VEC_WYCHEPROOF,
    &VEC_HPKE,
    &VEC_MLS_LENGTH,
    &VEC_MLS_TREE_MATH,
    &VEC_MLS_BASICS,
    &VEC_MLS_KEY_SCHEDULE,
    &VEC_MLS_PSK_SECRET,
    &VEC_MLS_TRANSCRIPT,
    &VEC_MLS_SECRET_TREE,
    &VEC_MLS_PROTECTION,
    &VEC_MLS_TREE_OPERATIONS,
    &VEC_MLS_TREE_VALIDATION,
    &VEC_MLS_TREEKEM,
    &VEC_MLS_PASSIVE,
    &VEC_MLS_WELCOME,
    &VEC_MLS_MESSAGES,
};

static bool has_all(const cJSON *object, const struct vec_kind *k)
{
    if (!cJSON_IsObject(object))
        return false;
    for (size_t i = 0; i < VEC_KEYS && k->keys[i] != NULL; i++)
        if (cJSON_GetObjectItemCaseSensitive(object, k->keys[i]) == NULL)
            return false;
    return true;
}

static const struct vec_kind *recognise(const cJSON *root)
{
    const cJSON *first = cJSON_IsArray(root) ? root->child : root;

    for (size_t i = 0; i < MEM_COUNT(KINDS); i++)
        if (has_all(first, KINDS[i]))
            return KINDS[i];
    return NULL;
}

static void run_kind(struct vec_file *f, const struct vec_kind *k, const cJSON *root)
{
    const cJSON *item;
    size_t index = 0;
    struct vec_case c;

    if (k->whole != NULL) {
        k->whole(f, root);
        return;
    }
    cJSON_ArrayForEach(item, root)
    {
        vec_begin(&c, f, "%zu", index++);
        k->each(&c, item);
        vec_end(&c);
    }
}

static void report(const struct vec_file *f, const char *kind, const char *why)
{
    cJSON *line = cJSON_CreateObject();
    char *text = NULL;

    (void)cJSON_AddStringToObject(line, "file", f->name);
    (void)cJSON_AddStringToObject(line, "kind", kind);
    (void)cJSON_AddNumberToObject(line, "passed", (double)f->passed);
    (void)cJSON_AddNumberToObject(line, "failed", (double)f->failed);
    (void)cJSON_AddNumberToObject(line, "not_built", (double)f->not_built);
    if (why != NULL)
        (void)cJSON_AddStringToObject(line, "why", why);
    text = cJSON_PrintUnformatted(line);
    if (text == NULL)
        mem_die("no memory for a line");
    (void)printf("%s\n", text);
    (void)fflush(stdout);
    cJSON_free(text);
    cJSON_Delete(line);
}

/* Says why a file as a whole is a failure, or NULL. */
static const char *run_text(struct vec_file *f, struct buf *text, const char **kind)
{
    const char *end = NULL;
    const char *why = NULL;
    const struct vec_kind *k = NULL;
    cJSON *root = cJSON_ParseWithOpts(buf_cstr(text), &end, true);

    /* A NUL among the bytes would hide what follows it. */
    if (root == NULL || strlen(buf_cstr(text)) != text->n)
        why = "is not JSON";
    else if ((k = recognise(root)) == NULL)
        why = "is of no known kind";
    else
        run_kind(f, k, root);
    if (k != NULL) {
        *kind = k->name;
        if (f->passed + f->failed + f->not_built == 0)
            why = "holds no case";
    }
    cJSON_Delete(root);
    return why;
}

/* Whether nothing in it failed. */
static bool run_file(struct vec_file *f, const char *path)
{
    struct buf text;
    const char *kind = "unknown";
    const char *why = NULL;
    enum err e;

    buf_init(&text, FILE_CEILING);
    e = file_read(path, &text);
    why = e == ERR_OK ? run_text(f, &text, &kind) : err_str(e);
    if (why != NULL)
        f->failed++;
    if (why != NULL && f->loud > 0)
        (void)fprintf(stderr, "%s: %s\n", f->name, why);
    report(f, kind, why);
    buf_free(&text);
    return f->failed == 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_json(const FTSENT *e)
{
    return e->fts_namelen > 5 && strcmp(e->fts_name + e->fts_namelen - 5, ".json") == 0;
}

static const char *below(const FTSENT *e, const char *dir)
{
    const char *name = e->fts_path + strlen(dir);

    while (*name == '/')
        name++;
    return *name == '\0' ? e->fts_name : name;
}

static bool unreadable(const FTSENT *e)
{
    return e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS ||
           e->fts_info == FTS_SLNONE;
}

static int walk(char *dir, unsigned loud)
{
    char *roots[] = {dir, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    FTSENT *e;
    size_t found = 0;
    bool fine = true;

    while (tree != NULL && (e = fts_read(tree)) != NULL) {
        struct vec_file f = {.name = below(e, dir), .loud = loud};

        if (e->fts_level == 0 && unreadable(e))
            continue;
        if (e->fts_info == FTS_DNR) {
            f.failed = 1;
            report(&f, "unknown", "a folder that cannot be read");
            fine = false;
        }
        if (e->fts_info == FTS_D || e->fts_info == FTS_DP || !is_json(e))
            continue;
        found++;
        fine = run_file(&f, e->fts_accpath) && fine;
    }
    if (tree != NULL)
        (void)fts_close(tree);
    if (found == 0 && fine)
        (void)fprintf(stderr, "mls_vectors: no file to run below %s\n", dir);
    return !fine ? 1 : found == 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
    unsigned loud = 0;
    int option;

    while ((option = getopt(argc, argv, "v")) == 'v')
        loud++;
    if (option != -1 || argc - optind != 1) {
        (void)fprintf(stderr, "usage: mls_vectors [-v] DIR\n");
        return 2;
    }
    return walk(argv[optind], loud);
}
