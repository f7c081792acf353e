/* SPDX-License-Identifier: ISC */
#include "tui/screen_rescue.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
/* Plain attributes, cursor shown, paste marks off, the other screen left. */
#define RESET "\033[0m\033[?25h" PASTE_OFF "\033[?1049l\r\n"

static const int FATAL[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static struct {
    volatile sig_atomic_t armed;
    bool has_modes;
    bool at_exit;
    struct termios modes;
    struct sigaction before[MEM_COUNT(FATAL)];
} rescue;

static void say(const char *s, size_t n)
{
    ssize_t done = write(STDOUT_FILENO, s, n);

    (void)done;
}

static void restore(void)
{
    if (!rescue.armed)
        return;
    rescue.armed = 0;
    say(RESET, sizeof RESET - 1);
    if (rescue.has_modes)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
}

/* Gives the signal back to whoever had it, so that a sanitizer or a core file sees it too. */
static void on_fatal(int signo)
{
    restore();
    for (size_t i = 0; i < MEM_COUNT(FATAL); i++) {
        if (FATAL[i] == signo)
            (void)sigaction(signo, &rescue.before[i], NULL);
    }
    if (signo == SIGABRT)
        (void)raise(signo);
}

void screen_rescue_arm(void)
{
    struct sigaction sa = {.sa_handler = on_fatal};

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

void screen_rescue_paste(bool on)
{
    say(on ? PASTE_ON : PASTE_OFF, sizeof PASTE_ON - 1);
}
