# SPDX-License-Identifier: Apache-2.0
"""Print "passed failed skipped" of the cmocka cases in meson's JSON log. A program that failed without naming a failed case
(a crash, a sanitizer's finding, a timeout) counts as one failure."""
import json
import re
import sys

passed = failed = skipped = 0
try:
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            text = test.get("stdout", "") + test.get("stderr", "")
            good = len(re.findall(r"^\[ {7}OK \]", text, re.M))
            bad = len(re.findall(r"^\[  FAILED  \] [^\s]+$", text, re.M)) // 2 or len(re.findall(r"^\[  FAILED  \] \w+$", text, re.M))
            skip = len(re.findall(r"^\[  SKIPPED \] \w+$", text, re.M)) // 2
            if test.get("result") not in ("OK", "SKIP") and not bad:
                bad = 1
            if not good and not bad and not skip:
                good = 1
            passed, failed, skipped = passed + good, failed + bad, skipped + skip
    print(passed, failed, skipped)
except OSError:
    print(0, 1, 0)
