import { buildImages } from "./buildImages";
const t = performance.now();
buildImages({ registry: "ghcr.io/iotef", tag: "0.1.0", cache: "/root/.cache/iotef/images", archives: { "docker.io/library/node:22-bookworm-slim": process.argv[2]! }, log: (l) => console.log(l) }).then((d) => console.log(d, ((performance.now() - t) / 1000).toFixed(1), "s"), (e) => { console.error(e.message); process.exit(1); });
