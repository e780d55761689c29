#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The pages in a real browser (browser.js). The tools come from npm in the versions of
# package-lock.json, once, into build/node.

set -u
cd "$(dirname "$0")/../.." || exit 1
tools=build/node
if ! cmp -s tests/book/package-lock.json $tools/package-lock.json || [ ! -d $tools/node_modules/axe-core ]; then
  mkdir -p $tools && rm -f $tools/package-lock.json && cp tests/book/package.json $tools || exit 1
  cp tests/book/package-lock.json $tools/lock.json
  (cd $tools && mv lock.json package-lock.json && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -f $tools/package-lock.json; echo "npm could not install the tools of the browser tests"; echo "0 passed, 1 failed"; exit 1; }
fi
NODE_PATH=$tools/node_modules exec node tests/book/browser.js "${BOOK:-${BUILD:-build}/book}"
