/* SPDX-License-Identifier: ISC */
#include "tui/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"

void launch_program(char out[LAUNCH_PROGRAM])
{
    const char *browser = secure_getenv("BROWSER");
    size_t n = browser != NULL ? strcspn(browser, ":") : 0;

    /* A line for a shell is none of ours to take apart. */
    if (n == 0 || n >= LAUNCH_PROGRAM || memchr(browser, ' ', n) != NULL ||
        memchr(browser, '%', n) != NULL)
        browser = "xdg-open", n = strlen(browser);
    (void)bytes_copy(out, LAUNCH_PROGRAM, bytes_of(browser, n));
}

/* In the child of the child, which is nobody's to wait for. Only what is safe after fork(). */
static void become(char *const argv[], int told)
{
    int nowhere = open("/dev/null", O_RDWR);
    sigset_t none;
    int why;

    (void)setsid();
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    for (int fd = 0; fd < 3; fd++) {
        if (nowhere < 0 || dup2(nowhere, fd) < 0)
            _exit(1);
    }
    if (told != 3 && (dup2(told, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0))
        _exit(1);
    (void)close_range(4, ~0U, 0);
    (void)execvp(argv[0], argv);
    why = errno;
    (void)!write(3, &why, sizeof why);
    _exit(1);
}

/* The pipe ends without a word when the program has started. */
static enum err hear(int fd)
{
    int why;
    ssize_t n;

    do
        n = read(fd, &why, sizeof why);
    while (n < 0 && errno == EINTR);
    return n == 0 ? ERR_OK : ERR_REFUSED;
}

enum err launch_link(const char *program, const char *url)
{
    char name[LAUNCH_PROGRAM];
    char link[4096];
    char *const argv[] = {name, link, NULL};
    int told[2];
    enum err e = ERR_REFUSED;
    pid_t child;

    if (!bytes_copy(name, sizeof name, bytes_str(program)) ||
        !bytes_copy(link, sizeof link, bytes_str(url)) || pipe2(told, O_CLOEXEC) != 0)
        return ERR_REFUSED;
    child = fork();
    if (child == 0) {
        if (fork() == 0)
            become(argv, told[1]);
        _exit(0);
    }
    (void)close(told[1]);
    if (child > 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
        e = hear(told[0]);
    }
    (void)close(told[0]);
    return e;
}
