/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CLI_H
#define POLICY_CLI_H
/* cli.h -- the subcommands of codex-sandbox; each is one file and one main. */

/** Each takes argv with the subcommand as argv[0] and returns an exit code. */
int exec_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
/** The whole command line of codex-linux-sandbox, with its name. */
int dropin_main(int argc, char **argv);

/** Write a whole text to fd; 0 or 125 (the reader is gone, the disk full). */
int cli_write(int fd, const char *text, unsigned long len);

#endif /* POLICY_CLI_H */
