/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NETPOL_H
#define POLICY_NETPOL_H
/*
 * netpol.h -- the network policy of one sandbox, and the verdict on a request.
 *
 * The front end makes it from options, configuration and rules, prints it
 * (explain) and hands it to the supervisor as a sealed memfd
 * (policy/netpol_wire.c); the supervisor asks netpol_judge() for everything, so
 * what is printed is what is enforced.
 *
 * Order of judgement: deny, mode, ports, allow -- all by the name that was asked
 * for, before anything is resolved; then, on the addresses of the one
 * resolution, netpol_judge_addresses().  Deny wins over everything.  A host is
 * refused as a whole if one of its addresses is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

struct buf;
struct diag;

enum {
	NETPOL_RULES_MAX = 4096,
	NETPOL_CIDRS_MAX = 1024,
	NETPOL_PORTS_MAX = 256,
	NETPOL_LOOPBACK_MAX = 32,
	NETPOL_PUBLISH_MAX = 5,
	NETPOL_CAPTURE_MAX = 32,
	NETPOL_URL_MAX = 2048,     /* bytes */
	NETPOL_AUTH_MAX = 4096,    /* the same, as base64 */
	NETPOL_WIRE_MAX = 4 << 20, /* bytes */
	NETPOL_ATTRIBUTION_MAX = 128,
	NETPOL_FD = 3, /* where the supervisor finds it */
};

/* How a request came; names are in netpol_protocol_name(). */
enum netpol_protocol {
	NETPOL_HTTP,      /* "http": a plain request at the proxy door */
	NETPOL_HTTPS,     /* "https_connect": CONNECT */
	NETPOL_SOCKS_TCP, /* "socks5_tcp" */
	NETPOL_SOCKS_UDP, /* "socks5_udp" */
	NETPOL_TCP,       /* "tcp": a captured connection */
	NETPOL_DNS,       /* "dns": only the name was asked for */
	NETPOL_PROTOCOLS,
};

enum netpol_decision { NETPOL_ALLOW, NETPOL_DENY, NETPOL_ASK };
enum netpol_source {
	NETPOL_BASELINE,    /* "baseline_policy" */
	NETPOL_MODE_GUARD,  /* "mode_guard" */
	NETPOL_PROXY_STATE, /* "proxy_state": budgets, limits, shutting down */
	NETPOL_DECIDER,     /* "decider" */
};
enum netpol_reason {
	NETPOL_ALLOWED,     /* "allow" */
	NETPOL_DENIED,      /* "denied": by a deny rule */
	NETPOL_NOT_ALLOWED, /* "not_allowed": by no rule */
	NETPOL_NOT_ALLOWED_LOCAL, /* "not_allowed_local": an address that needs a grant */
	NETPOL_METHOD,            /* "method_not_allowed" */
	NETPOL_TLS_IN_LIMITED, /* "mitm_required": CONNECT in mode limited */
	NETPOL_POLICY_DENIED,  /* "policy_denied": by the decider */
	NETPOL_SNI_MISMATCH,   /* "sni_mismatch" */
	NETPOL_HOST_MISMATCH,  /* "host_mismatch" */
	NETPOL_BUDGET,         /* "budget_exceeded" */
	NETPOL_RATE,           /* "rate_limited" */
	NETPOL_REASONS,
};

const char *netpol_protocol_name(enum netpol_protocol p);
const char *netpol_decision_name(enum netpol_decision d);
const char *netpol_source_name(enum netpol_source s);
const char *netpol_reason_name(enum netpol_reason r);
/** The value of the header x-proxy-error: "blocked-by-allowlist" ... */
const char *netpol_reason_header(enum netpol_reason r);
/** One sentence for a person: "Domain not in allowlist." ... */
const char *netpol_reason_text(enum netpol_reason r);

