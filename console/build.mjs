/**
 * Builds the console into chalicelib/api/console: scripts and styles under names that tell their content, the page
 * that loads them, the names of the pages, and the licences of what came from npm.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const OUT = join(here, "../chalicelib/api/console");

export const options = {
  absWorkingDir: here,
  entryPoints: { console: "src/main.tsx", "console-style": "src/styles/index.css" },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  metafile: true,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "warning",
};

/** The page, with the names that the build gave to what it loads. */
export function page(metafile) {
  const outputs = Object.entries(metafile.outputs);
  const named = (entry) => outputs.find(([, output]) => output.entryPoint === entry)[0].split("/").pop();
  const html = readFileSync(join(here, "index.html"), "utf8");
  const script = named("src/main.tsx");
  // What the entry loads at once comes at once, not after it was read.
  const chunks = metafile.outputs[outputs.find(([, output]) => output.entryPoint === "src/main.tsx")[0]].imports
    .filter((found) => found.kind === "import-statement")
    .map((found) => `<link rel="modulepreload" href="${found.path.split("/").pop()}">`);
  return html
    .replace('href="icon.svg"', `href="${iconName()}"`)
    .replace('href="console.css"', `href="${named("src/styles/index.css")}"`)
    .replace('<script type="module" src="console.js"></script>', [...chunks, `<script type="module" src="${script}"></script>`].join("\n"));
}

const icon = readFileSync(join(here, "src/icon.svg"));
export const iconName = () => `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8).toUpperCase()}.svg`;

/** What each package that is in the output says of its licence. */
function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : license;
    return `${name} ${version}\n\n${text}\n`;
  }).join(`\n${"-".repeat(78)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (existsSync(OUT)) for (const name of readdirSync(OUT)) if (!name.startsWith(".")) rmSync(join(OUT, name));
  mkdirSync(OUT, { recursive: true });
  const { metafile } = await build(options);
  writeFileSync(join(OUT, iconName()), icon);
  writeFileSync(join(OUT, "index.html"), page(metafile));
  writeFileSync(join(OUT, "licences.txt"), licences(metafile));
  const names = Object.keys(JSON.parse(readFileSync(join(here, "src/page-names.json"), "utf8")));
  writeFileSync(join(OUT, "pages.txt"), `${names.join("\n")}\n`);
  writeFileSync(join(OUT, "sources.txt"), `${digest()}\n`);
}

/** What the sources are, in one word: tests hold the output to it without building it. */
function digest() {
  const hash = createHash("sha256");
  const files = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1));
  for (const file of [...files, "build.mjs", "index.html", "package-lock.json"].sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(here, file))).update("\0");
  }
  return hash.digest("hex");
}
