/* SPDX-License-Identifier: ISC */
/* What is entered here cannot be left, so each case runs in a child and reports by its exit. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/db.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/worker.h"
#include "support/support.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static char dir[64];

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
}

static void remove_dir(void)
{
    support_rmtree(dir);
}

TestSuite(sandbox, .init = make_dir, .fini = remove_dir);

/* In the child: the first line that is not true is told and becomes the exit status. */
#define MUST(what)                                                                             \
    do {                                                                                       \
        if (!(what)) {                                                                         \
            dprintf(2, "line %d: %s (errno %d)\n", __LINE__, #what, errno);                    \
            _exit(1);                                                                          \
        }                                                                                      \
    } while (0)
#define FAILS(call, number) (errno = 0, (call) < 0 && errno == (number))

static void in_child(void (*act)(void))
{
    int status;
    pid_t pid = fork();

    cr_assert_geq(pid, 0);
    if (pid == 0) {
        act();
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    cr_expect_eq(WEXITSTATUS(status), 0);
}

static struct sandbox_report enter(bool landlock, bool seccomp)
{
    const struct sandbox_path paths[] = {{dir, true}, {"/etc", false}, {"/no/such", false}};
    const struct sandbox_plan plan = {.paths = paths,
        .path_count = MEM_COUNT(paths),
        .max_files = 64,
        .landlock = landlock,
        .seccomp = seccomp};
    struct sandbox_report r;

    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    return r;
}

static const char *below(const char *name)
{
    static char rooms[4][256];
    static unsigned turn;
    char *room = rooms[turn++ % 4];

    (void)snprintf(room, sizeof rooms[0], "%s/%s", dir, name);
    return room;
}

static void act_report(void)
{
    struct rlimit l;
    struct sandbox_report r = enter(true, true);

    MUST(r.no_new_privs && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    MUST(r.no_dump == (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0));
    MUST(r.no_dump || SANITIZED);
    MUST(r.rlimits);
    MUST(getrlimit(RLIMIT_CORE, &l) == 0 && l.rlim_cur == 0 && l.rlim_max == 0);
    MUST(getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur == 64 && l.rlim_max == 64);
    MUST(r.landlock == (r.landlock_abi > 0));
    MUST(r.landlock || strstr(r.missing, "landlock") != NULL);
    MUST(r.seccomp || strstr(r.missing, "seccomp") != NULL);
    MUST(SANITIZED || !r.landlock || !r.seccomp || r.missing[0] == '\0');
}

Test(sandbox, enter__reports_what_the_system_confirms)
{
    in_child(act_report);
}

static void act_nothing(void)
{
    const struct sandbox_plan plan = {0};
    struct sandbox_report r;

    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    MUST(!r.landlock && !r.seccomp && r.no_new_privs);
    MUST(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
}

Test(sandbox, enter__takes_only_what_was_asked)
{
    in_child(act_nothing);
}

static void act_no_program(void)
{
    char name[] = "true";
    char *const argv[] = {name, NULL};
    char *const envp[] = {NULL};
    int self = open("/bin/false", O_PATH | O_CLOEXEC);

    (void)enter(false, true);
    MUST(FAILS(execve("/bin/false", argv, envp), EPERM));
    MUST(FAILS(syscall(SYS_execveat, self, "", argv, envp, AT_EMPTY_PATH), EPERM));
    MUST(FAILS(vfork() == 0 ? (_exit(0), 0) : -1, EPERM));
    MUST(system("true") != 0);
    MUST(popen("true", "re") == NULL);
}

Test(sandbox, seccomp__starts_no_program)
{
    in_child(act_no_program);
}

/* With everything readable, so that only the right to execute is missing. */
static void act_landlock_no_program(void)
{
    const struct sandbox_path all = {"/", false};
    const struct sandbox_plan plan = {.paths = &all, .path_count = 1, .landlock = true};
    struct sandbox_report r;
    char name[] = "false";
    char *const argv[] = {name, NULL};
    char *const envp[] = {NULL};

    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    MUST(open("/bin/false", O_RDONLY | O_CLOEXEC) >= 0);
    /* "false", so that a program which does run is not taken for success. */
    MUST(!r.landlock || FAILS(execve("/bin/false", argv, envp), EACCES));
}

Test(sandbox, landlock__starts_no_program_by_itself)
{
    in_child(act_landlock_no_program);
}

static void act_hostile(void)
{
    union bpf_attr attr = {0};
    struct iovec io = {dir, 1};

    (void)enter(false, true);
    MUST(FAILS(mount("none", dir, "tmpfs", 0, NULL), EPERM));
    MUST(FAILS(umount2(dir, 0), EPERM));
    MUST(FAILS(unshare(CLONE_NEWUSER), EPERM));
    MUST(FAILS(syscall(SYS_setns, 0, 0), EPERM));
    MUST(FAILS(chroot(dir), EPERM));
    MUST(FAILS(syscall(SYS_pivot_root, dir, dir), EPERM));
    MUST(FAILS(syscall(SYS_bpf, 0, &attr, sizeof attr), EPERM));
    MUST(FAILS(syscall(SYS_userfaultfd, 0), EPERM));
    MUST(FAILS(syscall(SYS_keyctl, 0, 0, 0, 0, 0), EPERM));
    MUST(FAILS(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0), EPERM));
    MUST(FAILS(syscall(SYS_io_uring_setup, 1, NULL), EPERM));
    MUST(FAILS(syscall(SYS_init_module, NULL, 0, ""), EPERM));
    MUST(FAILS(syscall(SYS_kexec_load, 0, 0, NULL, 0), EPERM));
    MUST(FAILS(syscall(SYS_reboot, 0, 0, 0, NULL), EPERM));
    MUST(FAILS(process_vm_readv(getppid(), &io, 1, &io, 1, 0), EPERM));
    MUST(FAILS(process_vm_writev(getppid(), &io, 1, &io, 1, 0), EPERM));
    MUST(FAILS(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0), EPERM));
    MUST(FAILS(setuid(1), EPERM));
    MUST(FAILS(syscall(SYS_memfd_create, "x", 0), EPERM));
    MUST(SANITIZED || FAILS(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL), EPERM));
    MUST(SANITIZED || FAILS(kill(getppid(), 0), EPERM));
}

Test(sandbox, seccomp__refuses_what_only_an_attacker_wants)
{
    in_child(act_hostile);
}

static void act_exec_memory(void)
{
    (void)enter(false, true);
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(p != MAP_FAILED);
    MUST(FAILS(mprotect(p, 4096, PROT_READ | PROT_EXEC), EPERM));
    MUST(mprotect(p, 4096, PROT_READ) == 0);
    MUST(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
             MAP_FAILED &&
         errno == EPERM);
    MUST(munmap(p, 4096) == 0);
}

Test(sandbox, seccomp__makes_no_memory_executable)
{
    in_child(act_exec_memory);
}

static void act_sockets(void)
{
    int pair[2];

    (void)enter(false, true);
    MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
    MUST(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 || errno == EAFNOSUPPORT);
    MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    MUST(FAILS(socket(AF_PACKET, SOCK_RAW, 0), EPERM));
    MUST(FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM));
    MUST(FAILS(socket(AF_VSOCK, SOCK_STREAM, 0), EPERM));
    MUST(FAILS(socket(AF_ALG, SOCK_SEQPACKET, 0), EPERM));
}

