//! Classifies files and folders with tonic. See README.md beside this folder.

mod connection;
mod retry;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request};
use tonic_types::{pb, RpcStatusExt, StatusExt};

use connection::{setting, Client};

pub mod api {
    tonic::include_proto!("wanwu.v1");
}
use api::{
    classify_batch_response::Result as Answer, ClassifyBatchRequest, ClassifyRequest,
    ClassifyResponse,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn deadline() -> Duration {
    Duration::from_secs(setting("WANWU_DEADLINE", "10").parse().expect("seconds"))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn request_of(path: &Path) -> std::io::Result<ClassifyRequest> {
    Ok(ClassifyRequest { image: std::fs::read(path)?, ..Default::default() })
}

fn print_answer(name: &str, answer: &ClassifyResponse) {
    let best = &answer.classifications[0];
    println!("{name}\t{}\t{:.4}", best.label, best.probability);
}

fn print_error(name: &str, status: &pb::Status) {
    let reason = status.get_details_error_info().map_or("-".into(), |info| info.reason);
    let delay = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let retry = delay.map_or("-".into(), |delay| format!("{:.3}", delay.as_secs_f64()));
    let code = connection::code_name(Code::from_i32(status.code));
    println!("{name}\terror\t{code}\t{reason}\t{retry}\t{}", status.message);
}

fn status_of(error: &tonic::Status) -> pb::Status {
    let details = error.get_error_details_vec();
    let mut status = pb::Status {
        code: error.code() as i32,
        message: error.message().into(),
        details: Vec::new(),
    };
    if !details.is_empty() {
        if let Ok(told) = prost::Message::decode(error.details()) {
            status = told;
        }
    }
    status
}

async fn classify_file(client: &Client, path: &Path) -> Result<(), Failure> {
    let picture = request_of(path)?;
    let answer = retry::retrying(deadline(), |left| {
        let mut client = client.clone();
        let mut request = Request::new(picture.clone());
        request.set_timeout(left);
        async move { client.classify(request).await }
    })
    .await;
    match answer {
        Ok(answer) => print_answer(&name_of(path), answer.get_ref()),
        Err(error) => print_error(&name_of(path), &status_of(&error)),
    }
    Ok(())
}

/// One stream, in which WANWU_IN_FLIGHT pictures are unanswered at most.
async fn classify_folder(client: &Client, folder: &Path) -> Result<(), Failure> {
    let in_flight = setting("WANWU_IN_FLIGHT", "16").parse()?;
    let room = Arc::new(Semaphore::new(in_flight));
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|file| file.map(|file| file.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let taken = room.clone();
    tokio::spawn(async move {
        for file in files {
            taken.acquire().await?.forget();
            let request =
                ClassifyBatchRequest { id: name_of(&file), request: Some(request_of(&file)?) };
            if sender.send(request).await.is_err() {
                break; // The stream has ended, and says why.
            }
        }
        Ok::<(), Failure>(())
    });
    let mut request = Request::new(ReceiverStream::new(receiver));
    request.set_timeout(deadline());
    if let Err(error) = read_answers(client, request, &room).await {
        print_error(&name_of(folder), &status_of(&error));
    }
    Ok(())
}

async fn read_answers(
    client: &Client,
    request: Request<ReceiverStream<ClassifyBatchRequest>>,
    room: &Semaphore,
) -> Result<(), tonic::Status> {
    let mut answers = client.clone().classify_batch(request).await?.into_inner();
    while let Some(answer) = answers.message().await? {
        room.add_permits(1);
        match answer.result {
            Some(Answer::Response(response)) => print_answer(&answer.id, &response),
            Some(Answer::Error(status)) => print_error(&answer.id, &status),
            None => {}
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let client = connection::connect().await?;
    for path in std::env::args().skip(1).map(PathBuf::from) {
        if path.is_dir() {
            classify_folder(&client, &path).await?;
        } else {
            classify_file(&client, &path).await?;
        }
    }
    Ok(())
}
