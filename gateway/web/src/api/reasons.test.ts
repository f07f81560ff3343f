import { expect, test } from "vitest";
import gatewayErrors from "../../../errors/gateway_error.h?raw";
import serverErrors from "../../../../server/errors/service_error.h?raw";
import { KIND_OF_REASON } from "./failure";

// Written as they are in C++, which splits long lines.
function reasonsOf(header: string): string[] {
  const names = header.matchAll(/\bk[A-Z]\w*(?:\[\])?\s*=\s*"([A-Z][A-Z_]*)"/g);
  return [...names].map((found) => found[1] as string);
}

test("every reason of the server and of the gateway has its words", () => {
  const reasons = [...reasonsOf(serverErrors), ...reasonsOf(gatewayErrors)];
  expect(reasons).toContain("QUEUE_FULL");
  expect(reasons).toContain("SERVER_UNREACHABLE");
  expect(reasons.filter((reason) => !(reason in KIND_OF_REASON))).toEqual([]);
});

test("words are kept only for reasons that there are", () => {
  const reasons = [...reasonsOf(serverErrors), ...reasonsOf(gatewayErrors)];
  expect(
    Object.keys(KIND_OF_REASON).filter((reason) => !reasons.includes(reason)),
  ).toEqual([]);
});
