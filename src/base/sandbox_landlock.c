/* SPDX-License-Identifier: ISC */
#include "base/sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sandbox.h"

/* What the headers of an older system do not name yet; the numbers are the kernel's for good.
 */
#define FS_TRUNCATE  (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                                               \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                         \
        LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                           \
        LANDLOCK_ACCESS_FS_REFER | FS_TRUNCATE)
/* Handled, so refused, and never granted: a program, a device, a FIFO, a link that leads out.
 */
#define FS_NEVER                                                                               \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                               \
        LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                         \
        LANDLOCK_ACCESS_FS_MAKE_SYM | FS_IOCTL_DEV)
/* What a rule on a file, not on a folder, may grant. */
#define FS_OF_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)

int sandbox_landlock_abi(void)
{
    long abi =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);

    return abi > 0 ? (int)abi : 0;
}

/* The rights that this kernel knows; asking for others fails. */
static uint64_t known_rights(int abi)
{
    uint64_t known = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

    if (abi >= 2)
        known |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        known |= FS_TRUNCATE;
    if (abi >= 5)
        known |= FS_IOCTL_DEV;
    return known;
}

static enum err failed(const char *what, const char *path)
{
    LOG_ERROR("sandbox", "%s %s: %s", what, path, strerrordesc_np(errno));
    return ERR_IO;
}

static enum err allow(int ruleset, struct sandbox_path p, uint64_t known)
{
    struct stat st;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = (p.write ? FS_READ | FS_WRITE : FS_READ) & known,
        .parent_fd = open(p.path, O_PATH | O_CLOEXEC),
    };
    enum err e = ERR_OK;

    if (rule.parent_fd < 0 && errno != ENOENT)
        return failed("landlock: opening", p.path);
    if (rule.parent_fd < 0)
        return p.write ? ERR_NOT_FOUND : ERR_OK;
    if (fstat(rule.parent_fd, &st) != 0)
        e = failed("landlock: looking at", p.path);
    else if (!S_ISDIR(st.st_mode))
        rule.allowed_access &= FS_OF_FILE;
    if (e == ERR_OK &&
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) != 0)
        e = failed("landlock: allowing", p.path);
    (void)close(rule.parent_fd);
    return e;
}

enum err sandbox_landlock(const struct sandbox_plan *plan, int abi)
{
    /* The leak check reads what the process has mapped. */
    static const struct sandbox_path PROC = {"/proc", false};
    uint64_t known = known_rights(abi);
    struct landlock_ruleset_attr attr = {
        .handled_access_fs = (FS_READ | FS_WRITE | FS_NEVER) & known};
    /* The first version of the struct is the first field; every kernel takes it. */
    int ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0U);
    enum err e = ERR_OK;

    if (ruleset < 0)
        return failed("landlock:", "a ruleset");
    for (size_t i = 0; i < plan->path_count && e == ERR_OK; i++)
        e = allow(ruleset, plan->paths[i], known);
    if (SANDBOX_SANITIZER && e == ERR_OK)
        e = allow(ruleset, PROC, known);
    if (e == ERR_OK && syscall(SYS_landlock_restrict_self, ruleset, 0U) != 0)
        e = failed("landlock:", "entering");
    (void)close(ruleset);
    return e;
}
