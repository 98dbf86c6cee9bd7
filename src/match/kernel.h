/* SPDX-License-Identifier: Apache-2.0
 *
 * kernel: which of several installed kernel packages belongs to the kernel that runs. Pure. */
#ifndef PK_MATCH_KERNEL_H
#define PK_MATCH_KERNEL_H

#include "model/package.h"

typedef enum pk_kernel_role {
  PK_KERNEL_NONE = 0,    /**< not bound to one kernel release: an ordinary package, a meta package, tools */
  PK_KERNEL_RUNNING = 1, /**< image, modules or headers of the running kernel */
  PK_KERNEL_IDLE = 2     /**< the same of another kernel: not counted */
} pk_kernel_role;

/** The role of a package on a host whose `uname -r` is `running`; nothing is idle when that was not told.
 *  source Debian and Ubuntu carry the release in the package's name (linux-image-6.1.0-29-amd64); rpm vendors in
 *         version and release (kernel-core 5.14.0-70.el9 runs as 5.14.0-70.el9.x86_64; SUSE's kernel-default
 *         4.12.14-122.103.1 as 4.12.14-122.103-default; variants as …+rt, …+64k, EL 5 as …el5xen) */
pk_kernel_role pk_kernel_role_of(const pk_package *p, pk_str running);

/** Is the package the kernel itself, and not its modules, headers or tools? Of rpm kernels that are split, "kernel-core" is: `kernel` only bears
 *  the version then, and counts too. */
bool pk_kernel_is_image(const pk_package *p);

/** Is `other`, which must be idle, a newer kernel of the same kind as `running_package`: installed, but the
 *  host was not restarted with it? */
bool pk_kernel_is_newer(const pk_package *other, const pk_package *running_package);

#endif
