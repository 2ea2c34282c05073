//! `corscope ca`: the certificate authority by which the proxy sees inside HTTPS.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use corscope_wire::proxy::{Authority, AuthorityConfig, ProxyError};

use super::output::{self, FAILED, fail};
use crate::config;

/// Shows, exports, renews or removes the certificate authority of this user
#[derive(Args, Debug)]
pub(super) struct CaArgs {
    #[command(subcommand)]
    command: CaCommand,
    /// Where the authority is kept [default: in your configuration directory]
    #[arg(long, value_name = "DIR", global = true)]
    ca_dir: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum CaCommand {
    /// Prints where the certificate is kept
    Path,
    /// Writes the certificate (never the key), creating the authority if there is none
    Export {
        /// Where to write it [default: standard output]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// In DER instead of PEM
        #[arg(long)]
        der: bool,
    },
    /// Makes a new authority with a new key; whoever trusted the old one must trust the new one
    Renew {
        /// Limit it to this host and its subdomains (may be repeated)
        #[arg(long, value_name = "HOST")]
        only: Vec<String>,
    },
    /// Deletes the authority; remove it from whatever you made trust it, too
    Remove,
}

/// Exit codes: 0, 3 when files cannot be read or written.
pub(super) fn run(args: &CaArgs) -> ExitCode {
    let directory = match &args.ca_dir {
        Some(directory) => directory.clone(),
        None => match config::authority_directory() {
            Ok(directory) => directory,
            Err(error) => return fail(FAILED, &error.to_string()),
        },
    };
    let config = AuthorityConfig::new(directory);
    let done = match &args.command {
        CaCommand::Path => Ok(format!(
            "{}\n",
            Authority::certificate_path(&config).display()
        )),
        CaCommand::Export { file, der } => return export(&config, file.as_ref(), *der),
        CaCommand::Renew { only } => renew(AuthorityConfig {
            only: only.clone(),
            ..config
        }),
        CaCommand::Remove => Authority::remove(&config).map(|was_there| {
            let directory = config.directory.display();
            if was_there {
                format!(
                    "removed from {directory}\nRemove it from browsers and devices that you made \
                     trust it, too.\n"
                )
            } else {
                format!("there is none in {directory}\n")
            }
        }),
    };
    match done {
        Ok(text) => match output::print(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(FAILED, &format!("standard output: {error}")),
        },
        Err(error) => fail(FAILED, &error.to_string()),
    }
}

fn renew(config: AuthorityConfig) -> Result<String, ProxyError> {
    Authority::renew(&config)?;
    Ok(format!(
        "{}\nA new key: whoever trusted the old certificate must trust this one.\n",
        Authority::certificate_path(&config).display()
    ))
}

fn export(config: &AuthorityConfig, file: Option<&PathBuf>, der: bool) -> ExitCode {
    let authority = match Authority::open(config) {
        Ok(authority) => authority,
        Err(error) => return fail(FAILED, &error.to_string()),
    };
    let bytes = if der {
        authority.der()
    } else {
        authority.pem().as_bytes()
    };
    let written = match file {
        Some(file) => {
            std::fs::write(file, bytes).map_err(|error| (file.display().to_string(), error))
        }
        None => {
            use std::io::Write as _;
            let written = std::io::stdout().lock().write_all(bytes);
            written.map_err(|error| ("standard output".to_owned(), error))
        }
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err((place, error)) => fail(FAILED, &format!("{place}: {error}")),
    }
}
