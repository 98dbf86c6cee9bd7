/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/apt/packages.h"
#include "targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_stream(data, size, pk_apt_packages_parse);
  return 0;
}
