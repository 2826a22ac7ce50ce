/** Sends a file to where an announcement says: a form of S3's own, from here to the bucket. */

import type { Schema } from "./api-types";
import { Problem } from "./problem";

export type Way = Schema<"UploadOut">;

/** `hear` learns how much of it, of 1, has gone. Raises Problem: 0 where nothing answered. */
export function upload(way: Way, file: File, hear: (share: number) => void): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(way.fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((done, failed) => {
    // fetch tells nothing of how far it is.
    const request = new XMLHttpRequest();
    request.open("POST", way.url);
    request.upload.onprogress = (event) => event.lengthComputable && hear(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? done() : failed(new Problem(503, "UPLOAD_REFUSED", "")));
    request.onerror = () => failed(new Problem(0, "NETWORK", ""));
    request.send(form);
  });
}
