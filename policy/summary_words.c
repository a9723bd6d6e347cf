/* SPDX-License-Identifier: Apache-2.0 */
/* summary_words.c -- programs, their options and operands (room: user). */
#include "policy/summary_words.h"

#include <string.h>

/* How the operands of a program are to be read. */
enum shape {
	LIST,       /* operand 0 is a directory */
	QUERY,      /* operand 0 is what is searched, 1 where */
	RIPGREP,    /* as QUERY; with --files as LIST */
	GREP,       /* as QUERY; -e and -f give the query instead */
	FD,         /* query and path, or a path alone */
	FIND,       /* path first, tests behind */
	READ_ONE,   /* exactly one operand, a file */
	READ_FIRST, /* the first operand is a file */
	LINES,      /* head, tail */
	AWK,
	SED,
	PYTHON,
	GIT,
};

struct program {
	const char *names;
	enum shape shape;
	const char *with_value; /* options that take the next word */
};

/* Options of grep that take a word; the last four give the query. */
#define GREP_QUERY "-e --regexp -f --file"
static const char grep_values[] =
	"-m --max-count -A -B -C --context --after-context --before-context " GREP_QUERY;

static const struct program programs[] = {
	{ "ls", LIST,
		"-I -w --block-size --format --time-style --color "
		"--quoting-style" },
	{ "eza exa", LIST,
		"-I --ignore-glob --color --sort --time-style --time" },
	{ "tree", LIST, "-L -P -I --charset --filelimit --sort" },
	{ "du", LIST, "-d --max-depth -B --block-size --exclude --time-style" },
	{ "rg rga ripgrep-all", RIPGREP,
		"-g --glob --iglob -t --type --type-add --type-not -m "
		"--max-count -A -B -C --context --max-depth" },
	{ "grep egrep fgrep", GREP, grep_values },
	{ "ag ack pt", QUERY,
		"-G -g --file-search-regex --ignore-dir --ignore-file "
		"--path-to-ignore" },
	{ "fd", FD, "-t --type -e --extension -E --exclude --search-path" },
	{ "find", FIND, "" },
	{ "cat more", READ_ONE, "" },
	{ "bat batcat", READ_ONE,
		"--theme --language --style --terminal-width --tabs "
		"--line-range --map-syntax" },
	{ "less", READ_ONE,
		"-p -P -x -y -z -j --pattern --prompt --tabs --shift "
		"--jump-target" },
	{ "nl", READ_FIRST, "-s -w -v -i -b" },
	{ "head tail", LINES, "" },
	{ "awk", AWK, "-F -v --field-separator --assign" },
	{ "sed", SED, "" },
	{ "python python2 python3", PYTHON, "" },
	{ "git", GIT, "" },
};

bool
summary_one_of(const char *w, const char *words)
{
	size_t n = strlen(w);
	for (const char *at = words; n > 0 && (at = strstr(at, w)); at++) {
		bool starts = at == words || at[-1] == ' ';
		if (starts && (at[n] == ' ' || at[n] == '\0'))
			return true;
	}
	return false;
}

/*
 * Operand number index.  dashes: behind "--", words with a dash are operands
 * too; some programs are read without that.
 */
static const char *
operand(const struct words *w, const char *with_value, size_t index,
	bool dashes)
{
	bool rest = false;
	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i];
		if (!rest && strcmp(word, "--") == 0) {
			rest = true;
		} else if (!rest && summary_one_of(word, with_value)) {
			i++;
		} else if ((rest && dashes) || word[0] != '-') {
			if (index-- == 0)
				return word;
		}
	}
	return NULL;
}

const char *
summary_operand(const struct words *w, const char *with_value, size_t index)
{
	return operand(w, with_value, index, true);
}

static bool
has_word(const struct words *w, const char *words)
{
	for (size_t i = 0; i < w->n; i++)
		if (summary_one_of(w->v[i], words))
			return true;
	return false;
}

/* ---- head and tail: only `-n N`, `-nN` and a file say what is read ---- */

/* Digits; tail counts from the front behind a "+", head takes none for 10. */
static bool
is_count(const char *s, bool tail)
{
	if (tail && s[0] == '+')
		s++;
	return s[strspn(s, "0123456789")] == '\0' && (!tail || *s != '\0');
}

