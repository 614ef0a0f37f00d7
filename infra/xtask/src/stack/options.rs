//! What the command line says of a stack.

/// The part of the usage that is about it.
pub(crate) const USAGE: &str = "\
  --port PORT             where page, API and socket answer, by default 8080; 0 takes a free one
  --detach                return once it is ready, and leave it running
  --down                  end what --detach left running
  --endpoint URL          deploy to the emulator there instead of starting one (docs/deploy.md, On an emulator)
  --issuer-host HOST      how functions in containers call this machine, by default localhost
  --listen ADDRESS        answer on that address of this machine, too, so that containers reach it; whoever else reaches it
                          can sign in as any demo user
  --aws                   deploy target/lambda/ to the account and region of the environment, and start nothing
  --name STACK            its name, by default belfry
  --parameter NAME=VALUE  a parameter of template.yaml; may be given again
  --allow-replacement ID  let the update replace that table, bucket, queue or bus by an empty one; may be given again
";

/// Where to deploy to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An emulator that is started for it.
    MiniStack,
    /// An emulator that is there.
    Endpoint(String),
    /// The account and region of the environment.
    Aws,
}

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) detach: bool,
    pub(crate) down: bool,
    pub(crate) target: Target,
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    /// Logical ids of what an update may replace although it holds data.
    pub(crate) replaceable: Vec<String>,
    /// How the functions call this machine, if not as localhost.
    pub(crate) issuer_host: Option<String>,
    /// Where the front answers besides loopback.
    pub(crate) listen: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 8080,
            detach: false,
            down: false,
            target: Target::MiniStack,
            name: "belfry".to_owned(),
            parameters: Vec::new(),
            replaceable: Vec::new(),
            issuer_host: None,
            listen: None,
        }
    }
}

impl Options {
    /// Reads the arguments after `stack`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().cloned().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--port" => {
                    let port = value()?;
                    options.port =
                        port.parse().map_err(|_| format!("--port: {port} is not a port from 0 to 65535"))?;
                }
                "--detach" => options.detach = true,
                "--down" => options.down = true,
                "--endpoint" => options.target = Target::Endpoint(endpoint(&value()?)?),
                "--aws" => options.target = Target::Aws,
                "--name" => options.name = value()?,
                "--parameter" => options.parameters.push(value()?),
                "--allow-replacement" => options.replaceable.push(value()?),
                "--issuer-host" => options.issuer_host = Some(value()?),
                "--listen" => options.listen = Some(value()?),
                unknown => return Err(format!("unknown option {unknown}")),
            }
        }
        Ok(options)
    }
}

fn endpoint(url: &str) -> Result<String, String> {
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(url.trim_end_matches('/').to_owned())
    } else {
        Err(format!("--endpoint: {url} must begin with http:// or https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_said_means_an_emulator_of_its_own() {
        assert_eq!(parse(&[]), Ok(Options::default()));
    }

    #[test]
    fn an_endpoint_is_a_url_without_a_slash_at_its_end() {
        let target = Target::Endpoint("http://localhost:4566".to_owned());
        assert_eq!(parse(&["--endpoint", "http://localhost:4566/"]).unwrap().target, target);
        assert!(parse(&["--endpoint", "localhost:4566"]).unwrap_err().contains("http://"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse(&["--port"]), Err("--port needs a value".to_owned()));
        assert_eq!(parse(&["--port", "x"]), Err("--port: x is not a port from 0 to 65535".to_owned()));
        assert_eq!(parse(&["--up"]), Err("unknown option --up".to_owned()));
    }
}
