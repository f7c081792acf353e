/* SPDX-License-Identifier: ISC */
/*
 * Every rule of RFC 9420 that a message, a tree or a state can break, one row each: the
 * section that makes it, and the words for it. A validator returns the first rule that is
 * broken; MLS_RULE_KEPT (0) means all hold. Which rule it was decides nothing but the words
 * and the tests: whatever is broken is refused whole.
 */
#ifndef MLS_RULE_H
#define MLS_RULE_H

enum mls_rule {
    MLS_RULE_KEPT,
    MLS_RULE_FORMAT, /* bytes that do not decode, or not wholly */

    /* 7.2, 7.3: a leaf node */
    MLS_RULE_LEAF_SIGNATURE,
    MLS_RULE_LEAF_SOURCE,          /* made for another place than where it was found */
    MLS_RULE_LEAF_LIFETIME,        /* not yet or no longer */
    MLS_RULE_LEAF_VERSION,         /* its capabilities lack the group's version */
    MLS_RULE_LEAF_SUITE,           /* or suite */
    MLS_RULE_LEAF_REQUIRED,        /* or something required_capabilities names */
    MLS_RULE_LEAF_EXTENSION,       /* an extension it has and does not list */
    MLS_RULE_LEAF_GROUP_EXTENSION, /* an extension of the group it does not list */
    MLS_RULE_LEAF_CREDENTIAL, /* its credential's type is not listed by itself or a member */
    MLS_RULE_LEAF_IDENTITY,   /* the application does not accept who it says it is */
    MLS_RULE_LEAF_KEY,        /* an HPKE or signature key that is none */
    MLS_RULE_LEAF_SIGNATURE_KEY_TWICE,
    MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE,
    MLS_RULE_LEAF_KEY_KEPT, /* an update with the encryption key of before */

    /* 7.4 - 7.9: trees and paths */
    MLS_RULE_TREE_SHAPE,    /* ends in a blank, too big, a leaf where a parent belongs */
    MLS_RULE_TREE_UNMERGED, /* unmerged leaves out of order, blank, or not below */
    MLS_RULE_TREE_HASH,     /* not the tree the group context names */
    MLS_RULE_TREE_PARENT_HASH,
    MLS_RULE_PATH_LENGTH,      /* more or fewer nodes than the filtered direct path */
    MLS_RULE_PATH_CIPHERTEXTS, /* more or fewer than the resolution of the copath node */
    MLS_RULE_PATH_KEY_TWICE,   /* a key that is in the tree already, or twice in the path */
    MLS_RULE_PATH_SECRET,      /* does not open, or gives another key than the path says */
    MLS_RULE_PATH_PARENT_HASH, /* the new leaf's parent hash is not that of the new path */

    /* 8.4: pre-shared keys */
    MLS_RULE_PSK_NONCE, /* not as long as the hash */
    MLS_RULE_PSK_USAGE, /* reinit or branch outside of a first epoch */
    MLS_RULE_PSK_TWICE,
    MLS_RULE_PSK_UNKNOWN,

    /* 6: framing */
    MLS_RULE_MESSAGE_GROUP,
    MLS_RULE_MESSAGE_EPOCH,
    MLS_RULE_MESSAGE_SENDER, /* a leaf that is blank, or a kind of sender not allowed here */
    MLS_RULE_MESSAGE_SIGNATURE,
    MLS_RULE_MESSAGE_MEMBERSHIP, /* the membership tag */
    MLS_RULE_MESSAGE_SEALED,     /* a private message that does not open */
    MLS_RULE_MESSAGE_PADDING,    /* padding that is not zero */
    MLS_RULE_MESSAGE_PUBLIC,     /* application data in the open */
    MLS_RULE_MESSAGE_REPLAY,     /* a generation used up, or older than the window */
    MLS_RULE_MESSAGE_AHEAD,      /* a generation further ahead than the window */

    /* 10: key packages */
    MLS_RULE_PACKAGE_VERSION,
    MLS_RULE_PACKAGE_SUITE,
    MLS_RULE_PACKAGE_SIGNATURE,
    MLS_RULE_PACKAGE_INIT_KEY, /* the same as its leaf's encryption key */

    /* 12.1, 12.2: proposals */
    MLS_RULE_PROPOSAL_UNKNOWN, /* a reference to a proposal nobody sent */
    MLS_RULE_PROPOSAL_TYPE,    /* a type that a member does not support, or GREASE acted on */
    MLS_RULE_PROPOSAL_UPDATE_SELF,  /* the committer commits its own update */
    MLS_RULE_PROPOSAL_REMOVE_SELF,  /* the committer removes itself */
    MLS_RULE_PROPOSAL_REMOVE_BLANK, /* nobody there */
    MLS_RULE_PROPOSAL_LEAF_TWICE,   /* two updates or removes of one leaf */
    MLS_RULE_PROPOSAL_ADD_TWICE,    /* two adds of one client, or of one who is in */
    MLS_RULE_PROPOSAL_PSK_TWICE,
    MLS_RULE_PROPOSAL_CONTEXT_TWICE, /* two group-context-extensions */
    MLS_RULE_PROPOSAL_REINIT,        /* beside another proposal, or to an older version */
    MLS_RULE_PROPOSAL_EXTERNAL_INIT, /* outside of an external commit */
    MLS_RULE_PROPOSAL_SENDER,        /* a kind of sender that may not propose this */
    MLS_RULE_EXTERNAL_INIT_COUNT,    /* not exactly one in an external commit */
    MLS_RULE_EXTERNAL_REMOVE,        /* more than one, or of a leaf that is not the joiner's */
    MLS_RULE_EXTERNAL_PROPOSAL, /* a type that an external commit may not have, or by reference
                                 */

    /* 12.4: commits, welcomes */
    MLS_RULE_COMMIT_PATH,      /* none where one is needed */
    MLS_RULE_COMMIT_TAG,       /* the confirmation tag */
    MLS_RULE_COMMIT_POLICY,    /* the application's hook, judging by group state alone */
    MLS_RULE_WELCOME_NOT_MINE, /* none of its secrets is for this key package */
    MLS_RULE_WELCOME_SECRETS,  /* the secrets or the group info do not open */
    MLS_RULE_WELCOME_REINIT,   /* does not match the group it follows */
    MLS_RULE_INFO_SIGNATURE,
    MLS_RULE_INFO_TREE,         /* no tree in it, and none handed in */
    MLS_RULE_INFO_EXTERNAL_PUB, /* none, so nobody can join by it */
    MLS_RULE_INFO_SELF,         /* we are not in the tree, or not with our key */

    /* the group's own state */
    MLS_RULE_GROUP_SUSPENDED, /* re-initialised: it goes on in another group */
    MLS_RULE_GROUP_PROPOSALS, /* proposals wait: commit before speaking (12.4) */
    MLS_RULE_GROUP_REMOVED,   /* we are no longer in it */
    MLS_RULE_COUNT
};

/* "7.3", "12.2": the section of RFC 9420. */
const char *mls_rule_section(enum mls_rule rule);
/* One sentence for a person, without a full stop. */
const char *mls_rule_text(enum mls_rule rule);

#endif
