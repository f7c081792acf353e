/* SPDX-License-Identifier: ISC */
/*
 * The file that an operator's socket is: made 0600 in a folder of ours, taken over from a relay
 * that died, never from one that lives, and removed only while it is still the same file.
 */
#ifndef SERVER_CONTROL_SOCKET_H
#define SERVER_CONTROL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define CONTROL_SOCKET_PATH 108 /* what the kernel has room for, with its NUL */

struct control_socket_file {
    dev_t dev;
    ino_t ino;
};

/* A listening socket that does not block. ERR_BUSY: somebody answers there. */
enum err control_socket_listen(const char *path, int backlog, int *fd, char *why, size_t why_n);
bool control_socket_may(int fd); /* whether who connected is root or us */
struct control_socket_file control_socket_file(const char *path);
void control_socket_remove(const char *path, struct control_socket_file file);

#endif
