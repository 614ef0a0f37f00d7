//! `cargo run --release -p belfry-import -- --table NAME --connections NAME FILE`

#![expect(clippy::print_stdout, reason = "printing is how this program answers")]

use std::{env, fs::File, io, process::ExitCode};

use belfry_cloud::{Aws, Connections, Inbox};
use belfry_import::{Importer, Options};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{}", Options::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{}", Options::USAGE);
            return ExitCode::from(2);
        }
    };
    let file = match File::open(&options.file) {
        Ok(file) => io::BufReader::new(file),
        Err(error) => {
            eprintln!("{} can't be read: {error}", options.file.display());
            return ExitCode::from(2);
        }
    };
    let importer = importer(options).await;
    let (counts, ended) = importer.run(file, &mut io::stderr().lock()).await;
    println!("{counts}");
    if let Err(stopped) = ended {
        eprintln!(
            "Stopped: {stopped}.\nThe same command goes on from there: what is in an inbox is not put there again."
        );
        return ExitCode::FAILURE;
    }
    if counts.refused > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn importer(options: Options) -> Importer {
    let Options { inbox_table, connections_table, retention, owner, .. } = options;
    let Some(inbox_table) = inbox_table else {
        return Importer { inbox: None, connections: None, retention, owner };
    };
    let aws = Aws::from_env().await;
    Importer {
        inbox: Some(Inbox::new(&aws, inbox_table, retention)),
        connections: connections_table.map(|table| Connections::new(&aws, table)),
        retention,
        owner,
    }
}