Test(sandbox, seccomp__three_families_of_sockets)
{
    in_child(act_sockets);
}

static void act_terminal(void)
{
    struct winsize w;
    int tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios t;
    char c = 'x';

    MUST(tty >= 0);
    (void)enter(false, true);
    MUST(tcgetattr(tty, &t) == 0);
    MUST(tcsetattr(tty, TCSANOW, &t) == 0 && tcsetattr(tty, TCSADRAIN, &t) == 0);
    MUST(ioctl(tty, TIOCGWINSZ, &w) == 0);
    MUST(FAILS(ioctl(tty, TIOCSTI, &c), EPERM)); /* types for the person */
    /* The kernel reads 32 bits of the number; more must not get past the look at 64. */
    MUST(FAILS(syscall(SYS_ioctl, tty, (uint64_t)TIOCSTI | UINT64_C(1) << 32, &c), EPERM));
}

Test(sandbox, seccomp__a_terminal_is_asked_and_set_but_not_typed_into)
{
    in_child(act_terminal);
}

static void act_daemon(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event ev = {.events = EPOLLIN};
    struct itimerspec soon = {.it_value = {0, 1000}};
    struct timespec now;
    socklen_t len = sizeof at;
    char c;

    (void)enter(true, true);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    MUST(bind(server, (struct sockaddr *)&at, sizeof at) == 0 && listen(server, 5) == 0);
    MUST(getsockname(server, (struct sockaddr *)&at, &len) == 0);
    MUST(connect(client, (struct sockaddr *)&at, len) == 0);
    int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    MUST(peer >= 0 && send(client, "x", 1, MSG_NOSIGNAL) == 1);
    int loop = epoll_create1(EPOLL_CLOEXEC);
    MUST(epoll_ctl(loop, EPOLL_CTL_ADD, peer, &ev) == 0);
    MUST(epoll_wait(loop, &ev, 1, -1) == 1 && recv(peer, &c, 1, 0) == 1 && c == 'x');
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    uint64_t ticks;
    MUST(timerfd_settime(timer, 0, &soon, NULL) == 0);
    MUST(read(timer, &ticks, sizeof ticks) == (ssize_t)sizeof ticks);
    MUST(clock_gettime(CLOCK_REALTIME, &now) == 0);
    MUST(signal(SIGTERM, SIG_IGN) != SIG_ERR && raise(SIGTERM) == 0);
    MUST(kill(getpid(), 0) == 0);
    MUST(prctl(PR_SET_NAME, "name", 0, 0, 0) == 0);
}

