/* SPDX-License-Identifier: Apache-2.0
 *
 * feed: what the readers of vendors' formats share: the description of a source, how files are fetched,
 * and how a signature is checked. */
#ifndef PK_FEED_FEED_H
#define PK_FEED_FEED_H

#include "base/http.h"
#include "model/repository.h"

/** The numbers are stored. */
typedef enum pk_feed_type {
  PK_FEED_APT = 1,
  PK_FEED_RPMMD = 2,
  PK_FEED_OVAL = 3,
  PK_FEED_CSAF = 4,
  PK_FEED_DEBIAN_TRACKER = 5,
  PK_FEED_DEBIAN_LIST = 6,
  PK_FEED_OSV = 7,
  PK_FEED_OPENVEX = 8,
  PK_FEED_KEV = 9,
  PK_FEED_EPSS = 10,
  PK_FEED_CVE5 = 11,
  PK_FEED_EOL = 12
} pk_feed_type;
#define PK_FEED_TYPES "apt, rpmmd, oval, csaf, debian-tracker, debian-list, osv, openvex, kev, epss, cve5, eol"

const char *pk_feed_type_name(pk_feed_type t); /* "apt", "rpmmd", "debian-tracker" … */
bool pk_feed_type_of(pk_str text, pk_feed_type *ret);
/** A repository of packages; else a source of documents about vulnerabilities, CVEs or releases. */
bool pk_feed_type_is_repository(pk_feed_type t);

/** A configured source. Heap strings, never NULL, "" where not given (pk_feed_init/fini). */
typedef struct pk_feed {
  int64_t id;
  pk_feed_type type;
  pk_repository_class class;
  char *name;       /**< unique; letters, digits and . _ - : / + @ */
  char *url;        /**< http:, https: or file: base address */
  char *platform;   /**< "debian:12"; "" for documents that speak of several: all of them */
  char *suite;      /**< apt: suite or codename, or a path ending in '/' (flat repository) */
  char *components; /**< apt: separated by blanks */
  char *arch;       /**< separated by commas; empty for rpmmd: all */
  char *keyring;    /**< files or folders separated by blanks, or an armoured key block itself */
  bool is_unsigned; /**< signatures are not wanted */
  bool ignore_valid_until;
  bool unknown_counts; /**< oval: what a report does not say counts as true */
  bool any_module;     /**< packages are compared by name and version only, whatever module stream they are from */
} pk_feed;

void pk_feed_init(pk_feed *f);
void pk_feed_fini(pk_feed *f);
/** Replace a text field with a copy. */
void pk_feed_set(char **field, pk_str value);

/** What a reader works with during one sync of one feed. */
typedef struct pk_feed_context {
  const pk_feed *feed;
  pk_http *http;
  const char *work_dir;  /**< private folder for this feed's files; partial downloads stay there for resuming */
  int64_t now;
  const char *last_mark; /**< the mark of the last good sync, "" if none */
} pk_feed_context;

/** Longest mark. */
#define PK_FEED_MARK_MAX 200

/** Read a repository whole.
 *  in     c         c->last_mark: equal to the new one, nothing but the head file is fetched
 *  out    *content  initialised by the caller
 *         ret_mark  PK_FEED_MARK_MAX bytes; stands for exactly this content under exactly this configuration
 *                   (checksum of the verified head file, the feed's components, architectures, and a version of the reader)
 *  outcome PK_UNCHANGED  the mark is the same: content is empty
 *  error  PK_E_NET, PK_E_VERIFY (signature, checksum, date), PK_E_SYNTAX, PK_E_LIMIT; the message names the file, not the feed */
typedef pk_rc pk_feed_read(const pk_feed_context *c, pk_repository_content *content, char *ret_mark, pk_err *err);

pk_feed_read pk_apt_read;   /* feed/apt/apt.c */
pk_feed_read pk_rpmmd_read; /* feed/rpmmd/rpmmd.c */

/** A feed found in the machine's own configuration: the callback copies what it wants. */
typedef pk_rc pk_feed_found(void *arg, const pk_feed *feed, pk_err *err);

/** Repositories in APT's configuration below `root` ("" for the machine itself): etc/apt/sources.list and sources.list.d,
 *  *.list (one-line style) and *.sources (deb822); enabled `deb` entries only. One feed per URI and suite, named after both
 *  ("deb.debian.org/debian/bookworm-updates"). Class: `security` when the suite ends in -security (or /updates of Debian's old
 *  naming), `updates` when it ends in -updates, `extra` when it ends in -backports,
 *  else `release`. Keyring: Signed-By, else apt's trusted.gpg and trusted.gpg.d. `[trusted=yes]` makes
 *  it unsigned; an architecture option is honoured, else `arch`. A line that cannot be understood is an error naming file and line. */
pk_rc pk_apt_find_feeds(const char *root, const char *platform, const char *arch, pk_feed_found *found, void *arg, pk_err *err) PK_MUST_USE;
/** Enabled repositories of yum.repos.d and zypp/repos.d (*.repo) below `root`: baseurl with $releasever, $basearch, $arch and
 *  variables of etc/dnf/vars, etc/yum/vars; one with only a metalink or mirrorlist is skipped through `found` never being called.
 *  gpgcheck of metadata: repo_gpgcheck=1 with gpgkey= file: URLs becomes the keyring, otherwise the feed is unsigned. */
pk_rc pk_rpmmd_find_feeds(const char *root, const char *platform, const char *arch, pk_feed_found *found, void *arg, pk_err *err) PK_MUST_USE;

#endif
