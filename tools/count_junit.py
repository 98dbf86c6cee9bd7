# SPDX-License-Identifier: Apache-2.0
"""Print "passed failed skipped" of a JUnit file; a missing file is one failure."""
import sys
import xml.etree.ElementTree as ElementTree

try:
    suites = ElementTree.parse(sys.argv[1]).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    print(total - failed - skipped, failed, skipped)
except (OSError, ElementTree.ParseError):
    print(0, 1, 0)
