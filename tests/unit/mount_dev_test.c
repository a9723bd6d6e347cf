/* SPDX-License-Identifier: Apache-2.0 */
/* mount_dev_test.c -- a minimal /dev, of nodes that are what they are called. */
#include "netns/mount_dev.h"

#include "netns/mount_api.h"
#include "tests/unit/own_ns.h"
#include "tests/unit/tap.h"

static char place[] = "/tmp/csb-mount-dev.XXXXXX";

/* A tree whose dev/null is a file: what a container may have. */
static void
test_odd(struct tap *t)
{
	struct dev_nodes nodes = { { 0 } };
	(void)mkdir("odd", 0755);
	int root = open("odd", O_PATH | O_CLOEXEC);
	tap_int(t, dev_take(&nodes, root), -ENOENT, "no /dev at all");
	(void)mkdir("odd/dev", 0755);
	ns_file("odd/dev/null");
	tap_int(t, dev_take(&nodes, root), -ENODEV, "/dev/null is a file");
	/* Every node another one. */
	(void)mount("/dev/zero", "odd/dev/null", NULL, MS_BIND, NULL);
	tap_int(t, dev_take(&nodes, root), -ENODEV, "/dev/null is /dev/zero");
	(void)umount2("odd/dev/null", MNT_DETACH);
	(void)unlink("odd/dev/null");
	(void)!symlink("/dev/null", "odd/dev/null");
	tap_int(t, dev_take(&nodes, root), -ELOOP, "/dev/null is a symlink");
	close(root);
}

static void
test_nodes(struct tap *t)
{
	static const struct {
		const char *path;
		ssize_t read; /* of one byte: how many, or -errno */
		ssize_t written;
	} rows[] = {
		{ "dev/null", 0, 1 },
		{ "dev/zero", 1, 1 },
		{ "dev/full", 1, -ENOSPC },
		{ "dev/urandom", 1, 1 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char byte = 'x';
		int fd = open(rows[i].path, O_RDWR | O_CLOEXEC);
		ssize_t n = read(fd, &byte, 1);
		tap_int(t, n, rows[i].read, rows[i].path);
		n = write(fd, &byte, 1);
		tap_int(t, n < 0 ? -errno : n, rows[i].written, rows[i].path);
		close(fd);
	}
}

static void
test_rest(struct tap *t)
{
	static const char *const links[][2] = {
		{ "dev/fd", "/proc/self/fd" },
		{ "dev/stdin", "/proc/self/fd/0" },
		{ "dev/stdout", "/proc/self/fd/1" },
		{ "dev/stderr", "/proc/self/fd/2" },
		{ "dev/core", "/proc/kcore" },
		{ "dev/ptmx", "pts/ptmx" },
	};
	struct stat st = { 0 };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		char text[64] = "";
		(void)!readlink(links[i][0], text, sizeof text - 1);
		tap_str(t, text, links[i][1], links[i][0]);
	}
	tap_ok(t, stat("dev/shm", &st) == 0 && S_ISDIR(st.st_mode), "dev/shm");
	tap_ok(t, stat("dev/tty", &st) == 0 && S_ISCHR(st.st_mode), "dev/tty");
	/* A pty of its own numbers: the first one is number 0. */
	int master = open("dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	tap_ok(t, master >= 0 && access("dev/pts/0", F_OK) == 0,
		"pseudo terminals of its own");
	close(master);
	tap_ok(t, access("dev/kmsg", F_OK) != 0 && access("dev/mem", F_OK) != 0,
		"nothing else of the host's");
}

static void
test_all(struct tap *t)
{
	struct dev_nodes nodes = { { 0 } };
	static const struct mount_option none[] = { { NULL, NULL } };
	if (chdir(place) != 0)
		return;
	test_odd(t);
	int host = open("/", O_PATH | O_CLOEXEC);
	tap_int(t, dev_take(&nodes, host), 0, "the host's nodes are taken");
	(void)mkdir("dev", 0755);
	int tree = mount_new("tmpfs", none, ATTR_NOSUID | ATTR_NODEV);
	int at = open("dev", O_PATH | O_CLOEXEC);
	tap_int(t, mount_move(tree, at), 0, "a tmpfs is attached");
	tap_int(t, dev_fill(&nodes, tree), 0, "and filled");
	close(at);
	close(tree);
	close(host);
	test_nodes(t);
	test_rest(t);
}

int
main(void)
{
	struct tap t = { 0 };
	if (mkdtemp(place) == NULL)
		return 1;
	const char *why = ns_enter(place);
	if (why == NULL) {
		test_all(&t);
		(void)chdir("/");
		(void)umount2(place, MNT_DETACH);
	} else {
		printf("1..0 # SKIP %s\n", why);
	}
	(void)rmdir(place);
	return why == NULL ? tap_end(&t) : 0;
}
