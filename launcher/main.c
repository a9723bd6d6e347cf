/* SPDX-License-Identifier: Apache-2.0 */
/* main.c -- codex-sandbox-launch: its steps, in order (room: hot, warm, cold). */
#include <fcntl.h>
#include <unistd.h>

#include "launcher/bwrap_exec.h"
#include "launcher/fail.h"
#include "launcher/hygiene.h"
#include "launcher/plan.h"
#include "launcher/priv.h"
#include "launcher/userns.h"

const char fail_program[] = "codex-sandbox-launch";

int
main(int argc, char **argv)
{
	static struct plan plan;
	struct caller who;
	struct userns ns;

	if (argc < 1) /* CVE-2021-4034 */
		_exit(FAIL_SETUP);
	hygiene_fds();
	priv_begin(&who);
	hygiene_process();
	/* A number of arguments and an open descriptor: no byte is read. */
	const bool asked = argc > 1 || fcntl(PLAN_FD, F_GETFD) < 0;
	if (!asked)
		userns_hold(&who, &ns);
	priv_drop(&who);
	priv_verify(&who);

	/* Nothing can be regained any more; the caller's bytes begin here. */
	if (asked)
		cold_answer(argc, argv);
	cold_plan(&ns, &plan);
	cold_exec(&who, &ns, &plan);
}
