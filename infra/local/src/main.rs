//! `cargo run`: Belfry on this machine.

#![expect(clippy::print_stdout, reason = "standard output says where Belfry answers")]

use std::{fmt::Display, net::IpAddr, path::PathBuf, process::ExitCode, str::FromStr};

use belfry_local::{Oidc, Options, Runner, Stack};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "\
Belfry on this machine: page, REST API and WebSocket on one port.

Usage: cargo run [-- OPTIONS]

  --port PORT   where to listen, by default 8080; 0 takes a free port
  --data FILE   keep everything in FILE, the demo issuer's key in FILE.key, and in FILE.failed/ the changes that nobody
                could be told of, should there be any; without it, everything is gone when this stops, but for such
                changes: they are in a folder that the log names
  --origin URL  another page that may use this Belfry, such as http://localhost:5173; may be given again. A proxy in
                front of this Belfry may pass on the Host of that page
  --issuer URL --audience NAME [--role-claim NAME]
                accept the tokens of this OpenID Connect issuer for this audience; the demo's sign-in is off
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
    let mut options = Options { port: 8080, page: true, ..Options::default() };
    let (mut http, mut websocket) = (None, None);
    let (mut issuer, mut audience, mut role_claim) = (None, None, None);
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
            "--origin" => options.origins.push(read("--origin", &value()?)?),
            "--issuer" => issuer = Some(read("--issuer", &value()?)?),
            "--audience" => audience = Some(value()?),
            "--role-claim" => role_claim = Some(value()?),
            "--stack" => http = Some(read("--stack", &value()?)?),
            "--stack-websocket" => websocket = Some(read("--stack-websocket", &value()?)?),
            "--issuer-host" => issuer_host = Some(read("--issuer-host", &value()?)?),
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
    options.oidc = match (issuer, audience) {
        (Some(issuer), Some(audience)) => Some(Oidc { issuer, audience, role_claim }),
        (None, None) if role_claim.is_some() => return Err("--role-claim needs --issuer".to_owned()),
        (None, None) => None,
        _ => return Err("--issuer and --audience need each other".to_owned()),
    };
    if options.stack.is_some() && options.oidc.is_some() {
        return Err("--issuer can't be combined with --stack: a stack has its own".to_owned());
    }
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

fn read<T: FromStr<Err: Display>>(option: &str, text: &str) -> Result<T, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, String> {
        parse(line.split_whitespace().map(str::to_owned)).map(Option::unwrap_or_default)
    }

    #[test]
    fn takes_origins_and_an_issuer() {
        let line = "--origin http://a.example --origin https://b.example --issuer https://c.example --audience d --role-claim e";
        let options = options(line).unwrap();
        let oidc = options.oidc.unwrap();
        assert_eq!(options.origins.len(), 2);
        assert_eq!((oidc.issuer.to_string().as_str(), oidc.audience.as_str()), ("https://c.example", "d"));
        assert_eq!(oidc.role_claim.as_deref(), Some("e"));
    }

    #[test]
    fn names_the_option_that_is_wrong() {
        for (line, named) in [
            ("--origin a.example", "--origin"),
            ("--origin https://a.example/page", "--origin"),
            ("--issuer http://a.example --audience b", "--issuer"),
            ("--issuer https://a.example", "--audience"),
            ("--audience b", "--issuer"),
            ("--role-claim c", "--issuer"),
            ("--issuer https://a.example --audience b --stack http://c --stack-websocket ws://c", "--stack"),
            ("--origin", "--origin"),
        ] {
            let problem = options(line).unwrap_err();
            assert!(problem.contains(named), "{line}: {problem}");
        }
    }
}
