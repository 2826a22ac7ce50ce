import "../shared";

export { default as dashboard } from "../insight/dashboard";
export { default as figures } from "../insight/figures";
export { default as agent } from "../insight/agent";
export { default as exports } from "../insight/exports";
