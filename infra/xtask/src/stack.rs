//! `cargo xtask stack`: `template.yaml` as it is, deployed to an emulator on this machine or to AWS.

mod black_box;
mod options;
mod permissions;
mod reach;
mod suite;

use crate::{
    background::{Background, terminate},
    command::{UsageError, cargo, exit_code, output, run, run_quietly},
    runner::Runner,
    tools,
};
use options::{Options, Target};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

pub(crate) use {options::USAGE, suite::run_suite};

/// Where what runs is noted, and writes its log.
const RUN: &str = ".tools/stack-run";
/// What is deployed to an emulator: the functions as the tests build them, without debug information.
const CODE: &str = "target/stack";
/// What is deployed to AWS: the functions as cargo-lambda builds them.
const LAMBDA_CODE: &str = "target/lambda";
const TEMPLATE: &str = "template.yaml";
const EMULATOR_READY_WITHIN: Duration = Duration::from_mins(1);

/// A deployed stack with its front; dropping it ends what was started for it.
pub(crate) struct Stack {
    // In this order they end.
    front: Runner,
    emulator: Option<Background>,
    endpoint: String,
    /// What the template was deployed with.
    parameters: Vec<(&'static str, String)>,
}

/// Does what the arguments after `stack` say.
pub(crate) fn by_hand(arguments: &[String]) -> Result<ExitCode, UsageError> {
    match Options::parse(arguments) {
        Err(error) => Err(UsageError(error)),
        Ok(options) if options.down => Ok(exit_code(down())),
        Ok(options) => Ok(exit_code(up(&options))),
    }
}

/// `cargo xtask replay`: hands the fan-out of a deployed stack once more what it gave up, as the arguments say.
pub(crate) fn replay(arguments: &[String]) -> ExitCode {
    exit_code(
        tools::stack_python().and_then(|mut python| run(python.arg("infra/stack/replay.py").args(arguments))),
    )
}

fn up(options: &Options) -> Result<(), String> {
    if options.target == Target::Aws {
        let outputs = deploy(options, None, Path::new(LAMBDA_CODE), Path::new(TEMPLATE), &[])?;
        for (name, value) in outputs {
            println!("{name}: {value}");
        }
        return Ok(());
    }
    let mut stack = Stack::start(options)?;
    println!("{}", stack.url());
    if options.detach {
        println!("`cargo xtask stack --down` ends it");
        stack.front.process.detach();
        stack.emulator.into_iter().for_each(Background::detach);
    } else {
        stack.front.process.wait();
        drop(stack);
        forget()?;
    }
    Ok(())
}

/// Ends what `--detach` left running.
fn down() -> Result<(), String> {
    let noted = fs::read_to_string(noted()).unwrap_or_default();
    let processes: Vec<u32> = noted.lines().filter_map(|line| line.parse().ok()).collect();
    let ended = processes.iter().filter(|process| terminate(**process)).count();
    println!("{}", if ended == 0 { "nothing was running" } else { "stopped" });
    forget()
}

impl Stack {
    /// Builds and deploys everything, and answers once the front does.
    pub(crate) fn start(options: &Options) -> Result<Self, String> {
        if running() {
            return Err("a stack is running already; `cargo xtask stack --down` ends it".to_owned());
        }
        let port = free_port(options.port)?;
        build()?;
        let (endpoint, emulator) = match &options.target {
            Target::Endpoint(url) => (url.clone(), None),
            _ => emulator().map(|(url, process)| (url, Some(process)))?,
        };
        let front = format!("http://localhost:{port}");
        let issuer_host = options.issuer_host.as_deref().unwrap_or("localhost");
        let parameters = vec![
            ("OidcIssuer", format!("http://{issuer_host}:{port}")),
            ("OidcAudience", "belfry".to_owned()),
            ("AllowedOrigins", format!("{front},http://127.0.0.1:{port}")),
            ("ExecuteApiUrl", format!("{endpoint}/_aws/execute-api")),
            // Emulators don't know what the alarms are made of, and what they keep is to go with them.
            ("Alarms", "off".to_owned()),
            ("DeletionProtection", "off".to_owned()),
            ("Architecture", std::env::consts::ARCH.replace("aarch64", "arm64")),
        ];
        let outputs = deploy(options, Some(&endpoint), Path::new(CODE), Path::new(TEMPLATE), &parameters)?;
        let output = |name: &str| outputs.get(name).ok_or(format!("the stack has no output {name}"));
        let (http, websocket) = (output("HttpApiUrl")?, output("WebSocketUrl")?);
        let port = port.to_string();
        let mut arguments = vec!["--port", &port, "--stack", http, "--stack-websocket", websocket];
        let containers =
            [("--issuer-host", options.issuer_host.as_deref()), ("--listen", options.listen.as_deref())];
        arguments.extend(
            containers.iter().filter_map(|(name, value)| value.map(|value| [*name, value])).flatten(),
        );
        let front = Runner::start(&arguments, &Path::new(RUN).join("front.log"))?;
        let stack = Self { front, emulator, endpoint, parameters };
        reach::check(stack.url())?;
        stack.note()?;
        Ok(stack)
    }