Test(sandbox, enter__a_network_daemon_lives_inside)
{
    in_child(act_daemon);
}

struct note {
    struct job job;
    bool ran, refused, done;
};

static void note_run(struct job *j)
{
    struct note *n = (struct note *)j;

    n->ran = true;
    n->refused = FAILS(open("/usr/bin/env", O_RDONLY | O_CLOEXEC), EACCES) &&
                 FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
}

static void note_done(struct job *j)
{
    ((struct note *)j)->done = true;
}

static void act_worker(void)
{
    struct note n = {.job = {.run = note_run, .done = note_done}};
    struct sandbox_report r = enter(true, true);
    struct worker *w = worker_new("inside", 2, 10, NULL);

    MUST(worker_submit(w, &n.job) == ERR_OK);
    worker_free(w);
    MUST(n.ran && n.done);
    MUST(n.refused || !r.landlock || !r.seccomp);
}

Test(sandbox, enter__threads_start_inside_and_are_bound_too)
{
    in_child(act_worker);
}

static void act_late(void)
{
    const struct sandbox_plan plan = {.landlock = true, .seccomp = true};
    struct worker *w = worker_new("early", 1, 10, NULL);
    struct sandbox_report r;
    enum err e = sandbox_enter(&plan, &r);

    MUST(e == ERR_STATE || r.landlock_abi == 0);
    MUST(!r.landlock);
    worker_free(w);
}

Test(sandbox, enter__a_thread_that_landlock_would_miss_is_an_error)
{
    in_child(act_late);
}

/* seccomp alone reaches threads that run already. */
static void run_refused(struct job *j)
{
    ((struct note *)j)->refused = FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
}

