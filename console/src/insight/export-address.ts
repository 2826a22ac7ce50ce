/**
 * The way to the page of exports with what is to be taken out: which rows, and the filter as the address of the
 * queue has it (`status=active&cf.region=north`).
 */

import { to, type Params } from "../core/router";

export const RESOURCES = ["tickets", "comments", "timeline", "users"] as const;
export type Resource = (typeof RESOURCES)[number];

export const exportAddress = (resource: Resource, filter: Params): string => to("exports", { ...filter, resource });

export const resourceOf = ({ resource }: Params): Resource => RESOURCES.find((each) => each === resource) ?? "tickets";