    /// Deploys another template in place of this stack's.
    fn redeploy(&self, options: &Options, template: &Path) -> Result<(), String> {
        let code = Path::new(CODE);
        deploy(options, Some(&self.endpoint), code, template, &self.parameters).map(drop)
    }

    /// Where page, API and socket are.
    pub(crate) fn url(&self) -> &str {
        &self.front.url
    }

    /// For whoever is to end it later.
    fn note(&self) -> Result<(), String> {
        let processes = [Some(self.front.process.id()), self.emulator.as_ref().map(Background::id)];
        let processes: Vec<_> = processes.iter().flatten().map(ToString::to_string).collect();
        fs::write(noted(), processes.join("\n"))
            .map_err(|error| format!("cannot write {}: {error}", noted().display()))
    }
}

fn noted() -> PathBuf {
    Path::new(RUN).join("processes")
}

fn running() -> bool {
    let noted = fs::read_to_string(noted()).unwrap_or_default();
    noted.lines().any(|process| run_quietly(Command::new("kill").args(["-0", process])))
}

fn forget() -> Result<(), String> {
    match fs::remove_file(noted()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", noted().display()))
        }
        _ => Ok(()),
    }
}

/// The port, if nobody listens there; for 0 one that is free now.
fn free_port(port: u16) -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("port {port} is in use; choose another with --port"),
        _ => format!("port {port} can't be used: {error}"),
    })
}

/// The functions and the front, with the whole workspace's features as in the tests: nothing is compiled twice.
fn build() -> Result<(), String> {
    run(&mut cargo(&["build", "--workspace", "--bins", "--locked"]))?;
    for function in functions()? {
        let folder = Path::new(CODE).join(&function);
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let built = Path::new("target/debug").join(&function);
        run(Command::new("strip").arg("-o").arg(folder.join("bootstrap")).arg(built))?;
    }
    Ok(())
}

/// The name of each function: that of its bin.
fn functions() -> Result<Vec<String>, String> {
    let unreadable = |error| format!("functions/src/bin can't be read: {error}");
    let files = fs::read_dir("functions/src/bin").map_err(unreadable)?;
    files
        .map(|file| {
            Ok(file.map_err(unreadable)?.path().file_stem().unwrap_or_default().to_string_lossy().into())
        })
        .collect()
}

/// `MiniStack`, ready, and where it answers.
fn emulator() -> Result<(String, Background), String> {
    let port = free_port(0)?.to_string();
    let mut command = tools::stack_python()?;
    command.args(["infra/stack/emulator.py", &port]);
    let mut process = Background::start("the emulator", &mut command, &Path::new(RUN).join("emulator.log"))?;
    let until = Instant::now() + EMULATOR_READY_WITHIN;
    while !answers(&port) {
        if Instant::now() > until || process.has_ended() {
            return process.await_ready(Duration::ZERO, |_| None);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok((format!("http://localhost:{port}"), process))
}

fn answers(port: &str) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(format!("localhost:{port}"))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        std::io::Result::Ok(status.ends_with(b"200"))
    };
    ask().unwrap_or(false)
}

/// Carries the deployment out; the stack's outputs by name.
fn deploy(
    options: &Options,
    endpoint: Option<&str>,
    code: &Path,
    template: &Path,
    parameters: &[(&str, String)],
) -> Result<BTreeMap<String, String>, String> {
    let mut command = tools::stack_python()?;
    command.args(["infra/stack/deploy.py", "--name", &options.name, "--code"]).arg(code);
    command.arg("--template").arg(template);
    command.args(options.replaceable.iter().flat_map(|id| ["--allow-replacement", id]));
    command.args(endpoint.iter().flat_map(|endpoint| ["--endpoint", endpoint]));
    let own = parameters.iter().map(|(name, value)| format!("{name}={value}"));
    for parameter in own.chain(options.parameters.iter().cloned()) {
        command.args(["--parameter", &parameter]);
    }
    let began = Instant::now();
    let outputs = output(&mut command)?;
    println!("deployed in {:.1} s", began.elapsed().as_secs_f64());
    Ok(outputs.lines().filter_map(|line| line.split_once('=')).map(|(a, b)| (a.into(), b.into())).collect())
}
