/* SPDX-License-Identifier: ISC */
#include "base/sandbox_private.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

/* Every call that a relay or a client makes once it runs, whatever its arguments. What is in
 * neither this table nor the next fails with EPERM: execve, fork, ptrace, mount, bpf, ... */
static const int ALLOWED[] = {
    /* files */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(openat2),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(stat),
    SCMP_SYS(fstat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(stat64),
    SCMP_SYS(fstat64),
    SCMP_SYS(lstat64),
    SCMP_SYS(fstatat64),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs64),
    SCMP_SYS(fstatfs64),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(umask),
    SCMP_SYS(utimensat),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(flock),
    SCMP_SYS(fcntl),
    SCMP_SYS(fcntl64),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    /* network; socket() itself is below */
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(send),
    SCMP_SYS(recv),
    /* waiting */
    SCMP_SYS(epoll_create),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(_newselect),
    SCMP_SYS(pselect6),
    SCMP_SYS(eventfd2),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_gettime),
    SCMP_SYS(signalfd4),
    SCMP_SYS(futex),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(pause),
    SCMP_SYS(restart_syscall),
    /* time and chance */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(getrandom),
    /* memory; mmap and mprotect are below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(msync),
    SCMP_SYS(mlock),
    SCMP_SYS(mlock2),
    SCMP_SYS(munlock),
    SCMP_SYS(mincore),
    /* signals and threads; clone is below */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    /* who and where we are */
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getpgrp),
    SCMP_SYS(getpgid),
    SCMP_SYS(getsid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(ugetrlimit),
};

/* And what one makes that only computes. */
static const int BARE[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* The leak check stops the process with a thread of its own that attaches to it. */
static const int FOR_SANITIZERS[] = {
    SCMP_SYS(clone),
    SCMP_SYS(ptrace),
    SCMP_SYS(prctl),
    SCMP_SYS(prlimit64),
    SCMP_SYS(kill),
    SCMP_SYS(tgkill),
    SCMP_SYS(personality),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(getdents),
};

/* One argument that must be equal under a mask. */
struct narrow {
    int call;
    unsigned arg;
    uint64_t mask;
    uint64_t value;
};

#define ALL UINT64_MAX
#define INT UINT64_C(0xFFFFFFFF) /* the kernel reads an int and nothing above it */
#define NEW_THREAD                                                                             \
    (CLONE_THREAD | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | \
        CLONE_NEWIPC | CLONE_NEWCGROUP)

/* For every process, bare ones too. */
static const struct narrow MEMORY[] = {
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
    {SCMP_SYS(mmap2), 2, PROT_EXEC, 0},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
};

static const struct narrow NARROWED[] = {
    {SCMP_SYS(socket), 0, INT, AF_UNIX},
    {SCMP_SYS(socket), 0, INT, AF_INET},
    {SCMP_SYS(socket), 0, INT, AF_INET6},
    {SCMP_SYS(socketpair), 0, INT, AF_UNIX},
    {SCMP_SYS(clone), 0, NEW_THREAD, CLONE_THREAD},
    {SCMP_SYS(prlimit64), 2, ALL, 0}, /* to read */
    {SCMP_SYS(prctl), 0, INT, PR_SET_NAME},
    {SCMP_SYS(prctl), 0, INT, PR_GET_NAME},
    {SCMP_SYS(prctl), 0, INT, PR_GET_DUMPABLE},
    {SCMP_SYS(prctl), 0, INT, PR_GET_NO_NEW_PRIVS},
    {SCMP_SYS(kill), 0, INT, 0}, /* our group: how a terminal program stops itself */
    /* A terminal may be asked and set, but nothing typed into it (TIOCSTI). */
    {SCMP_SYS(ioctl), 1, INT, TCGETS},
    {SCMP_SYS(ioctl), 1, INT, TCSETS},
    {SCMP_SYS(ioctl), 1, INT, TCSETSW},
    {SCMP_SYS(ioctl), 1, INT, TCSETSF},
    {SCMP_SYS(ioctl), 1, INT, TCFLSH},
    {SCMP_SYS(ioctl), 1, INT, TCXONC},
    {SCMP_SYS(ioctl), 1, INT, TCSBRK},
    {SCMP_SYS(ioctl), 1, INT, TIOCGWINSZ},
    {SCMP_SYS(ioctl), 1, INT, TIOCGPGRP},
    {SCMP_SYS(ioctl), 1, INT, TIOCOUTQ},
    {SCMP_SYS(ioctl), 1, INT, FIONREAD},
    {SCMP_SYS(ioctl), 1, INT, FIONBIO},
    {SCMP_SYS(ioctl), 1, INT, FIOCLEX},
    {SCMP_SYS(ioctl), 1, INT, FIONCLEX},
};

/* A call that this machine does not have has a negative number: nothing to allow. */
static int add(scmp_filter_ctx ctx, uint32_t action, struct narrow n)
{
    struct scmp_arg_cmp equal = {
        .arg = n.arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = n.mask, .datum_b = n.value};

    if (n.call < 0)
        return 0;
    return seccomp_rule_add_array(ctx, action, n.call, n.mask != 0, &equal);
}

static int add_all(scmp_filter_ctx ctx, const int *calls, size_t n)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add(ctx, SCMP_ACT_ALLOW, (struct narrow){.call = calls[i]});
    return rc;
}

static int add_narrowed(scmp_filter_ctx ctx, const struct narrow *rows, size_t n)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add(ctx, SCMP_ACT_ALLOW, rows[i]);
    return rc;
}

static int add_rules(scmp_filter_ctx ctx, bool bare)
{
    uint64_t self = (uint64_t)getpid();
    const struct narrow own[] = {
        {SCMP_SYS(kill), 0, INT, self}, {SCMP_SYS(tgkill), 0, INT, self}};
    /* glibc falls back to clone(), whose flags can be looked at. */
    int rc = add(ctx, SCMP_ACT_ERRNO(ENOSYS), (struct narrow){.call = SCMP_SYS(clone3)});

    if (rc == 0)
        rc = add_narrowed(ctx, MEMORY, MEM_COUNT(MEMORY));
    if (rc == 0)
        rc = add_narrowed(ctx, own, MEM_COUNT(own));
    if (rc == 0 && bare)
        return add_all(ctx, BARE, MEM_COUNT(BARE));
    if (rc == 0)
        rc = add_all(ctx, ALLOWED, MEM_COUNT(ALLOWED));
    if (rc == 0 && SANDBOX_SANITIZER)
        rc = add_all(ctx, FOR_SANITIZERS, MEM_COUNT(FOR_SANITIZERS));
    return rc != 0 ? rc : add_narrowed(ctx, NARROWED, MEM_COUNT(NARROWED));
}

enum err sandbox_seccomp(bool bare)
{
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL)
        return ERR_UNSUPPORTED;
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (ctx == NULL)
        mem_die("out of memory");
    int rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    if (rc == 0)
        rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    if (rc == 0)
        rc = add_rules(ctx, bare);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    if (rc == 0)
        return ERR_OK;
    LOG_ERROR("sandbox", "seccomp: %s", strerrordesc_np(-rc));
    return ERR_IO;
}
