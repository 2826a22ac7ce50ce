/** The shapes of the API, made from its own OpenAPI document by `npm run build`. */

import type { components, paths } from "../../schema";

export type Paths = paths;
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
