/**
 * The way to the page of exports with what is to be taken out: which rows, and the filter as the address of a list
 * has it (`status=active&cf.region=north`).
 */

import { to, type Params } from "../core/router";

export type Resource = "tickets" | "comments" | "timeline" | "users";

export const exportAddress = (resource: Resource, filter: Params): string => to("exports", { ...filter, resource });
