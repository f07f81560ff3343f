import { durationMs } from "./duration";
import type { WireStatus } from "./wire";

export type ServingState = "serving" | "starting" | "draining" | "unknown";

export interface ServerStatus {
  version: string;
  uptimeMs: number;
  state: ServingState;
  // What rates, percentiles, batch sizes and utilisation cover.
  windowMs: number;
  picturesPerSecond: number;
  errorsPerSecond: number;
  picturesTotal: number;
  // null: no picture was answered in the window.
  p50Ms: number | null;
  p95Ms: number | null;
  queueDepth: number;
  queueCapacity: number;
  batchSizes: { size: number; count: number }[];
  // By lane, 0 … 1.
  laneUtilisation: number[];
}

const STATES: Record<string, ServingState> = {
  STATE_STARTING: "starting",
  STATE_SERVING: "serving",
  STATE_DRAINING: "draining",
};

export function parseStatus(wire: WireStatus): ServerStatus {
  const lanes = [...(wire.lanes ?? [])].sort(
    (a, b) => (a.index ?? 0) - (b.index ?? 0),
  );
  return {
    version: wire.version ?? "",
    uptimeMs: durationMs(wire.uptime) ?? 0,
    state: STATES[wire.state ?? ""] ?? "unknown",
    windowMs: durationMs(wire.window) ?? 0,
    picturesPerSecond: wire.picturesPerSecond ?? 0,
    errorsPerSecond: wire.errorsPerSecond ?? 0,
    picturesTotal: Number(wire.picturesTotal ?? 0),
    p50Ms: durationMs(wire.latency?.p50),
    p95Ms: durationMs(wire.latency?.p95),
    queueDepth: wire.queueDepth ?? 0,
    queueCapacity: wire.queueCapacity ?? 0,
    batchSizes: (wire.batchSizes ?? []).map((one) => ({
      size: one.size ?? 0,
      count: Number(one.count ?? 0),
    })),
    laneUtilisation: lanes.map((lane) => lane.utilisation ?? 0),
  };
}
