import "../shared";

export { default as account } from "../account/account";
