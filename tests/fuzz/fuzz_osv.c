/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_document(data, size, "osv.json", pk_osv_read);
  return 0;
}
