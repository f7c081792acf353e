/* SPDX-License-Identifier: ISC */
/* What the files of the sandbox share; nobody else includes it. */
#ifndef BASE_SANDBOX_PRIVATE_H
#define BASE_SANDBOX_PRIVATE_H

#include <stdbool.h>

#include "base/err.h"

struct sandbox_plan;

/* Built with a sanitizer, whose shadow memory and leak check need more than we do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
    __has_feature(memory_sanitizer)
#define SANDBOX_SANITIZER 1
#endif
#endif
#ifndef SANDBOX_SANITIZER
#define SANDBOX_SANITIZER 0
#endif

int sandbox_landlock_abi(void); /* 0: none */
enum err sandbox_landlock(const struct sandbox_plan *plan, int abi);
enum err sandbox_seccomp(bool bare); /* ERR_UNSUPPORTED: this kernel has none */

#endif
