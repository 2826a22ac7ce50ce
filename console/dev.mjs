/**
 * Serves the console from its sources, built anew at each change, before a stack that runs:
 *
 *     npm run dev                                   http://127.0.0.1:4600/api/app/home
 *     MESA_API=http://127.0.0.1:4741 PORT=4601 npm run dev
 */

import { createReadStream, existsSync, mkdtempSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import { context } from "esbuild";

import { iconName, options, page } from "./build.mjs";

const api = new URL(process.env.MESA_API ?? "http://127.0.0.1:4566");
const port = Number(process.env.PORT ?? 4600);
const outdir = mkdtempSync(join(tmpdir(), "mesa-console-"));
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".map": "application/json" };
// As the stack's own (chalicelib/api/console_pages.py), so that what it forbids is seen here.
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", `img-src 'self' https: data: blob: ${api.origin} http://localhost:${api.port}`,
  `connect-src 'self' ${api.origin} http://localhost:${api.port}`, "font-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'",
].join("; ");

let html = "";
const watching = await context({
  ...options, outdir, minify: false, sourcemap: true,
  plugins: [{ name: "page", setup: (build) => build.onEnd(({ metafile, errors }) => { if (!errors.length) html = page(metafile); }) }],
});
await watching.rebuild();
await watching.watch();

createServer((asked, answer) => {
  const path = new URL(asked.url, "http://x").pathname;
  const name = path.startsWith("/api/app/") ? path.slice("/api/app/".length) : null;
  if (name && !name.includes("/") && extname(name)) {
    const file = name === iconName() ? join(import.meta.dirname, "src/icon.svg") : join(outdir, name);
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.writeHead(200, { "Content-Type": TYPES[extname(name)], "Cache-Control": "no-store" });
    return createReadStream(file).pipe(answer);
  }
  if (name !== null) {
    return answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": POLICY }).end(html);
  }
  const passed = request(
    { host: api.hostname, port: api.port, method: asked.method, path: asked.url, headers: { ...asked.headers, host: api.host } },
    (reply) => { answer.writeHead(reply.statusCode, reply.headers); reply.pipe(answer); },
  );
  passed.on("error", () => answer.writeHead(502).end());
  asked.pipe(passed);
}).listen(port, "127.0.0.1", () => console.log(`The console is at http://127.0.0.1:${port}/api/app/home, before ${api.href}`));
