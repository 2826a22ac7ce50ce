import "../shared";

export { default as submit } from "../public/submit";
export { default as status } from "../public/status";
