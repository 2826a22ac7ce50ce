/** Where the API is: beside the folder that this script was loaded from. */
export const API = new URL("..", import.meta.url).href.replace(/\/$/, "");
