import { expect, test } from "vitest";
import { parseStatus } from "./status";

test("reads int64 strings, durations and lanes in their order", () => {
  const status = parseStatus({
    state: "STATE_SERVING",
    uptime: "61.5s",
    window: "5s",
    picturesTotal: "9007199254740991",
    latency: { p50: "0.008s", p95: "0.015s" },
    batchSizes: [{ size: 2, count: "17" }],
    lanes: [{ index: 1, utilisation: 0.5 }, { utilisation: 0.25 }],
  });

  expect(status).toMatchObject({
    state: "serving",
    uptimeMs: 61_500,
    picturesTotal: 9007199254740991,
    p50Ms: 8,
    p95Ms: 15,
    batchSizes: [{ size: 2, count: 17 }],
    laneUtilisation: [0.25, 0.5],
  });
});

test("an idle server has rates of 0 and no latency", () => {
  const status = parseStatus({});

  expect(status.picturesPerSecond).toBe(0);
  expect(status.p50Ms).toBeNull();
  expect(status.state).toBe("unknown");
});
