//! `cargo run`: Belfry on this machine.

#![expect(clippy::print_stdout, reason = "standard output tells where Belfry answers")]

use std::{net::IpAddr, path::PathBuf, process::ExitCode};

use belfry_local::{Options, Runner, Stack, StackUrl};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
Belfry on this machine: page, REST API and WebSocket on one port.

Usage: cargo run [-- OPTIONS]

  --port PORT   where to listen, by default 8080; 0 takes a free port
  --data FILE   keep everything in FILE, the demo issuer's key in FILE.key, and in FILE.failed/ the changes that nobody
                could be told of, should there be any; without it, everything is gone when this stops, but for such
                changes: they are in a folder that the log names
  --stack HTTP_API_URL --stack-websocket WEBSOCKET_URL
                run nothing here but the page and the demo's sign-in, in front of a stack that answers at these URLs
  --issuer-host HOST
                with --stack: how its functions call this machine, by default localhost
  --listen ADDRESS
                with --stack: answer on that address of this machine, too, so that functions in containers reach the
                sign-in's keys; whoever else reaches it can sign in as any demo user
  --help        this text";

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runner = match Runner::start(options).await {
        Ok(runner) => runner,
        Err(error) => {
            eprintln!("Belfry can't start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", runner.url());
    stop_signal().await;
    eprintln!("Stopping.");
    runner.stop().await;
    ExitCode::SUCCESS
}

/// `None` asks for the usage.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { port: 8080, data: None, page: true, stack: None };
    let (mut http, mut websocket) = (None, None);
    let (mut issuer_host, mut listen) = (None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--port" => {
                let port = value()?;
                options.port =
                    port.parse().map_err(|_| format!("--port: {port} is not a port from 0 to 65535"))?;
            }
            "--data" => options.data = Some(PathBuf::from(value()?)),
            "--stack" => http = Some(stack_url("--stack", &value()?)?),
            "--stack-websocket" => websocket = Some(stack_url("--stack-websocket", &value()?)?),
            "--issuer-host" => {
                let host = value()?;
                issuer_host = Some(host.parse().map_err(|error| format!("--issuer-host: {host} {error}"))?);
            }
            "--listen" => listen = Some(listen_address(&value()?)?),
            "--help" | "-h" => return Ok(None),
            unknown => return Err(format!("unknown option {unknown}")),
        }
    }
    options.stack = match (http, websocket) {
        (Some(http), Some(websocket)) => Some(Stack { http, websocket, issuer_host, listen }),
        (None, None) if issuer_host.is_some() || listen.is_some() => {
            return Err("--issuer-host and --listen need --stack".to_owned());
        }
        (None, None) => None,
        _ => return Err("--stack and --stack-websocket need each other".to_owned()),
    };
    if options.stack.is_some() && options.data.is_some() {
        return Err("--data can't be combined with --stack: a stack keeps its own".to_owned());
    }
    Ok(Some(options))
}

/// One address, not all of them: on every interface, the whole network could sign in as anybody.
fn listen_address(text: &str) -> Result<IpAddr, String> {
    let address: IpAddr = text.parse().map_err(|_| format!("--listen: {text} is no IP address"))?;
    if address.is_unspecified() {
        return Err(format!("--listen: {text} is every address; name one, such as that of docker0"));
    }
    Ok(address)
}

fn stack_url(option: &str, text: &str) -> Result<StackUrl, String> {
    text.parse().map_err(|error| format!("{option}: {text} {error}"))
}

/// Ctrl-C, or the signal by which a supervisor stops a service.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
