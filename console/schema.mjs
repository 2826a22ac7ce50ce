/** Writes schema.d.ts, the shapes of the API, from its OpenAPI document (`npm run schema < openapi.json`). */

import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import openapiTS, { astToString } from "openapi-typescript";

const made = await openapiTS(await text(process.stdin), { defaultNonNullable: false });
writeFileSync(new URL("schema.d.ts", import.meta.url), astToString(made));
