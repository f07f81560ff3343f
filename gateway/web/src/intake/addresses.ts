import { claimsToBePicture, found, type FoundFile } from "./sorting";

// The picture at an address, where the server there and this page's own policy
// let the browser have it; null otherwise.
export async function fetchPicture(address: string): Promise<FoundFile | null> {
  try {
    const response = await fetch(address, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) return null;
    const blob = await response.blob();
    const name = nameOf(address);
    if (!claimsToBePicture({ name, type: blob.type })) return null;
    return found(new File([blob], name, { type: blob.type }));
  } catch {
    return null;
  }
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
