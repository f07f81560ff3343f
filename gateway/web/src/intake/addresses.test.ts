import { afterEach, describe, expect, test, vi } from "vitest";
import { addressIn, fetchPicture, nameOf } from "./addresses";

afterEach(() => vi.unstubAllGlobals());

const answer = (body: string, type: string, status = 200) =>
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(body, { status, headers: { "Content-Type": type } })),
  );

test.each([
  ["https://a.example/cat.jpg", "https://a.example/cat.jpg"],
  ["  http://a.example/x?y=1\n", "http://a.example/x?y=1"],
  ["see https://a.example", ""],
  ["https://", ""],
  ["javascript:alert(1)", ""],
  ["cat", ""],
])("in %j the address is %j", (text, address) => {
  expect(addressIn(text)).toBe(address);
});

test.each([
  ["https://a.example/b/%E7%8C%AB.jpg?size=2", "猫.jpg"],
  ["https://a.example/", "a.example"],
  ["https://a.example/100%.png", "100%.png"],
])("%s is called %s", (address, name) => {
  expect(nameOf(address)).toBe(name);
});

describe("fetchPicture", () => {
  test("brings a picture with its name", async () => {
    answer("bytes", "image/png");
    const picture = await fetchPicture("https://a.example/cat");
    expect(picture?.path).toBe("cat");
    expect(await picture?.file.text()).toBe("bytes");
  });

  test("takes no page for a picture, no error, and no refusal", async () => {
    answer("<html>", "text/html");
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
    answer("gone", "image/png", 404);
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("CORS")));
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
  });
});
