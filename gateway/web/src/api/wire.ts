// The gateway's JSON: the proto3 mapping of wanwu/v1/image_classifier.proto.
// Fields at their default may be left out, int64 are strings, durations are
// "0.0123s".

export type Duration = string;

export interface WireClassification {
  index?: number;
  label?: string;
  wordnetId?: string;
  probability?: number;
}

export interface WireClassifyResponse {
  classifications?: WireClassification[];
  model?: string;
  modelVersion?: string;
  precision?: string;
  timings?: {
    decode?: Duration;
    queue?: Duration;
    inference?: Duration;
    total?: Duration;
    batchSize?: number;
  };
  warnings?: string[];
}

export interface WireErrorDetail {
  "@type"?: string;
  reason?: string;
  domain?: string;
  metadata?: Record<string, string>;
}

export interface WireError {
  error?: {
    code?: number;
    status?: string;
    message?: string;
    details?: WireErrorDetail[];
  };
}

export interface WireModel {
  name?: string;
  version?: string;
  state?: string;
  stateMessage?: string;
  precision?: string;
  precisionReason?: string;
  architecture?: string;
  trained?: boolean;
  weightsSource?: string;
  weightsLicence?: string;
  labelsCount?: number;
  scores?: string;
  batchSize?: number;
  input?: { width?: number; height?: number; resizeShorterSide?: number };
  batchTimes?: { batchSize?: number; duration?: Duration }[];
  accuracy?: {
    dataset?: string;
    images?: number;
    top1?: number;
    top5?: number;
    agreementWithFp32?: number;
    method?: string;
  };
}

export interface WireModels {
  models?: WireModel[];
  defaultModel?: string;
}

export interface WireStatus {
  version?: string;
  uptime?: Duration;
  state?: string;
  window?: Duration;
  picturesPerSecond?: number;
  errorsPerSecond?: number;
  picturesTotal?: string;
  errorsTotal?: string;
  latency?: { p50?: Duration; p90?: Duration; p95?: Duration; p99?: Duration };
  queueDepth?: number;
  queueCapacity?: number;
  batchSizes?: { size?: number; count?: string }[];
  lanes?: { index?: number; utilisation?: number }[];
}