static void act_tsync(void)
{
    struct note n = {.job = {.run = run_refused, .done = note_done}};
    struct worker *w = worker_new("early", 1, 10, NULL);

    (void)enter(false, true);
    MUST(worker_submit(w, &n.job) == ERR_OK);
    worker_free(w);
    MUST(n.refused);
}

Test(sandbox, seccomp__binds_threads_that_run_already)
{
    in_child(act_tsync);
}

static void act_files(void)
{
    static const char *const STEPS[] = {"CREATE TABLE t (x)"};
    static const struct db_schema SCHEMA = {7, STEPS, 1};
    struct db *d;
    struct buf b;

    (void)enter(true, true);
    buf_init(&b, 1 << 20);
    MUST(file_make_private_dir(below("a/b")) == ERR_OK);
    MUST(file_write_atomic(below("a/b/f"), bytes_str("x"), 0600) == ERR_OK);
    MUST(file_write_atomic(below("a/b/f"), bytes_str("y"), 0600) == ERR_OK);
    MUST(file_read_private(below("a/b/f"), &b) == ERR_OK && b.n == 1);
    MUST(file_create_private(below("a/b/g"), bytes_str("x")) == ERR_OK);
    MUST(rename(below("a/b/g"), below("a/g")) == 0);
    MUST(unlink(below("a/b/f")) == 0 && rmdir(below("a/b")) == 0);
    int root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = file_open_beneath(root, "log");
    MUST(fd >= 0 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0 && fsync(fd) == 0);
    MUST(file_read("/etc/passwd", &b) == ERR_OK);
    MUST(db_open(below("x.db"), &SCHEMA, &d, NULL, 0) == ERR_OK);
    MUST(db_exec(d, "INSERT INTO t VALUES (1)") == ERR_OK);
    MUST(db_backup(d, below("copy.db")) == ERR_OK);
    db_close(d);
    buf_free(&b);
}

Test(sandbox, enter__files_and_databases_of_ours_work_inside)
{
    in_child(act_files);
}

