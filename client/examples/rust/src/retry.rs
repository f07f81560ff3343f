//! Calls again as docs/service-config.json says. tonic has no retries of its
//! own; those of the server's details are RetryInfo's.

use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::Value;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

use crate::connection::{code_name, service_config};

struct Policy {
    attempts: u64,
    backoff: Duration,
    longest: Duration,
    codes: Vec<String>,
}

fn seconds(text: &Value) -> Duration {
    let digits = text.as_str().unwrap_or("0s").trim_end_matches('s');
    Duration::from_secs_f64(digits.parse().unwrap_or(0.0))
}

fn policy() -> Policy {
    let config = service_config();
    let told = &config["methodConfig"][0]["retryPolicy"];
    let codes = told["retryableStatusCodes"].as_array().into_iter().flatten();
    Policy {
        attempts: told["maxAttempts"].as_u64().unwrap_or(1),
        backoff: seconds(&told["initialBackoff"]),
        longest: seconds(&told["maxBackoff"]),
        codes: codes.filter_map(Value::as_str).map(String::from).collect(),
    }
}

fn may_succeed(policy: &Policy, code: Code) -> bool {
    policy.codes.iter().any(|each| each == code_name(code))
}

/// `call` gets the time that is left, and is made until it succeeds or may not.
pub async fn retrying<T, F: Future<Output = Result<Response<T>, Status>>>(
    deadline: Duration,
    call: impl Fn(Duration) -> F,
) -> Result<Response<T>, Status> {
    let policy = policy();
    let end = Instant::now() + deadline;
    let mut backoff = policy.backoff;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let left = end.saturating_duration_since(Instant::now());
        let error = match call(left).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if attempts >= policy.attempts || !may_succeed(&policy, error.code()) {
            return Err(error);
        }
        let told = error.get_details_retry_info().and_then(|info| info.retry_delay);
        let delay = told.unwrap_or(backoff);
        if Instant::now() + delay >= end {
            return Err(error);
        }
        tokio::time::sleep(delay).await;
        backoff = (2 * backoff).min(policy.longest);
    }
}
