/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_document(data, size, "DSA.list", pk_debian_list_read);
  return 0;
}
