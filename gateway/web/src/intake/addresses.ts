import { claimsToBePicture, found, type FoundFile } from "./sorting";

export const LONGEST_FETCH_MS = 30_000;
// More than any server takes by default, for it may be made smaller here.
export const MOST_BYTES = 64 * 2 ** 20;

// The picture at an address, where the server there and this page's own policy
// let the browser have it; null otherwise, or where it is too large or does not
// come.
export async function fetchPicture(address: string): Promise<FoundFile | null> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), LONGEST_FETCH_MS);
  try {
    const response = await fetch(address, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: ending.signal,
    });
    const type = response.headers.get("Content-Type") ?? "";
    const name = nameOf(address);
    if (!response.ok || !claimsToBePicture({ name, type })) return null;
    const parts = await readUpTo(MOST_BYTES, response);
    return parts && found(new File(parts, name, { type }));
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    // Of what is not wanted nothing more comes.
    ending.abort();
  }
}

// null: there is more.
async function readUpTo(
  most: number,
  response: Response,
): Promise<Uint8Array<ArrayBuffer>[] | null> {
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > most) return null;
    parts.push(value);
  }
  return parts;
}

// The address in the src of an image that was copied from a page; "" where it
// is relative to that page, whose address did not come along.
export function addressOfImage(src: string): string {
  const trimmed = src.trim();
  if (/^data:/i.test(trimmed)) return trimmed;
  return addressIn(trimmed.startsWith("//") ? `https:${trimmed}` : trimmed);
}

// The address in text that is nothing else.
export function addressIn(text: string): string {
  const trimmed = text.trim();
  return /^https?:\/\/[^\s/]\S*$/i.test(trimmed) ? trimmed : "";
}

// Throws where it is no address.
export function nameOf(address: string): string {
  const { hostname, pathname } = new URL(address);
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    return last || hostname;
  }
}
