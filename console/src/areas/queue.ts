import "../shared";

export { default as queue } from "../queue/queue";
