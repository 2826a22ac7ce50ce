import "../shared";

export { default as requests } from "../customer/requests";
export { default as request } from "../customer/request";
export { default as newRequest } from "../customer/new-request";
