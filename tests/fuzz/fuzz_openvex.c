/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_document(data, size, "openvex.json", pk_openvex_read);
  return 0;
}
