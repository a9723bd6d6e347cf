/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_NAMES_H
#define POLICY_RULES_NAMES_H
/* rules_names.h -- one word for each layer, answer and class, for every output. */
#include "policy/decide.h"
#include "policy/rules.h"

/** "project", "session", "user", "managed" */
const char *rules_layer_name(enum rules_trust trust);
/** "run", "ask", "ask once", "forbid"; "session", "delta", "outside" ... */
const char *rules_act_name(enum decide_act act);
const char *rules_place_name(enum decide_place place);
const char *rules_retry_name(enum decide_retry retry);
const char *rules_class_name(enum decide_class class);

#endif /* POLICY_RULES_NAMES_H */