static void act_outside(void)
{
    if (!enter(true, true).landlock)
        return;
    MUST(FAILS(open("/usr/bin/env", O_RDONLY | O_CLOEXEC), EACCES));
    MUST(FAILS(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), EACCES));
    MUST(FAILS(open("/etc/passwd", O_WRONLY | O_CLOEXEC), EACCES));
    MUST(FAILS(open("/etc/sotto-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), EACCES));
    MUST(FAILS(open("/tmp/sotto-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), EACCES));
    MUST(FAILS(open(below("../sotto-test"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), EACCES));
    MUST(FAILS(unlink("/etc/passwd"), EACCES));
    MUST(FAILS(rename("/etc/passwd", below("passwd")), EACCES) || errno == EXDEV);
    MUST(FAILS(mkdir("/tmp/sotto-test", 0700), EACCES));
    /* Whatever is not a plain file or folder is refused below the folder too. */
    MUST(symlink("/etc", below("link")) < 0);
    MUST(mkfifo(below("fifo"), 0600) < 0);
}

Test(sandbox, landlock__nothing_else_is_reached)
{
    in_child(act_outside);
}

static void act_missing(void)
{
    const struct sandbox_path path = {"/no/such/folder", true};
    const struct sandbox_plan plan = {.paths = &path, .path_count = 1, .landlock = true};
    struct sandbox_report r;
    enum err e = sandbox_enter(&plan, &r);

    MUST(e == ERR_NOT_FOUND || r.landlock_abi == 0);
    MUST(!r.landlock);
}

Test(sandbox, enter__a_folder_to_write_must_be_there)
{
    in_child(act_missing);
}

static void act_one_file(void)
{
    const struct sandbox_path paths[] = {{below("f"), true}, {"/dev/null", false}};
    const struct sandbox_plan plan = {.paths = paths, .path_count = 2, .landlock = true};
    struct sandbox_report r;

    MUST(file_create_private(below("f"), bytes_str("x")) == ERR_OK);
    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    MUST(open(below("f"), O_RDWR | O_TRUNC | O_CLOEXEC) >= 0);
    MUST(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
    MUST(!r.landlock || FAILS(open(dir, O_RDONLY | O_CLOEXEC), EACCES));
    MUST(!r.landlock || FAILS(unlink(below("f")), EACCES));
}

Test(sandbox, landlock__a_single_file_may_be_listed)
{
    in_child(act_one_file);
}

static void act_limits(void)
{
    const struct sandbox_plan plan = {.max_files = SIZE_MAX / 2, .max_data = (size_t)64 << 20};
    struct rlimit before, after;
    struct sandbox_report r;

    MUST(getrlimit(RLIMIT_NOFILE, &before) == 0);
    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    MUST(getrlimit(RLIMIT_NOFILE, &after) == 0);
    MUST(after.rlim_max == before.rlim_max && after.rlim_cur == after.rlim_max);
    MUST(strstr(r.missing, "files") != NULL);
    MUST(SANITIZED || mmap(NULL, (size_t)128 << 20, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

Test(sandbox, rlimits__as_near_as_the_system_allows)
{
    in_child(act_limits);
}

static void *never(void *arg)
{
    return arg;
}

static void act_bare(void)
{
    const struct sandbox_plan plan = {.seccomp = true, .bare = true};
    struct sandbox_report r;
    struct rlimit l;
    pthread_t thread;
    char byte = 'x';
    int way[2];

    MUST(pipe(way) == 0);
    MUST(sandbox_enter(&plan, &r) == ERR_OK && r.seccomp);
    MUST(FAILS(open("/dev/null", O_RDONLY), EPERM));
    MUST(FAILS(open("/proc/self/maps", O_RDONLY), EPERM));
    MUST(FAILS(openat(AT_FDCWD, below("new"), O_WRONLY | O_CREAT, 0600), EPERM));
    MUST(FAILS(access("/", F_OK), EPERM) && FAILS(unlink(below("f")), EPERM));
    MUST(FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EPERM));
    MUST(FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM));
    MUST(FAILS(socketpair(AF_UNIX, SOCK_STREAM, 0, way), EPERM) && FAILS(pipe(way), EPERM));
    MUST(FAILS(syscall(SYS_fork), EPERM) && FAILS(execl("/bin/true", "true", NULL), EPERM));
    MUST(pthread_create(&thread, NULL, never, NULL) != 0);
    MUST(FAILS(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM) && FAILS(kill(1, 0), EPERM));
    MUST(FAILS(fcntl(way[0], F_SETFL, O_NONBLOCK), EPERM) && FAILS(dup(way[0]), EPERM));
    MUST(FAILS(getrlimit(RLIMIT_AS, &l), EPERM) && FAILS(ioctl(0, TIOCSTI, &byte), EPERM));
    MUST(write(way[1], &byte, 1) == 1 && read(way[0], &byte, 1) == 1);
    void *memory = malloc((size_t)8 << 20);
    MUST(memory != NULL);
    free(memory);
}

Test(sandbox, bare__reads_and_writes_what_is_open_and_nothing_else)
{
    in_child(act_bare);
}

static void act_space(void)
{
    const struct sandbox_plan plan = {.max_space = (size_t)512 << 20, .max_cpu_s = 3};
    struct sandbox_report r;
    struct rlimit l;

    MUST(sandbox_enter(&plan, &r) == ERR_OK);
    MUST(getrlimit(RLIMIT_CPU, &l) == 0 && l.rlim_cur == 3 && l.rlim_max == 3);
    MUST(r.rlimits == !SANITIZED && (strstr(r.missing, "memory") != NULL) == SANITIZED);
    MUST(SANITIZED || mmap(NULL, (size_t)1 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0) == MAP_FAILED);
}

Test(sandbox, rlimits__time_and_space)
{
    in_child(act_space);
}
