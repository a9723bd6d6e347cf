/* SPDX-License-Identifier: Apache-2.0 */
/* cli_explain.c -- `codex-sandbox explain`: print the plan of exec; room: user. */
#include "policy/cli.h"

#include <errno.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "launcher/plan_check.h"
#include "launcher/plan_wire.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/digest.h"
#include "policy/explain.h"
#include "policy/options.h"
#include "policy/plan_build.h"

static int
help(void)
{
	own_buf struct buf out = { 0 };

	buf_str_add(&out,
		"codex-sandbox explain [OPTION...] [--] [COMMAND [ARG...]]\n\n"
		"Print what exec with the same options would do, and run nothing.\n\n");
	options_help(FOR_EXPLAIN, &out);
	return cli_write(STDOUT_FILENO, buf_str(&out), out.len);
}

/* What the launcher would refuse, explain refuses with the same words. */
static int
decode(const struct plan_build *b, struct plan *decoded, struct diag *d)
{
	struct plan_fault fault = { 0 };
	const char *why = "";

	if (plan_decode(buf_str(&b->blob), b->blob.len, decoded, &why) < 0)
		return diag_set(d, -EBADMSG, DIAG_SETUP, "plan", why,
			"report this, it is a defect of codex-sandbox");
	if (plan_check(decoded, &fault) < 0)
		return diag_setf(d, -EINVAL, DIAG_SETUP,
			fault.mount >= 0 ? decoded->mounts[fault.mount].dest
					 : "plan",
			"report this, it is a defect of codex-sandbox", "%s",
			fault.cause);
	return 0;
}

static int
explain_with(struct options *o, struct plan_build *b, struct plan *decoded,
	char **placeholder)
{
	own_buf struct buf out = { 0 };
	struct diag d = { 0 };
	int err;

	b->no_command = !o->command[0];
	if (b->no_command)
		o->command = placeholder;
	err = plan_build(b, o, &d);
	if (err >= 0)
		err = decode(b, decoded, &d);
	if (err >= 0 && o->canonical)
		digest_canonical(b, &out);
	else if (err >= 0 && o->argv)
		err = explain_argv(decoded, &out, &d);
	else if (err >= 0 && o->json)
		err = explain_json(b, decoded, &out, &d);
	else if (err >= 0)
		explain_text(b, decoded, &out);
	return err < 0 ? diag_print(&d)
		       : cli_write(STDOUT_FILENO, buf_str(&out), out.len);
}

int
explain_main(int argc, char **argv)
{
	static struct plan plan, decoded; /* too large for the stack */
	char word[] = "true";
	char *placeholder[] = { word, NULL }; /* where no command is given */
	struct plan_build b = { .plan = &plan, .dry = true };
	struct options o = { 0 };
	struct diag d = { 0 };
	int code;

	if (options_parse(&o, FOR_EXPLAIN, argc, argv, &d) < 0 ||
		options_container(&o, environ, &d) < 0) {
		code = diag_print(&d);
	} else if (o.help) {
		code = help();
	} else {
		code = explain_with(&o, &b, &decoded, placeholder);
		plan_build_free(&b);
	}
	options_free(&o);
	return code;
}