/* One --allow-domain, --deny-domain, domains entry or network_rule(). */
enum netpol_kind {
	NETPOL_EXACT, /* example.com, 10.0.0.1 */
	NETPOL_BELOW, /* *.example.com: any depth below, not itself */
	NETPOL_TREE,  /* **.example.com: with itself */
	NETPOL_ANY,   /* *: every public host */
	NETPOL_GLOB,  /* region*.example.com: * stays in its label */
};
struct netpol_rule {
	bool allow;
	enum netpol_kind kind;
	char *host; /* owned; canonical: the part behind "*." or the glob */
	struct netaddr addr; /* exact literal */
	bool literal;
	uint16_t port_lo, port_hi; /* 0,0 = any */
	uint32_t protocols;        /* bit n: enum netpol_protocol n */
	char *origin;              /* owned; "--allow-domain", "file:line" */
};

struct netpol_cidr {
	bool allow;
	struct netcidr net;
	char *origin; /* owned */
};

/* --publish [ADDRESS:]PORT[:INSIDE]: the host listens, the sandbox answers. */
struct netpol_publish {
	struct netaddr at; /* on the host; loopback unless said otherwise */
	uint16_t port, inside;
};

enum netpol_flag {
	NETPOL_LIMITED = 1u << 0, /* GET HEAD OPTIONS, no CONNECT */
	NETPOL_LOCAL = 1u << 1,   /* allow_local_binding: private and
					 * loopback need no grant of their own */
	NETPOL_NO_SOCKS = 1u << 2,
	NETPOL_NO_SOCKS_UDP = 1u << 3,
	NETPOL_NO_SNI_CHECK = 1u << 4,
	NETPOL_REPORT_ONLY =
		1u << 5, /* say what would be refused, refuse nothing by name */
	NETPOL_EXIT_KILL = 1u << 6, /* the supervisor's death is the command's;
				     * else it only cuts the network off */
	NETPOL_NO_TRANSPARENT = 1u << 7,
	NETPOL_NEED_TRANSPARENT = 1u << 8, /* no start without it */
	NETPOL_EVENTS = 1u << 9,          /* somebody reads one line an event */
	NETPOL_SOCKS_VARIABLE = 1u << 10, /* ALL_PROXY says socks5h:// */
	NETPOL_FORWARD_ONLY = 1u << 11,   /* no door but loopback[], see
					 * caller_proxy.h */
	NETPOL_FLAGS_ALL = (1u << 12) - 1,
};

/* The proxy beyond us: http://[user:password@]host:port. */
struct netpol_upstream {
	char *url;  /* owned; as said, without user and password; NULL = none */
	char *host; /* owned */
	char *auth; /* owned; base64 for Proxy-Authorization: Basic; NULL = none */
	uint16_t port;
	char *no_proxy; /* owned; NO_PROXY as found; "" = none */
};

struct netpol {
	uint32_t flags;
	size_t n_rules, n_cidrs, n_ports, n_loopback, n_publish;
	struct netpol_rule *rules; /* owned arrays */
	struct netpol_cidr *cidrs;
	uint16_t ports[NETPOL_PORTS_MAX];       /* only these; none = any */
	uint16_t loopback[NETPOL_LOOPBACK_MAX]; /* --host-loopback */
	struct netpol_publish publish[NETPOL_PUBLISH_MAX];
	struct netpol_upstream upstream;
	char *attribution; /* owned; sent first on connections to loopback[],
			    * see door_open.c; NULL = nothing */
	uint64_t
		egress_budget; /* bytes out of the sandbox, whole run; 0 = none */
	uint64_t host_budget; /* the same for one host; 0 = none */
};

void netpol_init(struct netpol *np);
void netpol_free(struct netpol *np); /* NULL and zeroed are legal */
#define own_netpol __attribute__((cleanup(netpol_free)))

/**
 * PATTERN[:PORT|:LO-HI][/proto] with proto tcp, udp, http or https.  0, -EINVAL
 * with a diag that says what is wrong with it, -E2BIG, -ENOMEM.  A `*` alone is
 * for allow only.
 */
int netpol_add_rule(struct netpol *np, bool allow, const char *pattern,
	const char *origin, struct diag *d);
int netpol_add_cidr(struct netpol *np, bool allow, const char *cidr,
	const char *origin, struct diag *d);