static struct finding
find_lines(const struct words *w, bool tail)
{
	struct finding unknown = { SUMMARY_UNKNOWN, NULL, NULL };
	size_t i = 0;
	if (w->n == 0)
		return unknown;
	const char *first = w->v[0];
	if (strcmp(first, "-n") == 0 && w->n > 1 && is_count(w->v[1], tail))
		i = 2;
	else if (strncmp(first, "-n", 2) == 0 && first[2] != '\0' &&
		 is_count(first + 2, tail))
		i = 1;
	else if (w->n != 1)
		return unknown;
	for (; i < w->n; i++)
		if (w->v[i][0] != '-')
			return (struct finding){ SUMMARY_READ, w->v[i], NULL };
	return unknown;
}

/* ---- sed: only `-n` with a range of lines to print ---- */

static bool
sed_range(const char *s)
{
	size_t n = strspn(s, "0123456789");
	if (n == 0)
		return false;
	if (s[n] == ',') {
		size_t more = strspn(s + n + 1, "0123456789");
		if (more == 0)
			return false;
		n += 1 + more;
	}
	return strcmp(s + n, "p") == 0;
}

/* Is the file changed in its place: -i, -i.bak, -ni, --in-place...? */
static bool
sed_changes(const struct words *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *o = w->v[i];
		if (strncmp(o, "--in-place", 10) == 0)
			return true;
		if (o[0] == '-' && o[1] != '-' && strchr(o, 'i') != NULL)
			return true;
	}
	return false;
}

static const char *
sed_file(const struct words *w)
{
	bool quiet = false, range = false;
	const char *operands[2] = { NULL, NULL };
	size_t n = 0;
	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i];
		if (summary_one_of(word, "-n")) {
			quiet = true;
		} else if (summary_one_of(word, "-e --expression -f --file")) {
			i++;
			range = range || (i < w->n && sed_range(w->v[i]));
		} else if (word[0] != '-' && n < 2) {
			operands[n++] = word;
		}
	}
	if (!quiet || sed_changes(w))
		return NULL;
	if (operands[0] && sed_range(operands[0]))
		return operands[1];
	return range ? operands[0] : NULL;
}

static struct finding
find_sed(const struct words *w)
{
	const char *file = sed_file(w);
	return (struct finding){ file ? SUMMARY_READ : SUMMARY_UNKNOWN, file,
		NULL };
}

/* ---- the rest ---- */

static const char *
awk_file(const struct words *w, const char *with_value)
{
	if (has_word(w, "-f --file"))
		return operand(w, "-F -v -f --file", 0, false);
	return operand(w, with_value, 1, false);
}

static struct finding
find_grep(const struct words *w)
{
	const char *query = NULL;
	for (size_t i = 0; i + 1 < w->n; i++) {
		if (strcmp(w->v[i], "--") == 0)
			break;
		if (summary_one_of(w->v[i], GREP_QUERY)) {
			query = w->v[i + 1];
			break;
		}
	}
	const char *path = summary_operand(w, grep_values, query ? 0 : 1);
	if (!query)
		query = summary_operand(w, grep_values, 0);
	return (struct finding){ SUMMARY_SEARCH, path, query };
}

static bool
looks_like_path(const char *s)
{
	return strcmp(s, ".") == 0 || strcmp(s, "..") == 0 || strchr(s, '/');
}

static struct finding
find_fd(const struct words *w, const char *with_value)
{
	const char *a = operand(w, with_value, 0, false);
	const char *b = operand(w, with_value, 1, false);
	if (a && !b && looks_like_path(a))
		return (struct finding){ SUMMARY_LIST, a, NULL };
	return (struct finding){ a ? SUMMARY_SEARCH : SUMMARY_LIST, b, a };
}

static struct finding
find_find(const struct words *w)
{
	struct finding f = { SUMMARY_LIST, NULL, NULL };
	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i];
		if (i + 1 < w->n && !f.query &&
			summary_one_of(word, "-name -iname -path -regex")) {
			f.query = w->v[i + 1];
			f.kind = SUMMARY_SEARCH;
		}
	}
	for (size_t i = 0; i < w->n && !f.path; i++) {
		const char *word = w->v[i];
		if (word && word[0] != '-' && !summary_one_of(word, "! ( )"))
			f.path = word;
	}
	return f;
}

static struct finding
find_python(const struct words *w)
{
	static const char *const walks[] = {
		"os.walk",
		"os.listdir",
		"os.scandir",
		"glob.glob",
		"glob.iglob",
		"pathlib.Path",
		".rglob(",
	};
	struct finding f = { SUMMARY_UNKNOWN, NULL, NULL };
	for (size_t i = 0; i + 1 < w->n; i++) {
		if (strcmp(w->v[i], "-c") != 0)
			continue;
		for (size_t k = 0; k < sizeof(walks) / sizeof(walks[0]); k++)
			if (strstr(w->v[i + 1], walks[k]))
				f.kind = SUMMARY_LIST;
		break;
	}
	return f;
}

