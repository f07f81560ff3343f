//! The channel, as the environment describes it.

use std::collections::HashMap;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::interceptor::InterceptedService;
use tonic::service::Interceptor;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::HealthCheckRequest;

use crate::api::image_classifier_client::ImageClassifierClient;
use crate::Failure;

pub type Client = ImageClassifierClient<InterceptedService<Channel, Bearer>>;

pub fn setting(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or(otherwise.into())
}

pub fn service_config() -> serde_json::Value {
    let file = setting("WANWU_SERVICE_CONFIG", "docs/service-config.json");
    let text = std::fs::read_to_string(file).expect("the service config");
    serde_json::from_str(&text).expect("JSON")
}

/// As gRPC writes it, such as RESOURCE_EXHAUSTED.
pub fn code_name(code: Code) -> &'static str {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    NAMES[code as usize]
}

/// Shows the token, if there is one.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

fn endpoint(address: &str) -> Result<Endpoint, Failure> {
    let Ok(file) = std::env::var("WANWU_CA_FILE") else {
        return Ok(Endpoint::from_shared(format!("http://{address}"))?);
    };
    let trusted = Certificate::from_pem(std::fs::read(file)?);
    let tls = ClientTlsConfig::new().ca_certificate(trusted);
    Ok(Endpoint::from_shared(format!("https://{address}"))?.tls_config(tls)?)
}

async fn is_serving(endpoint: &Endpoint) -> bool {
    let Ok(channel) = endpoint.connect().await else { return false };
    let service = service_config()["healthCheckConfig"]["serviceName"].as_str().map(String::from);
    let asked = HealthCheckRequest { service: service.unwrap_or_default() };
    let answer = HealthClient::new(channel).check(asked).await;
    answer.is_ok_and(|answer| answer.get_ref().status == 1)
}

/// tonic sends each call to the less busy of two endpoints, but does not check
/// health: who is not serving when we start is left out here.
pub async fn connect() -> Result<Client, Failure> {
    let mut endpoints = HashMap::new();
    for address in setting("WANWU_ADDRESS", "127.0.0.1:8500").split(',') {
        endpoints.insert(address.to_string(), endpoint(address)?);
    }
    let mut healthy = Vec::new();
    for endpoint in endpoints.values() {
        if is_serving(endpoint).await {
            healthy.push(endpoint.clone());
        }
    }
    if healthy.is_empty() {
        healthy = endpoints.into_values().collect();
    }
    let token = match std::env::var("WANWU_TOKEN_FILE") {
        Ok(file) => {
            let token = std::fs::read_to_string(file)?;
            Some(format!("Bearer {}", token.trim()).parse()?)
        }
        Err(_) => None,
    };
    let channel = Channel::balance_list(healthy.into_iter());
    Ok(ImageClassifierClient::with_interceptor(channel, Bearer(token)))
}
