/* SPDX-License-Identifier: ISC */
#include "tui/screen_rescue.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/term.h"

static const int FATAL[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static struct {
    volatile sig_atomic_t armed;
    bool has_modes;
    bool at_exit;
    struct termios modes;
    struct sigaction before[MEM_COUNT(FATAL)];
} rescue;

static void restore(void)
{
    if (!rescue.armed)
        return;
    rescue.armed = 0;
    term_reset();
    if (rescue.has_modes)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
}

/* Gives the signal back to whoever had it, so that a sanitizer or a core file sees it too: a
 * fault comes again by itself, what somebody sent has to be sent again. */
static void on_fatal(int signo, siginfo_t *info, void *context)
{
    (void)context;
    restore();
    for (size_t i = 0; i < MEM_COUNT(FATAL); i++) {
        if (FATAL[i] == signo)
            (void)sigaction(signo, &rescue.before[i], NULL);
    }
    if (info->si_code <= 0)
        (void)raise(signo);
}

void screen_rescue_arm(void)
{
    struct sigaction sa = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO};

    rescue.has_modes = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
    (void)sigemptyset(&sa.sa_mask);
    for (size_t i = 0; i < MEM_COUNT(FATAL); i++)
        (void)sigaction(FATAL[i], &sa, &rescue.before[i]);
    if (!rescue.at_exit)
        rescue.at_exit = atexit(restore) == 0;
    rescue.armed = 1;
}

void screen_rescue_disarm(void)
{
    rescue.armed = 0;
    for (size_t i = 0; i < MEM_COUNT(FATAL); i++)
        (void)sigaction(FATAL[i], &rescue.before[i], NULL);
}
