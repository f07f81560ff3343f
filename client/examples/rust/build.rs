//! Generates the client of the definitions in the folders of WANWU_PROTO_PATH.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=WANWU_PROTO_PATH");
    let path = std::env::var("WANWU_PROTO_PATH")?;
    let folders: Vec<&str> = path.split(':').collect();
    tonic_prost_build::configure()
        .build_server(false)
        // The status that tonic-types takes apart.
        .extern_path(".google.rpc", "::tonic_types::pb")
        .compile_protos(&["wanwu/v1/image_classifier.proto"], &folders)?;
    Ok(())
}
