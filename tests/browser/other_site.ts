// Another site than ours, and what lies on the clipboard of its visitors.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PHOTOS } from "./stack";
import type { Visitor } from "./visitor";

export interface OtherSite {
  readonly origin: string;
  // Paths that were asked for.
  readonly asked: string[];
  close(): void;
}

// Lets any page have /coffee.png, and none another picture.
export async function startSite(): Promise<OtherSite> {
  const bytes = await readFile(join(PHOTOS, "coffee.png"));
  const asked: string[] = [];
  const site = createServer(({ url }, response) => {
    asked.push(url ?? "");
    const open = url === "/coffee.png";
    response.writeHead(200, {
      "Content-Type": "image/png",
      ...(open && { "Access-Control-Allow-Origin": "*" }),
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () => void site.close(),
  };
}

// What the browser says of what it may not fetch.
export const BLOCKED = /Content Security Policy|CSP|CORS|ERR_FAILED/;

export function paste(
  { page }: Visitor,
  data: string,
  type = "text/plain",
): Promise<boolean> {
  return page.evaluate(
    ({ data, type }) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData(type, data);
      return document.body.dispatchEvent(
        new ClipboardEvent("paste", {
          clipboardData,
          bubbles: true,
          cancelable: true,
        }),
      );
    },
    { data, type },
  );
}
