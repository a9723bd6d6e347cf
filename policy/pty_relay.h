/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PTY_RELAY_H
#define POLICY_PTY_RELAY_H
/*
 * pty_relay.h -- between the person's terminal and the pty of the command.
 *
 * Theory.  The command has a pty of its own (made by init), whose line
 * discipline does what a terminal does: echo, ^C, ^Z, ^D, ^S.  So the real
 * terminal is raw while we are in its foreground, and every byte passes as it
 * is.  In the background (`&`, bg) the real terminal is somebody else's: we
 * neither read it nor change it, and only copy output.  The states:
 *
 *   idle        no pty; every function does nothing
 *   background  output is copied, input is not read, settings untouched
 *   foreground  both ways are copied, the terminal is raw, `saved` is what it
 *               has to be given back as
 *
 * Where a pty was asked for and there is no terminal, input is whatever is on
 * stdin, and its end becomes a ^D.
 *
 * relay_start: idle -> one of the others.  relay_look: between those, after
 * SIGCONT.  relay_leave: foreground -> background.  relay_stop: -> idle.
 * Leaving the foreground, in whatever way, gives the settings back.
 */
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

enum { RELAY_FDS = 3, RELAY_HALF_MAX = 16384 };

/* Bytes on their way in one direction; more is read when all were written. */
struct relay_half {
	size_t at;
	size_t len;
	char bytes[RELAY_HALF_MAX];
};

struct relay {
	bool active;
	bool foreground;
	bool reads;    /* the pty stands in for stdin, which has not ended */
	bool raw;      /* `saved` has to be given back */
	bool gone;     /* the terminal hung up */
	bool out_dead; /* nobody takes output any more */
	bool ended;    /* nothing more comes from the pty */
	bool blocks;   /* `out` could not be made non-blocking */
	char last;     /* byte that was read from `in` */
	int terminal;  /* borrowed: one of 0-2 */
	int in;        /* owned: the terminal, opened again, non-blocking */
	int out;       /* owned, the same */
	int master;    /* owned, non-blocking */
	struct termios saved;
	struct termios made;    /* what we set, as the kernel took it */
	struct relay_half up;   /* terminal -> pty */
	struct relay_half down; /* pty -> terminal */
};

/** An idle relay. */
void relay_init(struct relay *r);

/**
 * Take over the master (non-blocking) and begin to stand in for the standard
 * descriptors of tty_mask; settings and size of the terminal go to the pty.
 */
void relay_start(struct relay *r, uint32_t tty_mask, int master);

/** Foreground or background now?  Makes it so and returns it. */
bool relay_look(struct relay *r);

/** Has the terminal hung up? */
bool relay_is_gone(const struct relay *r);

/** Give the terminal back; the relay goes on as in the background. */
void relay_leave(struct relay *r);

/** Give the terminal back, without what nobody has read of it, and close all. */
void relay_stop(struct relay *r);

/** The terminal's size to the pty; the kernel tells the command. */
void relay_resize(const struct relay *r);

/** What to wait for. */
void relay_poll(const struct relay *r, struct pollfd p[RELAY_FDS]);

/** Copy what can be copied.  True once when the terminal is found gone. */
bool relay_serve(struct relay *r, const struct pollfd p[RELAY_FDS]);

/**
 * Copy all output the pty still holds.  False when `wake` became readable
 * before that: look at it and call again.  Only when nobody writes any more.
 */
bool relay_drain(struct relay *r, int wake);

#endif /* POLICY_PTY_RELAY_H */
