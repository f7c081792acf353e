/* SPDX-License-Identifier: ISC */
/*
 * From a group info that is not believed yet to the public half of an epoch: whoever joins,
 * by a welcome or by a commit of its own, begins here (RFC 9420, 12.4.3.1 and 12.4.3.2).
 */
#ifndef MLS_GROUP_INFO_H
#define MLS_GROUP_INFO_H

#include "mls/epoch.h"
#include "mls/welcome.h"

/* The tree comes from the info's extension, or from the bytes handed in, and is verified whole:
 * its hash, its leaves, the info's signature. The epoch has context, tree, tag and interim
 * hash; secrets and private keys are the caller's to fill. */
enum mls_rule info_epoch(const struct mls_env *env, const struct welcome_info *info,
    struct bytes tree, struct epoch **out);

#endif
