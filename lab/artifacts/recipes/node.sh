# Node and npm as files, from their npm packages.
mkdir -p "$OUT"
npm install --silent --prefix "$WORK" "node@$NODE" "npm@$NPM"
cp "$WORK/node_modules/node/bin/node" "$OUT/node"
cp -r "$WORK/node_modules/npm" "$OUT/npm"
