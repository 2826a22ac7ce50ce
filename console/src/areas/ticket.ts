import "../shared";

export { default as ticket } from "../ticket/ticket";
export { default as newTicket } from "../ticket/new-ticket";
