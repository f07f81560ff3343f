import { durationMs } from "./duration";
import { failureOfResponse, GATEWAY_UNREACHABLE, type Failure } from "./failure";
import type { Transport } from "./upload";
import type { WireClassifyResponse } from "./wire";

export interface NamedClass {
  index: number;
  label: string;
  wordnetId: string;
  probability: number;
}

export interface Answer {
  // By descending probability.
  classes: NamedClass[];
  model: string;
  modelVersion: string;
  precision: string;
  // The language that was asked for.
  language: string;
  timings: Timings;
  // What is wrong with the picture, in the server's words; absent: nothing.
  warnings?: string[];
}

export interface Timings {
  decodeMs: number;
  queueMs: number;
  inferenceMs: number;
  totalMs: number;
  batchSize: number;
}

export interface Question {
  picture: Blob;
  model: string;
  language: string;
  priority: "interactive" | "bulk";
}

export type ClassifyResult =
  | { answer: Answer; failure?: undefined }
  | { failure: Failure; answer?: undefined };

export const TOP_K = 10;
const TIMEOUT_MS = 60_000;

export async function classify(
  transport: Transport,
  question: Question,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<ClassifyResult> {
  const query = new URLSearchParams({
    top_k: String(TOP_K),
    language_code: question.language,
  });
  if (question.model) query.set("model", question.model);
  const reply = await transport({
    url: `/v1/classify?${query}`,
    headers: {
      // The server looks at the bytes; a browser's guess could only mislead.
      "Content-Type": "application/octet-stream",
      "X-Wanwu-Priority": question.priority,
      "X-Request-Timeout-Ms": String(TIMEOUT_MS),
    },
    body: question.picture,
    signal,
    onProgress,
  });
  if (reply === null) return { failure: GATEWAY_UNREACHABLE };
  if (reply.status !== 200) {
    return {
      failure: failureOfResponse(reply.status, reply.body, reply.retryAfter),
    };
  }
  const answer = parseAnswer(reply.body, question.language);
  if (answer) return { answer };
  return {
    failure: { kind: "unexpected", message: reply.body.slice(0, 200) },
  };
}

export function parseAnswer(body: string, language: string): Answer | null {
  let wire: WireClassifyResponse;
  try {
    wire = JSON.parse(body) as WireClassifyResponse;
  } catch {
    return null;
  }
  if (!wire.classifications?.length) return null;
  return {
    classes: wire.classifications.map((one) => ({
      index: one.index ?? 0,
      label: one.label || one.wordnetId || `#${one.index ?? 0}`,
      wordnetId: one.wordnetId ?? "",
      probability: one.probability ?? 0,
    })),
    model: wire.model ?? "",
    modelVersion: wire.modelVersion ?? "",
    precision: wire.precision ?? "",
    language,
    timings: {
      decodeMs: durationMs(wire.timings?.decode) ?? 0,
      queueMs: durationMs(wire.timings?.queue) ?? 0,
      inferenceMs: durationMs(wire.timings?.inference) ?? 0,
      totalMs: durationMs(wire.timings?.total) ?? 0,
      batchSize: wire.timings?.batchSize ?? 1,
    },
    ...(wire.warnings?.length && { warnings: wire.warnings }),
  };
}
