/* SPDX-License-Identifier: ISC */
#include "client/trace_file.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "support/support.h"

static struct engine e;
static struct loop loop;
static char top[64], dir[128];

static void setup(void)
{
    log_off();
    support_tmpdir(top, sizeof top);
    (void)snprintf(dir, sizeof dir, "%s/logs", top);
    loop_init(&loop, 1000, 1700000000000);
    e = (struct engine){.loop = &loop, .model = model_new(), .setup.log_dir = dir};
    e.at = e.model->home;
}

static void teardown(void)
{
    model_free(e.model);
    loop_fini(&loop);
    support_rmtree(top);
}

TestSuite(trace_file, .init = setup, .fini = teardown);

static enum event_kind told(void)
{
    const struct events *all = &e.model->home->events;

    cr_assert_eq(all->count, 1);
    return events_at(all, 0)->kind;
}

Test(trace_file, write__no_name_is_in_it_and_equal_ones_stay_equal)
{
    const struct trace_row row = {.wall_ms = 1700000000000, .name = "say", .state = "ready"};
    char pattern[160];
    struct stat st;
    struct buf text;
    glob_t found;

    trace_add(&e.model->trace, &row, bytes_str("secret-club"));
    trace_add(&e.model->trace, &row, bytes_str("alice"));
    trace_add(&e.model->trace, &row, bytes_str("secret-club"));
    trace_file_write(&e);
    cr_assert_eq(told(), EVENT_INFO);
    (void)snprintf(pattern, sizeof pattern, "%s/frames-*.jsonl", dir);
    cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
    cr_assert_eq(stat(found.gl_pathv[0], &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    buf_init(&text, 10000);
    cr_assert_eq(file_read(found.gl_pathv[0], &text), ERR_OK);
    const char *all = buf_cstr(&text);
    cr_assert_null(strstr(all, "club"));
    cr_assert_null(strstr(all, "alice"));
    const char *first = strstr(all, "place-1");
    cr_assert_not_null(first);
    cr_assert_not_null(strstr(first + 1, "place-2"));
    cr_assert_not_null(strstr(first + 1, "place-1"));
    buf_free(&text);
    globfree(&found);
}

Test(trace_file, write__nowhere_is_told)
{
    e.setup.log_dir = NULL;
    trace_file_write(&e);
    cr_assert_eq(told(), EVENT_WARN);
}

Test(trace_file, write__a_folder_that_cannot_be_is_told)
{
    (void)snprintf(dir, sizeof dir, "/proc/none/logs");
    trace_file_write(&e);
    cr_assert_eq(told(), EVENT_WARN);
}
