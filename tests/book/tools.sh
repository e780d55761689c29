# Sourced by the tests that need a browser: its tools come from npm in the versions of
# package-lock.json, once, into build/node.

tools=build/node
if ! cmp -s tests/book/package-lock.json $tools/package-lock.json || [ ! -d $tools/node_modules/axe-core ]; then
  mkdir -p $tools && rm -f $tools/package-lock.json && cp tests/book/package.json $tools || exit 1
  cp tests/book/package-lock.json $tools/lock.json
  (cd $tools && mv lock.json package-lock.json && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -f $tools/package-lock.json; echo "npm could not install the tools of the browser tests"; echo "0 passed, 1 failed"; exit 1; }
fi
export NODE_PATH=$tools/node_modules
