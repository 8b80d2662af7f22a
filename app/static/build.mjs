// Answers: which files does the browser get? Bundles src/ and the design system into dist/.
//
// Run by `app/local/frontend.py`. What is built is not in git: package-lock.json and src/ decide it.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const modules = resolve(here, "../../node_modules");
const dkfds = join(modules, "dkfds/dist");
const unfinished = join(here, `dist-unfinished-${process.pid}`);
const finished = join(here, "dist");

const fonts = [
  ["Regular", 400],
  ["Medium", 500],
  ["SemiBold", 600],
  ["Bold", 700],
]
  .map(
    ([name, weight]) => `@font-face {
  font-family: "IBM Plex Sans"; font-style: normal; font-weight: ${weight}; font-display: swap;
  src: url("${dkfds}/fonts/IBMPlexSans/split/woff2/IBMPlexSans-${name}-Latin1.woff2") format("woff2");
}`,
  )
  .join("\n");

// The design system names whole font files in four formats (12 MB). Danish needs four weights of the
// Latin-1 part, 17 kB each, so its own font rules are left out.
const designSystem = {
  name: "design-system",
  setup(bundle) {
    bundle.onResolve({ filter: /^dkfds$/ }, () => ({
      path: join(dkfds, "css/dkfds.min.css"),
      namespace: "dkfds",
    }));
    bundle.onLoad({ filter: /.*/, namespace: "dkfds" }, async (file) => {
      const css = await readFile(file.path, "utf8");
      return {
        contents: fonts + css.replaceAll(/@font-face\s*{[^}]*}/g, ""),
        loader: "css",
        resolveDir: dirname(file.path),
      };
    });
  },
};

// The token simulation colours what it draws by style attributes in markup, which our policy forbids.
// They are renamed here, and `modeler.js` sets them the way the policy allows; its English is ours.
const simulation = {
  name: "simulation",
  setup(bundle) {
    bundle.onLoad({ filter: /(bpmn-js-token-simulation\/lib|features\/(align|distribute)-elements)\/.*\.js$/ }, async (file) => {
      const written = await readFile(file.path, "utf8");
      const contents = written
        .replaceAll(' style="', ' data-style="')
        .replaceAll('`style="', '`data-style="')
        .replaceAll(/Token Simulation <span/g, "Simulér <span")
        .replaceAll("Play/Pause Simulation", "Start eller stands")
        .replaceAll("Reset Simulation", "Begynd forfra")
        .replaceAll("Toggle Simulation Log", "Vis forløb")
        .replaceAll("Simulation Log", "Forløb")
        .replaceAll("Set animation speed", "Hastighed")
        .replaceAll("Trigger Event", "Lad det ske")
        .replaceAll("Set Sequence Flow", "Vælg vej");
      return { contents, loader: "js" };
    });
  },
};

// The symbols of the drawing tools come in five formats; every browser we know reads the first.
const symbols = {
  name: "symbols",
  setup(bundle) {
    bundle.onLoad({ filter: /(bpmn|dmn)-font\/css\/(bpmn|dmn)\.css$/ }, async (file) => {
      const name = basename(file.path, ".css");
      const written = await readFile(file.path, "utf8");
      const face = `@font-face { font-family: "${name}"; src: url("../font/${name}.woff2") format("woff2"); }\n`;
      return {
        contents: face + written.replaceAll(/@charset[^;]*;|@font-face\s*{[^}]*}/g, ""),
        loader: "css",
        resolveDir: dirname(file.path),
      };
    });
  },
};

const entries = (await readdir(source))
  .filter((name) => /\.(js|css)$/.test(name) && !name.startsWith("_"))
  .map((name) => join(source, name));

await rm(unfinished, { recursive: true, force: true });
await build({
  entryPoints: entries,
  outdir: unfinished,
  bundle: true,
  minify: true,
  charset: "utf8",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  legalComments: "eof",
  loader: { ".svg": "file", ".png": "file", ".woff2": "file" },
  assetNames: "assets/[name]-[hash]",
  plugins: [designSystem, simulation, symbols],
  logLevel: "warning",
});

await mkdir(join(unfinished, "assets"), { recursive: true });
await cp(join(dkfds, "img/all-svg-icons.svg"), join(unfinished, "icons.svg"));
await cp(join(modules, "axe-core/axe.min.js"), join(unfinished, "axe.min.js")); // for tests only

const manifest = {};
for (const name of (await readdir(unfinished)).sort()) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const content = await readFile(join(unfinished, name));
  manifest[name] = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
  console.log(
    `${name.padEnd(14)}${kilobytes(content.length)}, packed${kilobytes(gzipSync(content).length)}`,
  );
}
await writeFile(join(unfinished, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);

// A page that is being read keeps its files until the new ones are whole.
const old = `${unfinished}-old`;
if (existsSync(finished)) await rename(finished, old);
await rename(unfinished, finished);
await rm(old, { recursive: true, force: true });
