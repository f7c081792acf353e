/* SPDX-License-Identifier: ISC */
/* Words to the service manager over $NOTIFY_SOCKET: sd_notify(3) without its library. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

#include <stdint.h>

void notify_open(
    void); /* before the sandbox; without the variable everything below is silent */
void notify(const char *state);    /* "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1" */
uint64_t notify_watchdog_ms(void); /* how often WATCHDOG=1 is wanted; 0: not at all */
void notify_close(void);

#endif
