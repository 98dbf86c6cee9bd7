# SPDX-License-Identifier: Apache-2.0
"""Print the unit tests below a folder, one path a line, sorted: for Meson, which does not look for files itself."""
import sys
from pathlib import Path

root = Path(sys.argv[1])
for path in sorted(root.glob("**/test_*.c")):
    print(path.relative_to(root))
