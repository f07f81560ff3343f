import { describe, expect, test } from "vitest";
import gatewayRequests from "../../../http/request_reader.cc?raw";
import imageLimits from "../../../../server/image/image_limits.cc?raw";
import jpegOutline from "../../../../server/image/jpeg_outline.cc?raw";
import { limitOf } from "./limits";

const over = (message: string, value = "40", limit = "16") =>
  limitOf({ kind: "pictureTooLarge", message, value, limit });

describe("limitOf", () => {
  test.each([
    ["the encoded image has 40 bytes; the limit is 16", "bytes"],
    ["the body exceeds 16 bytes", "bytes"],
    ["the picture, 9x9, has 40 pixels; the limit is 16", "pixels"],
    [
      "the picture, 40x1, has its longer side at 40 times the shorter one; " +
        "the limit is 16",
      "ratio",
    ],
    ["the JPEG has 40 pixels on its longer side; the limit is 16", "side"],
    ["the JPEG has at least 40 scans; the limit is 16", "scans"],
    [
      "the JPEG's scans pass over at least 40 pixels; the limit is 16",
      "scanPixels",
    ],
    ["decoding the picture takes 40 bytes of memory; the limit is 16", "memory"],
  ])("knows what %j counts", (message, unit) => {
    expect(over(message)).toEqual({ unit, value: 40, limit: 16 });
  });

  test("has none where the server tells none, or in words unknown", () => {
    expect(over("the encoded image has 40 bytes", "40", "")).toBeNull();
    expect(over("too many frames")).toBeNull();
    expect(over("the body exceeds 16 bytes", "")?.value).toBeNull();
  });
});

// Read from the sources that say them, so that new words are noticed here.
test("every unit that the server and the gateway name is known", () => {
  const units = [...`${imageLimits}${jpegOutline}`.matchAll(/\.unit = "([^"]+)"/g)];
  expect(units.length).toBeGreaterThan(5);
  for (const [, unit] of units) expect(over(`has 1 ${unit}`), unit).not.toBeNull();
  expect(gatewayRequests).toContain('"the body exceeds ", limit, " bytes"');
});