int netpol_add_port(struct netpol *np, const char *port, struct diag *d);
int netpol_add_loopback(struct netpol *np, const char *port, struct diag *d);
int netpol_add_publish(struct netpol *np, const char *text, struct diag *d);
int netpol_set_upstream(struct netpol *np, const char *url,
	const char *no_proxy, struct diag *d);

/**
 * Ports worth a listener of their own where not every port can be captured:
 * 22, 80, 443, and single ports that allow rules name.  How many.
 */
size_t netpol_capture_ports(
	const struct netpol *np, uint16_t ret[NETPOL_CAPTURE_MAX]);

/* ---- judging -------------------------------------------------------------- */

struct netpol_query {
	enum netpol_protocol protocol;
	const struct nethost *host;
	uint16_t port;      /* 0 with NETPOL_DNS */
	const char *method; /* of a plain request; NULL = none */
};

/* With NETPOL_REPORT_ONLY, NETPOL_ALLOW with NETPOL_NOT_ALLOWED: it would be
 * refused otherwise. */
struct netpol_verdict {
	enum netpol_decision decision;
	enum netpol_source source;
	enum netpol_reason reason;
	const struct netpol_rule
		*rule; /* borrowed; which one said so, or NULL */
	const struct netpol_cidr *cidr; /* borrowed; the same */
	/* The host's own loopback (--host-loopback, exact "localhost"): dial
	 * 127.0.0.1 and ::1, resolve nothing. */
	bool host_loopback;
};

/**
 * By name, before anything is resolved; of a literal the addresses are judged
 * too (own: as below), so that it is final.  With NETPOL_DNS: could any request
 * to that name be allowed?
 */
struct netpol_verdict netpol_judge(const struct netpol *np,
	const struct netpol_query *q, const struct netaddr *own, size_t n_own);

/* Addresses, borrowed. */
struct netpol_addrs {
	const struct netaddr *v;
	size_t n;
};

/**
 * The addresses that the name of a query (not of NETPOL_DNS) was resolved to, of
 * which one refused refuses all: denied addresses and networks, then classes
 * that need a grant (allowed networks), then own, the addresses of the host
 * itself.
 */
struct netpol_verdict netpol_judge_addresses(const struct netpol *np,
	const struct netpol_query *q, const struct netpol_verdict *by_name,
	struct netpol_addrs addrs, struct netpol_addrs own);

/** The addresses of this host's interfaces now; *ret is freed with free(). */
int netpol_own_addresses(struct netaddr **ret, size_t *ret_n);

/**
 * Does the kernel keep what is sent to this address?  So it does with addresses
 * that no interface has and a route of type local is for (load balancers and
 * their clients, anycast).  True also where it cannot be asked.
 */
bool netpol_is_routed_here(const struct netaddr *a);

/** Does NO_PROXY of the upstream name this host (suffix, CIDR, port)? */
bool netpol_upstream_skips(
	const struct netpol *np, const struct nethost *h, uint16_t port);

/* ---- wire: policy/netpol_wire.c ------------------------------------------- */

/**
 * "CSBNETP" NUL, u32 version, u32 length ... strict, one pass, nothing follows.
 * Encoding needs buf_failed() checked; decoding gives -EBADMSG or -ENOMEM and
 * leaves *ret freed.
 */
void netpol_encode(const struct netpol *np, struct buf *out);
int netpol_decode(const uint8_t *bytes, size_t len, struct netpol *ret);
/** A sealed memfd with it; the descriptor is close-on-exec. */
int netpol_memfd(const struct netpol *np, int *ret_fd, struct diag *d);
/** Read it from a descriptor that must be such a sealed memfd. */
int netpol_read_fd(int fd, struct netpol *ret, struct diag *d);

/* ---- for people ------------------------------------------------------------ */

/** The rule as one could write it ("*.example.com:443/https"); raw bytes. */
void netpol_rule_text(const struct netpol_rule *r, struct buf *out);

#endif /* POLICY_NETPOL_H */
