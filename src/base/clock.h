/* SPDX-License-Identifier: ISC */
/*
 * The only place that asks the system for the time. A loop reads it once per turn and
 * everybody asks the loop; a simulated loop never asks here.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_mono_ms(void); /* never goes back; not related to the calendar */
int64_t clock_wall_ms(void);  /* UTC, milliseconds since 1970 */
/* "2026-11-20T19:04:05Z" and "20261120-190405", for log lines and file names. */
#define CLOCK_TEXT 24
void clock_iso(int64_t wall_ms, char out[CLOCK_TEXT]);
void clock_stamp(int64_t wall_ms, char out[CLOCK_TEXT]);

#endif
