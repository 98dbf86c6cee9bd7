/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_document(data, size, "CVE-2024-1.json", pk_cve5_read);
  return 0;
}
