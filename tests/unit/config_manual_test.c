/* SPDX-License-Identifier: Apache-2.0 */
/* config_manual_test.c -- docs/CONFIG.md says what the program does; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>

#include "policy/buf.h"
#include "tests/unit/config_fixture.h"

enum { MANUAL_MAX = 1 << 20 };

/* The next ```toml block; *at is moved behind it. */
static bool
block(const char **at, struct buf *out)
{
	static const char open[] = "```toml\n";
	const char *p = strstr(*at, open);

	if (p == NULL)
		return false;
	p += strlen(open);
	const char *end = strstr(p, "```");
	if (end == NULL)
		return false;
	buf_free(out);
	buf_add(out, p, (size_t)(end - p));
	*at = end + 3;
	return true;
}

static void
examples(struct tap *t, struct fixture *f, const char *manual)
{
	own_config_profile struct config_profile p = { 0 };
	own_buf struct buf text = { 0 };
	const char *at = manual;

	tap_ok(t, block(&at, &text), "there is an example for users");
	fixture_write(f, "user/config.toml", buf_str(&text));
	fixture_works(t, f, fixture_load(f), "it is taken");
	fixture_works(t, f, config_resolve(f->c, NULL, &p, &f->d), "whole");
	tap_str(t, p.name, "work", "and selects its profile");
	tap_int(t, p.network.access, CONFIG_NET_PROXY, "with its network");
	tap_ok(t, block(&at, &text), "there is one for administrators");
	fixture_write(f, "user/config.toml", "");
	fixture_write(f, "managed/requirements.toml", buf_str(&text));
	fixture_works(t, f, fixture_load(f), "it is taken");
	config_profile_free(&p);
	fixture_works(t, f, config_resolve(f->c, NULL, &p, &f->d), "whole");
	tap_str(t, p.name, "agent", "and selects its profile");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;
	own_buf struct buf manual = { 0 }, reference = { 0 };
	int fd = open("docs/CONFIG.md", O_RDONLY | O_CLOEXEC);

	fixture_begin(&f);
	fixture_ship(&f, "agent");
	fixture_ship(&f, "review");
	tap_int(&t, buf_read_fd(&manual, fd, MANUAL_MAX), 0, "docs/CONFIG.md");
	examples(&t, &f, buf_str(&manual));
	config_reference(&reference);
	tap_ok(&t, strstr(buf_str(&manual), buf_str(&reference)) != NULL,
		"it ends with what `config reference` prints");
	(void)close(fd);
	return fixture_end(&f, &t);
}
