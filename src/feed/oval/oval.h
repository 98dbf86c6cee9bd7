/* SPDX-License-Identifier: Apache-2.0
 *
 * oval: OVAL definition files of any size, read as a stream.
 *
 *   <oval_definitions>
 *     <definitions>
 *       <definition class="patch" id="oval:com.redhat.rhsa:def:20193706" version="635">
 *         <metadata>
 *           <title>RHSA-2019:3706: lldpd security update (Moderate)</title>
 *           <reference ref_id="RHSA-2019:3706" source="RHSA" ref_url="…"/>
 *           <advisory> <severity>Moderate</severity> <issued date="2019-11-05"/> <cve href="…">CVE-2019-0001</cve> </advisory>
 *         </metadata>
 *         <criteria operator="AND">
 *           <criterion comment="Red Hat Enterprise Linux 8 is installed" test_ref="oval:…:tst:1"/>
 *           <extend_definition definition_ref="oval:…:def:100"/>
 *         </criteria>
 *       </definition>
 *     </definitions>
 *     <tests> <rpminfo_test check="at least one" id="oval:…:tst:1"> <object object_ref="…"/> <state state_ref="…"/> </rpminfo_test> </tests>
 *     <objects> <rpminfo_object id="…"> <name>lldpd</name> </rpminfo_object> </objects>
 *     <states> <rpminfo_state id="…"> <evr datatype="evr_string" operation="less than">0:1.0.1-3.el8</evr> </rpminfo_state> </states>
 *     <variables> <constant_variable id="…"> <value>linux-image</value> </constant_variable> </variables>
 *   </oval_definitions>
 *
 * Definitions come before what they refer to, so all is kept, as small as it goes, until the end of the file; descriptions
 * and the like are not. References that lead nowhere become criteria that are in error and say so.
 *  source OVAL Language 5.11.2 specification and schemas */
#ifndef PK_FEED_OVAL_OVAL_H
#define PK_FEED_OVAL_OVAL_H

#include "feed/vendor.h"

/** Called for every definition of the file, in its order; `d->criteria` is set and lives until the parse ends. */
typedef pk_rc pk_oval_visit(void *arg, const pk_definition *d, pk_err *err);

/** Read a file.
 *  out     *ret_key   (may be NULL) set before the first visit: the signature key that most tests ask for, "" if none does
 *  in      platforms  what comments call systems, for definitions without tests; may be NULL
 *  error   PK_E_SYNTAX not OVAL definitions; PK_E_LIMIT; what the visitor returns */
pk_rc pk_oval_parse(pk_stream *in, const pk_platform_map *platforms, pk_oval_visit *visit, void *arg, pk_str *ret_key, pk_err *err) PK_MUST_USE;

#endif
