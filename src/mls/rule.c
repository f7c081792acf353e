/* SPDX-License-Identifier: ISC */
#include "mls/rule.h"

struct rule_row {
    const char *section;
    const char *text;
};

/* clang-format off */
static const struct rule_row ROWS[MLS_RULE_COUNT] = {
    [MLS_RULE_KEPT] = {"1", "every rule is kept"},
    [MLS_RULE_FORMAT] = {"2.1", "the bytes do not decode"},

    [MLS_RULE_LEAF_SIGNATURE] = {"7.3", "the signature of a leaf does not verify"},
    [MLS_RULE_LEAF_SOURCE] = {"7.3", "a leaf was made for another place than this"},
    [MLS_RULE_LEAF_LIFETIME] = {"7.3", "the lifetime of a leaf has not begun or is over"},
    [MLS_RULE_LEAF_VERSION] = {"7.2", "a leaf does not support the group's version of MLS"},
    [MLS_RULE_LEAF_SUITE] = {"7.2", "a leaf does not support the group's cipher suite"},
    [MLS_RULE_LEAF_REQUIRED] = {"7.3", "a leaf does not support what the group requires"},
    [MLS_RULE_LEAF_EXTENSION] = {"7.3", "a leaf has an extension that it does not list"},
    [MLS_RULE_LEAF_GROUP_EXTENSION] = {"12.1.7", "a leaf does not support an extension of the group"},
    [MLS_RULE_LEAF_CREDENTIAL] = {"7.3", "a credential has a type that not everybody supports"},
    [MLS_RULE_LEAF_IDENTITY] = {"5.3.1", "the application does not accept a credential"},
    [MLS_RULE_LEAF_KEY] = {"5.1", "a public key is not a key of the cipher suite"},
    [MLS_RULE_LEAF_SIGNATURE_KEY_TWICE] = {"7.3", "two members have the same signature key"},
    [MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE] = {"7.3", "two members have the same encryption key"},
    [MLS_RULE_LEAF_KEY_KEPT] = {"7.3", "an update keeps the encryption key of before"},

    [MLS_RULE_TREE_SHAPE] = {"7.8", "the ratchet tree has not the shape of one"},
    [MLS_RULE_TREE_UNMERGED] = {"7.1", "the unmerged leaves of a node are not what they must be"},
    [MLS_RULE_TREE_HASH] = {"7.8", "the ratchet tree is not the one that the group names"},
    [MLS_RULE_TREE_PARENT_HASH] = {"7.9.2", "a parent node has no valid parent hash below it"},
    [MLS_RULE_PATH_LENGTH] = {"7.6", "a path has not one node for each of the filtered direct path"},
    [MLS_RULE_PATH_CIPHERTEXTS] = {"7.6", "a path's node is not sealed once for each who must open it"},
    [MLS_RULE_PATH_KEY_TWICE] = {"12.4.2", "a path brings a key that is in use already"},
    [MLS_RULE_PATH_SECRET] = {"7.5", "the secret of a path does not give the keys of the path"},
    [MLS_RULE_PATH_PARENT_HASH] = {"7.5", "the parent hash of a new leaf is not that of its path"},

    [MLS_RULE_PSK_NONCE] = {"8.4", "the nonce of a pre-shared key is not as long as the hash"},
    [MLS_RULE_PSK_USAGE] = {"8.4", "a resumption key is used where it may not be"},
    [MLS_RULE_PSK_TWICE] = {"8.4", "a pre-shared key is named twice"},
    [MLS_RULE_PSK_UNKNOWN] = {"8.4", "a pre-shared key is not known here"},

    [MLS_RULE_MESSAGE_GROUP] = {"6", "a message is for another group"},
    [MLS_RULE_MESSAGE_EPOCH] = {"6", "a message is for another epoch"},
    [MLS_RULE_MESSAGE_SENDER] = {"6", "a message has a sender that may not send it"},
    [MLS_RULE_MESSAGE_SIGNATURE] = {"6.1", "the signature of a message does not verify"},
    [MLS_RULE_MESSAGE_MEMBERSHIP] = {"6.2", "the membership tag of a message does not verify"},
    [MLS_RULE_MESSAGE_SEALED] = {"6.3", "a private message does not open"},
    [MLS_RULE_MESSAGE_PADDING] = {"6.3.1", "the padding of a message is not zero"},
    [MLS_RULE_MESSAGE_PUBLIC] = {"6.2", "application data came in the open"},
    [MLS_RULE_MESSAGE_REPLAY] = {"9.1", "a message uses a key that was used before"},
    [MLS_RULE_MESSAGE_AHEAD] = {"9.1", "a message is too far ahead of its sender's last"},

    [MLS_RULE_PACKAGE_VERSION] = {"10.1", "a key package is of another version of MLS"},
    [MLS_RULE_PACKAGE_SUITE] = {"10.1", "a key package is of another cipher suite"},
    [MLS_RULE_PACKAGE_SIGNATURE] = {"10.1", "the signature of a key package does not verify"},
    [MLS_RULE_PACKAGE_INIT_KEY] = {"10.1", "a key package has one key for two purposes"},

    [MLS_RULE_PROPOSAL_UNKNOWN] = {"12.4.2", "a commit names a proposal that nobody sent"},
    [MLS_RULE_PROPOSAL_TYPE] = {"12.2", "a proposal has a type that not everybody supports"},
    [MLS_RULE_PROPOSAL_UPDATE_SELF] = {"12.2", "a committer commits its own update"},
    [MLS_RULE_PROPOSAL_REMOVE_SELF] = {"12.2", "a committer removes itself"},
    [MLS_RULE_PROPOSAL_REMOVE_BLANK] = {"12.1.3", "a remove names a leaf where nobody is"},
    [MLS_RULE_PROPOSAL_LEAF_TWICE] = {"12.2", "two proposals change the same leaf"},
    [MLS_RULE_PROPOSAL_ADD_TWICE] = {"12.2", "an add names somebody who is added or in already"},
    [MLS_RULE_PROPOSAL_PSK_TWICE] = {"12.2", "two proposals name the same pre-shared key"},
    [MLS_RULE_PROPOSAL_CONTEXT_TWICE] = {"12.2", "two proposals set the extensions of the group"},
    [MLS_RULE_PROPOSAL_REINIT] = {"12.2", "a re-initialisation is not alone or goes back in version"},
    [MLS_RULE_PROPOSAL_EXTERNAL_INIT] = {"12.2", "an external init is in a member's commit"},
    [MLS_RULE_PROPOSAL_SENDER] = {"12.1.8", "a proposal is from somebody who may not propose it"},
    [MLS_RULE_EXTERNAL_INIT_COUNT] = {"12.2", "an external commit has not exactly one external init"},
    [MLS_RULE_EXTERNAL_REMOVE] = {"12.2", "an external commit removes more than the joiner's old leaf"},
    [MLS_RULE_EXTERNAL_PROPOSAL] = {"12.2", "an external commit has a proposal that it may not have"},

    [MLS_RULE_COMMIT_PATH] = {"12.4", "a commit has no path where it needs one"},
    [MLS_RULE_COMMIT_TAG] = {"12.4.2", "the confirmation tag of a commit does not verify"},
    [MLS_RULE_COMMIT_POLICY] = {"12.2", "the group's own policy does not allow a commit"},
    [MLS_RULE_WELCOME_NOT_MINE] = {"12.4.3.1", "a welcome is not for this key package"},
    [MLS_RULE_WELCOME_SECRETS] = {"12.4.3.1", "a welcome does not open"},
    [MLS_RULE_WELCOME_REINIT] = {"11.2", "a welcome does not match the group that it follows"},
    [MLS_RULE_INFO_SIGNATURE] = {"12.4.3", "the signature of a group info does not verify"},
    [MLS_RULE_INFO_TREE] = {"12.4.3.3", "there is no ratchet tree to join by"},
    [MLS_RULE_INFO_EXTERNAL_PUB] = {"12.4.3.2", "a group info has no key to join by"},
    [MLS_RULE_INFO_SELF] = {"12.4.3.1", "the joiner is not in the tree with its own leaf"},

    [MLS_RULE_GROUP_SUSPENDED] = {"11.2", "the group goes on in another one"},
    [MLS_RULE_GROUP_PROPOSALS] = {"12.4", "proposals wait to be committed before anything is said"},
    [MLS_RULE_GROUP_REMOVED] = {"12.1.3", "we are no longer in the group"},
};
/* clang-format on */

static const struct rule_row *rule_row(enum mls_rule rule)
{
    static const struct rule_row NONE = {"?", "no such rule"};

    return (unsigned)rule < MLS_RULE_COUNT ? &ROWS[rule] : &NONE;
}

const char *mls_rule_section(enum mls_rule rule)
{
    return rule_row(rule)->section;
}

const char *mls_rule_text(enum mls_rule rule)
{
    return rule_row(rule)->text;
}