static struct finding
find_git(const struct words *w)
{
	struct finding f = { SUMMARY_UNKNOWN, NULL, NULL };
	if (w->n == 0)
		return f;
	struct words rest = { w->n - 1, w->v + 1 };
	if (strcmp(w->v[0], "grep") == 0)
		return find_grep(&rest);
	if (strcmp(w->v[0], "ls-files") == 0) {
		f.kind = SUMMARY_LIST;
		f.path = summary_operand(&rest,
			"--exclude --exclude-from --pathspec-from-file", 0);
	}
	return f;
}

/* Shapes in which the operands are simply counted. */
static struct finding
find_operands(const struct program *p, const struct words *w)
{
	bool dashes = p->shape == LIST || p->shape == READ_ONE;
	const char *a = operand(w, p->with_value, 0, dashes);
	const char *b = operand(w, p->with_value, 1, dashes);
	bool list = p->shape == LIST ||
		    (p->shape == RIPGREP && has_word(w, "--files"));
	if (list)
		return (struct finding){ SUMMARY_LIST, a, NULL };
	if (p->shape == QUERY || p->shape == RIPGREP)
		return (struct finding){ SUMMARY_SEARCH, b, a };
	if (p->shape == AWK)
		a = awk_file(w, p->with_value);
	bool read = a && (p->shape != READ_ONE || !b);
	return (struct finding){ read ? SUMMARY_READ : SUMMARY_UNKNOWN,
		read ? a : NULL, NULL };
}

/* A version may follow: python3.11 */
static bool
is_called(const struct program *p, const char *name)
{
	return summary_one_of(name, p->names) ||
	       (p->shape == PYTHON &&
		       (strncmp(name, "python2.", 8) == 0 ||
			       strncmp(name, "python3.", 8) == 0));
}

struct finding
summary_find(size_t argc, char *const *argv)
{
	if (argc == 0)
		return (struct finding){ SUMMARY_UNKNOWN, NULL, NULL };
	const struct words w = { argc - 1, argv + 1 };
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const struct program *p = &programs[i];
		if (!is_called(p, argv[0]))
			continue;
		switch (p->shape) {
		case GREP: return find_grep(&w);
		case FD: return find_fd(&w, p->with_value);
		case FIND: return find_find(&w);
		case LINES: return find_lines(&w, argv[0][0] == 't');
		case SED: return find_sed(&w);
		case PYTHON: return find_python(&w);
		case GIT: return find_git(&w);
		default: return find_operands(p, &w);
		}
	}
	return (struct finding){ SUMMARY_UNKNOWN, NULL, NULL };
}

/* ---- helpers ---- */

static bool
xargs_changes(const struct words *w)
{
	size_t i = 0;
	while (i < w->n && w->v[i][0] == '-')
		i += summary_one_of(w->v[i], "-E -I -L -n -P -s") ? 2 : 1;
	if (i >= w->n)
		return false;
	const struct words rest = { w->n - i - 1, w->v + i + 1 };
	const char *name = w->v[i];
	bool script = summary_one_of(name, "perl ruby");
	if (summary_one_of(name, "rg") && has_word(&rest, "--replace"))
		return true;
	if (summary_one_of(name, "sed"))
		return sed_changes(&rest);
	for (size_t k = 0; k < rest.n && script; k++) {
		const char *o = rest.v[k];
		if (strncmp(o, "-i", 2) == 0 || strncmp(o, "-pi", 3) == 0 ||
			strncmp(o, "--in-place", 10) == 0)
			return true;
	}
	return false;
}

/* head and tail without a file, in the usual forms. */
static bool
lines_only(const struct words *w, bool tail)
{
	if (w->n == 2)
		return summary_one_of(w->v[0], "-n -c") &&
		       is_count(w->v[1], tail);
	return w->n == 0 || (w->n == 1 && w->v[0][0] == '-');
}

bool
summary_is_helper(size_t argc, char *const *argv)
{
	const struct words w = { argc - 1, argv + 1 };
	const char *name = argv[0];
	if (summary_one_of(name, "wc tr cut sort uniq tee column yes printf"))
		return true;
	if (summary_one_of(name, "xargs"))
		return !xargs_changes(&w);
	if (summary_one_of(name, "awk"))
		return awk_file(&w, "-F -v --field-separator --assign") == NULL;
	if (summary_one_of(name, "head tail"))
		return lines_only(&w, name[0] == 't');
	if (summary_one_of(name, "sed"))
		return sed_file(&w) == NULL && !sed_changes(&w);
	return false;
}
