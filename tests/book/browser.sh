#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The pages in a real browser (browser.js).

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/book/tools.sh
exec node tests/book/browser.js "${BOOK:-${BUILD:-build}/book}"
