/* SPDX-License-Identifier: ISC */
/*
 * One levelled log for the process: stderr, or a file (0600, appended), never the terminal
 * of a screen: log_to_file() or log_off() comes before a screen starts. A line is
 * "TIME LEVEL AREA message" and is handed to the kernel by one write, so lines of two threads
 * never mix. Strings from peers go through log_text(), which escapes them and cuts them at
 * 256 bytes; a control byte that comes another way is shown as '?'. Nothing here is ever given
 * a key, a password or a message. Any thread may log; where it goes is set by one thread.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/bytes.h"
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);
enum log_level log_level(void);
bool log_level_parse(const char *word, enum log_level *out); /* error warn info debug */
const char *log_level_name(enum log_level level);
/* Reopened by calling it again. When it fails the log goes where it went before: ERR_PERM
 * when the file is a link, is not regular or belongs to somebody else, ERR_IO otherwise. */
enum err log_to_file(const char *path);
void log_to_fd(int fd); /* stderr is the default; not closed by us */
void log_off(void);
void log_write(enum log_level level, const char *area, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Escaped and cut; lives in one of the thread's eight rotating places, so use it in the same
 * statement. */
const char *log_text(struct bytes foreign);

#define LOG_ERROR(area, ...) log_write(LOG_ERROR, area, __VA_ARGS__)
#define LOG_WARN(area, ...)  log_write(LOG_WARN, area, __VA_ARGS__)
#define LOG_INFO(area, ...)  log_write(LOG_INFO, area, __VA_ARGS__)
#define LOG_DEBUG(area, ...)                                                                   \
    do {                                                                                       \
        if (log_level() >= LOG_DEBUG)                                                          \
            log_write(LOG_DEBUG, area, __VA_ARGS__);                                           \
    } while (0)

#endif
